"""Leaving: it is asked for, the counter decides, and what identifies the person is erased, or they see why not."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import inspect as look
from sqlalchemy import select, text

from subgraphs.common.clock import utc_now
from subgraphs.common.demo.members import PASSPHRASE
from subgraphs.common.messages import Message
from subgraphs.users.books import ANSWERED_WITHIN, BOOKS
from subgraphs.users.events import CLOSING_CONFIRMED, USER_CLOSED, USER_CLOSING
from subgraphs.users.models import BalanceRow, LoanRow, ReviewRow
from subgraphs.users.service.closing import decide
from subgraphs.users.service.projections import take_in_balance, take_in_loan
from tests.databases import WHATEVER_THE_DATABASE
from tests.users.conftest import ADA, ADAM, CLIVE, KIM, NOW, People

CLOSING = "closed closing { requestedAt refusals { ... on UserError { code } } }"
MINE = """{ viewer { closing { requestedAt refusals { __typename ... on UserError { code message }
  ... on BalanceOutstanding { balance { amountMinor } } } } } }"""
SIGN_IN: dict[str, Any] = {"handle": "ada", "password": PASSPHRASE}


async def close(people: People, password: str = PASSPHRASE) -> Any:
    return await people.mutate("closeAccount", CLOSING, ADA, password=password)


async def confirmed(people: People) -> Message:
    """The counter's word that the latest who asked may leave."""
    asked = (await people.told(USER_CLOSING))[-1]
    told = {"userId": asked.aggregate, "closingId": asked.payload["closingId"]}
    return Message.new(CLOSING_CONFIRMED, asked.aggregate, told, people.now)


async def refused(people: People, open_rentals: int = 1, owed: int = 1234, asked: int = -1) -> Message:
    """The counter's word that somebody who asked may not leave."""
    message = (await people.told(USER_CLOSING))[asked]
    told = {
        "userId": message.aggregate,
        "closingId": message.payload["closingId"],
        "openRentals": open_rentals,
        "balanceMinor": owed,
    }
    return Message.new("account.closing_refused", message.aggregate, told, people.now)


async def leave(people: People) -> None:
    """Ada asks, and the counter agrees."""
    assert (await close(people))["errors"] == []
    await decide(people.resources, await confirmed(people), people.now)


async def is_open(people: People) -> bool:
    return (await people.data("{ viewer { id } }", ADA))["viewer"] is not None


async def loan(people: People, rental: str, version: int, *, is_open: bool) -> None:
    told = {"id": rental, "renterId": ADA.subject, "open": is_open, "version": version}
    await take_in_loan(people.resources, Message.new("rental.rented", rental, told, NOW), NOW)


@pytest.fixture
async def people(people: People) -> People:
    """The demo's people, none of whom has anything at home."""
    async with people.database.transaction() as session:
        await session.execute(text("DELETE FROM loans"))
    return people


async def test_closing_takes_the_password(people: People) -> None:
    payload = await close(people, "wrong")
    assert (payload["closed"], payload["errors"][0]["code"]) == (False, "INVALID_CREDENTIALS")


async def test_nobody_leaves_with_a_film(people: People) -> None:
    await loan(people, "ren_1", 1, is_open=True)
    await loan(people, "ren_2", 1, is_open=True)
    payload = await close(people)
    assert payload["errors"] == [
        {
            "__typename": "RentalsOutstanding",
            "code": "RENTALS_OUTSTANDING",
            "message": "2 films are still on loan; the account can be closed once all are back.",
            "path": None,
        }
    ]


async def owes(people: People, cents: int, entries: int) -> None:
    told = {"userId": ADA.subject, "balanceMinor": cents, "currency": "USD", "entries": entries}
    await take_in_balance(
        people.resources, Message.new("account.balance_changed", str(ADA.subject), told, NOW), NOW
    )


async def test_nobody_leaves_with_a_debt(people: People) -> None:
    await owes(people, 1234, 3)
    payload = await people.mutate(
        "closeAccount",
        "closed more: errors { ... on BalanceOutstanding { balance { amountMinor currency } } }",
        ADA,
        password=PASSPHRASE,
    )
    assert (payload["closed"], payload["errors"][0]["code"]) == (False, "BALANCE_OUTSTANDING")
    assert "12.34 US dollars" in payload["errors"][0]["message"]
    assert payload["more"] == [{"balance": {"amountMinor": 1234, "currency": "USD"}}]


async def test_who_has_films_and_debts_is_told_of_both(people: People) -> None:
    await loan(people, "ren_1", 1, is_open=True)
    await owes(people, 1, 3)
    codes = [error["code"] for error in (await close(people))["errors"]]
    assert codes == ["RENTALS_OUTSTANDING", "BALANCE_OUTSTANDING"]


@pytest.mark.parametrize("cents", [0, -500])
async def test_who_has_paid_may_leave(people: People, cents: int) -> None:
    await owes(people, 1234, 3)
    await owes(people, cents, 4)
    assert (await close(people))["errors"] == []


async def test_late_news_of_a_debt_changes_nothing(people: People) -> None:
    await owes(people, 0, 4)
    await owes(people, 1234, 3)
    assert (await close(people))["errors"] == []


async def test_late_news_of_a_loan_changes_nothing(people: People) -> None:
    await loan(people, "ren_1", 2, is_open=False)
    await loan(people, "ren_1", 1, is_open=True)
    assert (await close(people))["errors"] == []


async def test_a_loan_that_was_heard_of_keeps_an_account_open(people: People) -> None:
    await loan(people, "ren_1", 1, is_open=True)
    assert (await close(people))["errors"][0]["code"] == "RENTALS_OUTSTANDING"


async def test_a_closed_account_leaves_nothing_of_the_person(people: People) -> None:
    await people.mutate("updateProfile", "", ADA, expectedVersion=1, email="ada@example.org")
    await people.work()
    await leave(people)
    tables = await people.database.engine.connect().__aenter__()
    names = await tables.run_sync(lambda connection: look(connection).get_table_names())
    kept = [str((await tables.execute(text(f'SELECT * FROM "{name}"'))).all()) for name in names]  # noqa: S608
    await tables.close()
    leaks = [word for word in ("'ada'", "Ada Example", "ada@example") for rows in kept if word in rows]
    assert leaks == []


async def test_late_news_of_who_has_left_is_not_kept(people: People) -> None:
    await leave(people)
    await owes(people, 0, 4)
    await loan(people, "ren_1", 1, is_open=False)
    async with people.database.read() as session:
        kept = [await session.get(BalanceRow, ADA.subject), await session.get(LoanRow, "ren_1")]
    assert kept == [None, None]


async def test_closing_is_told_without_a_name(people: People) -> None:
    await leave(people)
    (message,) = await people.told(USER_CLOSED)
    assert message.aggregate == ADA.subject
    assert message.payload == {"id": ADA.subject, "tier": "STANDARD", "version": 2}


async def test_a_closed_account_is_nobody(people: People) -> None:
    await leave(people)
    seen = await people.data('{ viewer { id } user(handle: "ada") { id } }', ADA)
    assert seen == {"viewer": None, "user": None}
    signed_in = await people.mutate("signIn", "", handle="ada", password=PASSPHRASE)
    assert signed_in["errors"][0]["code"] == "INVALID_CREDENTIALS"


async def test_a_closed_accounts_token_changes_nothing(people: People) -> None:
    await leave(people)
    change = "mutation { updateProfile(input: {expectedVersion: 1}) { user { id } } }"
    assert await people.code(change, ADA) == "UNAUTHENTICATED"


async def test_a_closed_accounts_scores_stay_without_its_words(people: People) -> None:
    async with people.database.read() as session:
        before = (await session.scalars(select(ReviewRow).where(ReviewRow.author_id == ADA.subject))).all()
    await leave(people)
    async with people.database.read() as session:
        after = (await session.scalars(select(ReviewRow).where(ReviewRow.author_id == ADA.subject))).all()
    assert sorted((row.id, row.score) for row in before) == sorted((row.id, row.score) for row in after)
    assert {(row.headline, row.body) for row in after} <= {(None, None)}


async def test_a_closed_accounts_handle_is_free_again(people: People) -> None:
    await leave(people)
    payload = await people.mutate(
        "register",
        "registration { handle }",
        handle="ada",
        displayName="Another Ada",
        email="another@example.com",
        password="a ship in harbour is safe",
        birthDate="1990-01-01",
        idempotencyKey="k",
    )
    assert payload["errors"] == []


async def test_administrators_too_can_leave(people: People) -> None:
    await people.mutate("closeAccount", CLOSING, ADAM, password=PASSPHRASE)
    await decide(people.resources, await confirmed(people), people.now)
    assert (await people.data("{ viewer { id } }", ADAM))["viewer"] is None


async def test_the_counter_is_asked_and_until_it_answers_nothing_is_erased(people: People) -> None:
    payload = await close(people)
    assert payload == {
        "closed": False,
        "closing": {"requestedAt": "2026-05-01T12:00:00Z", "refusals": None},
        "errors": [],
    }
    (asked,) = await people.told(USER_CLOSING)
    assert (asked.aggregate, asked.payload["id"]) == (ADA.subject, ADA.subject)
    assert (await people.data(MINE, ADA))["viewer"]["closing"]["refusals"] is None
    assert await people.told(USER_CLOSED) == []


async def test_who_asks_waits_a_moment_for_the_counter(people: People) -> None:
    async def answer() -> None:
        await decide(people.resources, await confirmed(people), people.now)

    people.meanwhile = answer
    assert await close(people) == {"closed": True, "closing": None, "errors": []}


async def test_who_asks_is_told_at_once_where_the_counter_refuses_in_a_moment(people: People) -> None:
    async def answer() -> None:
        await decide(people.resources, await refused(people), people.now)

    people.meanwhile = answer
    payload = await close(people)
    assert (payload["closed"], payload["closing"]) == (False, None)
    assert [error["code"] for error in payload["errors"]] == ["RENTALS_OUTSTANDING", "BALANCE_OUTSTANDING"]


async def test_who_may_not_leave_sees_why_and_goes_on(people: People) -> None:
    await close(people)
    await decide(people.resources, await refused(people, open_rentals=1, owed=229), people.now)
    assert (await people.data(MINE, ADA))["viewer"]["closing"]["refusals"] == [
        {
            "__typename": "RentalsOutstanding",
            "code": "RENTALS_OUTSTANDING",
            "message": "1 film is still on loan; the account can be closed once all are back.",
        },
        {
            "__typename": "BalanceOutstanding",
            "code": "BALANCE_OUTSTANDING",
            "message": "2.29 US dollars are still owed; the account can be closed once they are paid.",
            "balance": {"amountMinor": 229},
        },
    ]
    assert (await people.mutate("signIn", "session { user { handle } }", **SIGN_IN))["errors"] == []
    assert await people.told(USER_CLOSED) == []


@pytest.mark.parametrize(("caller", "seen"), [(KIM, False), (CLIVE, True)])
async def test_a_closing_is_seen_by_staff_and_by_nobody_else(
    people: People, caller: Any, *, seen: bool
) -> None:
    await close(people)
    asked = '{ user(handle: "ada") { closing { requestedAt } } }'
    assert ((await people.data(asked, caller))["user"]["closing"] is not None) is seen


async def test_nobody_is_let_in_while_an_account_is_being_closed(people: People) -> None:
    token = (await people.mutate("signIn", "session { refreshToken }", **SIGN_IN))["session"]["refreshToken"]
    await close(people)
    for field, given in (("signIn", SIGN_IN), ("refreshSession", {"refreshToken": token})):
        payload = await people.mutate(field, "session { accessToken }", **given)
        assert (payload["session"], payload["errors"][0]["code"]) == (None, "CLOSING_UNDERWAY")


async def test_a_session_goes_on_where_the_account_stays_open(people: People) -> None:
    token = (await people.mutate("signIn", "session { refreshToken }", **SIGN_IN))["session"]["refreshToken"]
    await close(people)
    await people.mutate("refreshSession", "", refreshToken=token)
    await decide(people.resources, await refused(people), people.now)
    payload = await people.mutate("refreshSession", "session { user { handle } }", refreshToken=token)
    assert payload["session"]["user"]["handle"] == "ada"


async def test_who_guesses_does_not_learn_that_an_account_is_being_closed(people: People) -> None:
    await close(people)
    payload = await people.mutate("signIn", "", handle="ada", password="a wrong one")
    assert payload["errors"][0]["code"] == "INVALID_CREDENTIALS"


async def test_asking_again_while_the_counter_is_asked_asks_nothing_new(people: People) -> None:
    first, people.now = await close(people), people.now + timedelta(minutes=1)
    assert await close(people) == first
    assert len(await people.told(USER_CLOSING)) == 1


async def test_who_asks_twice_at_once_asks_the_counter_once(people: People) -> None:
    payloads = await asyncio.gather(*(close(people) for _ in range(5)))
    assert [payload["errors"] for payload in payloads] == [[]] * 5
    assert len(await people.told(USER_CLOSING)) == 1


async def test_who_was_refused_may_ask_again(people: People) -> None:
    await close(people)
    await decide(people.resources, await refused(people), people.now)
    await leave(people)
    assert not await is_open(people)


async def test_a_late_refusal_does_not_answer_a_later_request(people: People) -> None:
    await close(people)
    await decide(people.resources, await refused(people), people.now)
    await close(people)
    await decide(people.resources, await refused(people, asked=0), people.now)
    assert (await people.data(MINE, ADA))["viewer"]["closing"]["refusals"] is None
    await decide(people.resources, await confirmed(people), people.now)
    assert not await is_open(people)


async def test_an_answer_that_comes_again_takes_effect_once(people: People) -> None:
    await close(people)
    answer = await confirmed(people)
    await asyncio.gather(*(decide(people.resources, answer, people.now) for _ in range(3)))
    await decide(people.resources, await confirmed(people), people.now)
    assert len(await people.told(USER_CLOSED)) == 1


async def test_what_the_counter_has_confirmed_is_closed_whatever_was_said_before(people: People) -> None:
    await close(people)
    await decide(people.resources, await refused(people), people.now)
    await decide(people.resources, await confirmed(people), people.now)
    assert not await is_open(people)


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize(("ago", "named"), [(ANSWERED_WITHIN / 2, False), (ANSWERED_WITHIN * 2, True)])
async def test_a_closing_that_nobody_answers_is_found_out(
    people: People, ago: timedelta, *, named: bool
) -> None:
    people.now = utc_now() - ago
    await close(people)
    assert BOOKS.faults is not None
    async with people.database.read() as session:
        found = [line for line in await BOOKS.faults(session) if "asked to be closed" in line]
    assert [line.startswith(f"account {ADA.subject}") for line in found] == [True] * named
