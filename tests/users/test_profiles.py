"""Profiles: who sees what of them, changing them, and leaving."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import inspect as look
from sqlalchemy import select, text

from subgraphs.common.caller import Caller
from subgraphs.common.demo.members import PASSPHRASE
from subgraphs.common.messages import Message
from subgraphs.users.events import USER_CHANGED, USER_CLOSED
from subgraphs.users.models import BalanceRow, LoanRow, ReviewRow
from subgraphs.users.service.projections import take_in_balance, take_in_loan
from tests.databases import WHATEVER_THE_DATABASE
from tests.users.conftest import ADA, ADAM, ANYBODY, CLIVE, KIM, NOW, People

PRIVATE = '{ user(handle: "ada") { email birthDate roles watchlist { totalCount } } }'
PROFILE = "user { displayName email version }"


async def update(people: People, caller: Caller = ADA, **given: Any) -> Any:
    return await people.mutate("updateProfile", PROFILE, caller, **given)


async def close(people: People, password: str = PASSPHRASE) -> Any:
    return await people.mutate("closeAccount", "closed", ADA, password=password)


async def loan(people: People, rental: str, version: int, *, is_open: bool) -> None:
    told = {"id": rental, "renterId": ADA.subject, "open": is_open, "version": version}
    await take_in_loan(people.resources, Message.new("rental.rented", rental, told, NOW), NOW)


async def bring_everything_back(people: People) -> None:
    async with people.database.transaction() as session:
        await session.execute(text("DELETE FROM loans"))


async def test_the_viewer_is_who_asks(people: People) -> None:
    assert await people.data("{ viewer { handle } }", ADA) == {"viewer": {"handle": "ada"}}


async def test_nobody_is_the_viewer_who_is_signed_out(people: People) -> None:
    assert await people.data("{ viewer { handle } }") == {"viewer": None}


async def test_a_person_sees_all_of_their_own(people: People) -> None:
    seen = (await people.data(PRIVATE, ADA))["user"]
    assert (seen["email"], seen["birthDate"], seen["roles"]) == (
        "ada@example.com",
        "1990-12-10",
        ["CUSTOMER"],
    )
    assert seen["watchlist"] is not None


async def test_staff_see_all_but_the_watchlist(people: People) -> None:
    seen = (await people.data(PRIVATE, CLIVE))["user"]
    assert (seen["email"], seen["watchlist"]) == ("ada@example.com", None)


@pytest.mark.parametrize("caller", [ANYBODY, KIM])
async def test_others_see_nothing_private(people: People, caller: Caller) -> None:
    seen = (await people.data(PRIVATE, caller))["user"]
    assert seen == {"email": None, "birthDate": None, "roles": None, "watchlist": None}


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize("arguments", ["", '(id: "a", handle: "b")', "(id: null)"])
async def test_a_person_is_asked_for_by_exactly_one_key(people: People, arguments: str) -> None:
    assert await people.code(f"{{ user{arguments} {{ id }} }}") == "BAD_USER_INPUT"


async def test_a_name_changes_and_nobody_is_told(people: People) -> None:
    payload = await update(people, expectedVersion=1, displayName="  Ada Lovelace ")
    assert payload["user"] == {"displayName": "Ada Lovelace", "email": "ada@example.com", "version": 2}
    assert await people.told(USER_CHANGED) == []


async def test_a_profile_that_changed_meanwhile_is_not_overwritten(people: People) -> None:
    await update(people, expectedVersion=1, displayName="First")
    payload = await people.mutate(
        "updateProfile",
        "user { displayName } more: errors { ... on VersionConflict { currentVersion } }",
        ADA,
        expectedVersion=1,
        displayName="Second",
    )
    assert (payload["user"], payload["more"]) == (None, [{"currentVersion": 2}])


async def test_of_two_changes_at_once_one_wins(people: People) -> None:
    payloads = await asyncio.gather(
        *(update(people, expectedVersion=1, displayName=name) for name in ("First", "Second"))
    )
    assert sorted(len(payload["errors"]) for payload in payloads) == [0, 1]


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize(
    ("field", "value"), [("displayName", None), ("displayName", " "), ("email", None), ("email", "x")]
)
async def test_nobody_is_left_without_name_or_address(people: People, field: str, value: Any) -> None:
    payload = await update(people, expectedVersion=1, **{field: value})
    assert payload["errors"][0]["path"] == ["input", field]


async def test_a_new_address_holds_once_its_link_is_followed(people: People) -> None:
    payload = await update(people, expectedVersion=1, email="Ada@Example.org")
    assert payload["user"]["email"] == "ada@example.com"
    await people.work()
    await people.mutate("activateAccount", "", token=people.mailbox.token("ada@example.org"))
    assert (await people.data("{ viewer { email version } }", ADA))["viewer"] == {
        "email": "ada@example.org",
        "version": 3,
    }


async def test_the_old_address_is_told_of_the_new_one(people: People) -> None:
    await update(people, expectedVersion=1, email="ada@example.org")
    await people.work()
    await people.mutate("activateAccount", "", token=people.mailbox.token("ada@example.org"))
    await people.work()
    assert people.mailbox.to("ada@example.com")[-1]["Subject"] == "Your address has changed"


async def test_another_persons_address_is_not_given_away(people: People) -> None:
    payload = await update(people, expectedVersion=1, email="kim@example.com")
    assert payload["errors"] == []
    await people.work()
    assert people.mailbox.to("kim@example.com")[0]["Subject"] == "You have an account already"


async def test_a_profile_is_changed_by_somebody(people: People) -> None:
    change = "mutation { updateProfile(input: {expectedVersion: 1}) { user { id } } }"
    assert await people.code(change) == "UNAUTHENTICATED"


async def test_closing_takes_the_password(people: People) -> None:
    await bring_everything_back(people)
    payload = await close(people, "wrong")
    assert (payload["closed"], payload["errors"][0]["code"]) == (False, "INVALID_CREDENTIALS")


async def test_nobody_leaves_with_a_film(people: People) -> None:
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
    await bring_everything_back(people)
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
    await owes(people, 1, 3)
    codes = [error["code"] for error in (await close(people))["errors"]]
    assert codes == ["RENTALS_OUTSTANDING", "BALANCE_OUTSTANDING"]


@pytest.mark.parametrize("cents", [0, -500])
async def test_who_has_paid_may_leave(people: People, cents: int) -> None:
    await bring_everything_back(people)
    await owes(people, 1234, 3)
    await owes(people, cents, 4)
    assert (await close(people))["closed"]


async def test_late_news_of_a_debt_changes_nothing(people: People) -> None:
    await bring_everything_back(people)
    await owes(people, 0, 4)
    await owes(people, 1234, 3)
    assert (await close(people))["closed"]


async def test_late_news_of_a_loan_changes_nothing(people: People) -> None:
    await bring_everything_back(people)
    await loan(people, "ren_1", 2, is_open=False)
    await loan(people, "ren_1", 1, is_open=True)
    assert (await close(people))["closed"]


async def test_a_loan_that_was_heard_of_keeps_an_account_open(people: People) -> None:
    await bring_everything_back(people)
    await loan(people, "ren_1", 1, is_open=True)
    assert (await close(people))["errors"][0]["code"] == "RENTALS_OUTSTANDING"


async def test_a_closed_account_leaves_nothing_of_the_person(people: People) -> None:
    await bring_everything_back(people)
    await update(people, expectedVersion=1, email="ada@example.org")
    await people.work()
    await close(people)
    tables = await people.database.engine.connect().__aenter__()
    names = await tables.run_sync(lambda connection: look(connection).get_table_names())
    kept = [str((await tables.execute(text(f'SELECT * FROM "{name}"'))).all()) for name in names]  # noqa: S608
    await tables.close()
    leaks = [word for word in ("'ada'", "Ada Example", "ada@example") for rows in kept if word in rows]
    assert leaks == []


async def test_late_news_of_who_has_left_is_not_kept(people: People) -> None:
    await bring_everything_back(people)
    await close(people)
    await owes(people, 0, 4)
    await loan(people, "ren_1", 1, is_open=False)
    async with people.database.read() as session:
        kept = [await session.get(BalanceRow, ADA.subject), await session.get(LoanRow, "ren_1")]
    assert kept == [None, None]


async def test_closing_is_told_without_a_name(people: People) -> None:
    await bring_everything_back(people)
    await close(people)
    (message,) = await people.told(USER_CLOSED)
    assert message.aggregate == ADA.subject
    assert message.payload == {"id": ADA.subject, "tier": "STANDARD", "version": 2}


async def test_a_closed_account_is_nobody(people: People) -> None:
    await bring_everything_back(people)
    await close(people)
    seen = await people.data('{ viewer { id } user(handle: "ada") { id } }', ADA)
    assert seen == {"viewer": None, "user": None}
    signed_in = await people.mutate("signIn", "", handle="ada", password=PASSPHRASE)
    assert signed_in["errors"][0]["code"] == "INVALID_CREDENTIALS"


async def test_a_closed_accounts_token_changes_nothing(people: People) -> None:
    await bring_everything_back(people)
    await close(people)
    change = "mutation { updateProfile(input: {expectedVersion: 1}) { user { id } } }"
    assert await people.code(change, ADA) == "UNAUTHENTICATED"


async def test_a_closed_accounts_scores_stay_without_its_words(people: People) -> None:
    await bring_everything_back(people)
    async with people.database.read() as session:
        before = (await session.scalars(select(ReviewRow).where(ReviewRow.author_id == ADA.subject))).all()
    await close(people)
    async with people.database.read() as session:
        after = (await session.scalars(select(ReviewRow).where(ReviewRow.author_id == ADA.subject))).all()
    assert sorted((row.id, row.score) for row in before) == sorted((row.id, row.score) for row in after)
    assert {(row.headline, row.body) for row in after} <= {(None, None)}


async def test_a_closed_accounts_handle_is_free_again(people: People) -> None:
    await bring_everything_back(people)
    await close(people)
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
    payload = await people.mutate("closeAccount", "closed", ADAM, password=PASSPHRASE)
    assert payload["closed"]
