"""Joining: accepted at once, carried out by the worker, opened by the mailed link."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from subgraphs.users.events import REGISTRATION_ACCEPTED, USER_OPENED
from subgraphs.users.models import LetterRow, RegistrationRow, UserRow
from subgraphs.users.service.registration import carry_out
from subgraphs.users.service.sweeping import sweep
from tests.databases import WHATEVER_THE_DATABASE
from tests.users.conftest import ADA, ANYBODY, People

WANTED = "statusToken registration { handle status createdAt expiresAt }"
GRACE = {
    "handle": "Grace_H",
    "displayName": "Grace Hopper",
    "email": "Grace@Example.org",
    "password": "a ship in harbour is safe",
    "birthDate": "1986-12-09",
    "idempotencyKey": "key-1",
}
STATUS = "query($token: String!) { registration(statusToken: $token) { status } }"


async def register(people: People, **changes: Any) -> Any:
    return await people.mutate("register", WANTED, ANYBODY, **(GRACE | changes))


async def status(people: People, token: str) -> str:
    return (await people.data(STATUS, token=token))["registration"]["status"]


async def count(people: People, table: type[Any]) -> int:
    async with people.database.read() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def test_a_registration_is_accepted_at_once(people: People) -> None:
    payload = await register(people)
    assert payload["registration"] == {
        "handle": "grace_h",
        "status": "ACCEPTED",
        "createdAt": "2026-05-01T12:00:00Z",
        "expiresAt": "2026-05-03T12:00:00Z",
    }


async def test_its_message_carries_only_its_id(people: People) -> None:
    await register(people)
    (message,) = await people.told(REGISTRATION_ACCEPTED)
    assert message.payload == {"registrationId": message.aggregate}


async def test_no_token_and_no_password_is_stored(people: People) -> None:
    token = (await register(people))["statusToken"]
    async with people.database.read() as session:
        row = (await session.scalars(select(RegistrationRow))).one()
    assert token not in str(vars(row))
    assert GRACE["password"] not in str(vars(row))


async def test_the_worker_brings_it_to_activation(people: People) -> None:
    token = (await register(people))["statusToken"]
    await people.work()
    assert await status(people, token) == "AWAITING_ACTIVATION"


async def test_nobody_sees_an_account_before_it_is_activated(people: People) -> None:
    await register(people)
    await people.work()
    assert await people.data('{ user(handle: "grace_h") { id } }') == {"user": None}


async def test_the_mailed_link_opens_the_account_and_signs_in(people: People) -> None:
    status_token = (await register(people))["statusToken"]
    await people.work()
    token = people.mailbox.token("grace@example.org")
    payload = await people.mutate("activateAccount", "session { user { handle displayName } }", token=token)
    assert payload == {
        "session": {"user": {"handle": "grace_h", "displayName": "Grace Hopper"}},
        "errors": [],
    }
    assert await status(people, status_token) == "ACTIVE"


async def test_an_opened_account_is_told_of_without_a_name(people: People) -> None:
    await register(people)
    await people.work()
    await people.mutate("activateAccount", "", token=people.mailbox.token("grace@example.org"))
    (message,) = await people.told(USER_OPENED)
    assert message.payload == {"id": message.aggregate, "tier": "STANDARD", "version": 1}


async def test_an_activation_link_works_once(people: People) -> None:
    await register(people)
    await people.work()
    token = people.mailbox.token("grace@example.org")
    await people.mutate("activateAccount", "", token=token)
    again = await people.mutate("activateAccount", "session { user { id } }", token=token)
    assert again["session"] is None
    assert again["errors"][0]["code"] == "INVALID_CREDENTIALS"


async def test_an_old_activation_link_says_so(people: People) -> None:
    await register(people)
    await people.work()
    people.now += timedelta(days=3)
    payload = await people.mutate("activateAccount", "", token=people.mailbox.token("grace@example.org"))
    assert payload["errors"][0]["__typename"] == "TokenExpired"


async def test_a_message_delivered_twice_makes_one_account_and_one_mail(people: People) -> None:
    await register(people)
    before = await count(people, UserRow)
    for _ in range(2):
        await people.work()
    assert await count(people, UserRow) == before + 1
    assert len(people.mailbox.mails) == 1


async def test_two_workers_with_the_same_message_make_one_account(people: People) -> None:
    await register(people)
    before = await count(people, UserRow)
    (message,) = await people.told(REGISTRATION_ACCEPTED)
    await asyncio.gather(*(carry_out(people.resources, message, people.now) for _ in range(5)))
    assert await count(people, UserRow) == before + 1
    assert await count(people, LetterRow) == 1


async def test_a_known_address_goes_through_the_same_states(people: People) -> None:
    payload = await register(people, email="ada@example.com")
    assert payload["registration"]["status"] == "ACCEPTED"
    await people.work()
    assert await status(people, payload["statusToken"]) == "AWAITING_ACTIVATION"
    people.now += timedelta(days=3)
    assert await status(people, payload["statusToken"]) == "EXPIRED"


async def test_the_owner_of_a_known_address_is_told_by_mail(people: People) -> None:
    await register(people, email="ADA@example.com")
    await people.work()
    (mail,) = people.mailbox.to("ada@example.com")
    assert mail["Subject"] == "You have an account already"
    assert "token=" not in mail.get_content()


async def test_of_two_who_register_one_address_the_first_to_activate_has_it(people: People) -> None:
    tokens = []
    for handle in ("grace_h", "another"):
        await register(people, handle=handle, idempotencyKey=handle)
        people.now += timedelta(minutes=2)
        await people.work()
        tokens.append(people.mailbox.token("grace@example.org"))
    first = await people.mutate("activateAccount", "session { user { handle } }", token=tokens[0])
    second = await people.mutate("activateAccount", "session { user { handle } }", token=tokens[1])
    assert first["session"]["user"]["handle"] == "grace_h"
    assert second["errors"][0]["code"] == "INVALID_INPUT"


@pytest.mark.parametrize("handle", ["ada", "ADA", " Ada "])
async def test_a_handle_has_one_holder(people: People, handle: str) -> None:
    payload = await register(people, handle=handle)
    assert payload["registration"] is None
    assert payload["errors"][0]["__typename"] == "HandleTaken"


async def test_a_registration_reserves_its_handle(people: People) -> None:
    await register(people)
    payload = await register(people, email="other@example.org", idempotencyKey="key-2")
    assert payload["errors"][0]["code"] == "HANDLE_TAKEN"


async def test_of_many_who_want_a_handle_at_once_one_gets_it(people: People) -> None:
    payloads = await asyncio.gather(
        *(register(people, email=f"g{n}@example.org", idempotencyKey=f"key-{n}") for n in range(8))
    )
    assert (
        sorted(error["code"] for payload in payloads for error in payload["errors"]) == ["HANDLE_TAKEN"] * 7
    )


async def test_an_expired_registration_frees_its_handle_and_is_forgotten(people: People) -> None:
    await register(people)
    await people.work()
    people.now += timedelta(days=2, minutes=1)
    await sweep(people.resources, people.now)
    async with people.database.read() as session:
        row = (await session.scalars(select(RegistrationRow))).one()
    assert (row.email, row.user_id, row.state) == (None, None, "EXPIRED")
    assert (await register(people, idempotencyKey="key-2"))["errors"] == []


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("handle", "x"),
        ("handle", "1abc"),
        ("handle", "former-me"),
        ("handle", "with blank"),
        ("displayName", "  "),
        ("displayName", "x" * 81),
        ("displayName", "two\nlines"),
        ("displayName", "bell\x07"),
        ("email", "nobody"),
        ("email", "a@b"),
        ("email", "a@example.com\nBcc: all@example.com"),
        ("email", "Ada <ada@example.com>"),
        ("password", "short"),
        ("password", "a" * 12),
        ("password", "x" * 201),
        ("birthDate", "2026-05-01"),
        ("birthDate", "1850-01-01"),
        ("idempotencyKey", ""),
    ],
)
async def test_a_field_that_breaks_a_rule_is_named(people: People, field: str, value: str) -> None:
    payload = await register(people, **{field: value})
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [
        ("INVALID_INPUT", ["input", field])
    ]


async def test_all_that_is_wrong_is_told_at_once(people: People) -> None:
    payload = await register(people, handle="x", email="x", password="x")
    assert [error["path"][1] for error in payload["errors"]] == ["handle", "email", "password"]


async def test_a_refused_registration_holds_no_handle(people: People) -> None:
    await register(people, email="x")
    assert (await register(people))["errors"] == []


async def test_the_same_key_gives_the_first_registration_again(people: People) -> None:
    first, second = await register(people), await register(people)
    assert first == second
    assert await count(people, RegistrationRow) == 1


async def test_the_same_key_at_the_same_instant_registers_once(people: People) -> None:
    payloads = await asyncio.gather(*(register(people) for _ in range(6)))
    assert all(payload == payloads[0] for payload in payloads)
    assert payloads[0]["errors"] == []


async def test_the_same_key_with_another_password_is_refused(people: People) -> None:
    await register(people)
    payload = await register(people, password="another password entirely")
    assert payload["errors"][0]["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_an_activation_can_be_sent_again_but_not_at_once(people: People) -> None:
    token = (await register(people))["statusToken"]
    await people.work()
    for _ in range(3):
        answer = await people.data(
            "mutation($token: String!) { resendActivation(input: {statusToken: $token}) { accepted } }",
            token=token,
        )
        assert answer["resendActivation"]["accepted"]
        people.now += timedelta(seconds=40)
        await people.work()
    assert len(people.mailbox.to("grace@example.org")) == 2


async def test_the_second_mail_opens_the_account_too(people: People) -> None:
    token = (await register(people))["statusToken"]
    await people.work()
    people.now += timedelta(minutes=2)
    await people.data(
        "mutation($token: String!) { resendActivation(input: {statusToken: $token}) { accepted } }",
        token=token,
    )
    await people.work()
    payload = await people.mutate(
        "activateAccount", "session { user { handle } }", token=people.mailbox.token("grace@example.org")
    )
    assert payload["session"]["user"]["handle"] == "grace_h"


async def test_resending_tells_nothing_of_a_token_that_nobody_has(people: People) -> None:
    answer = await people.data('mutation { resendActivation(input: {statusToken: "x"}) { accepted } }')
    assert answer["resendActivation"]["accepted"]


async def test_a_status_token_opens_one_registration_only(people: People) -> None:
    await register(people)
    assert await people.data(STATUS, ADA, token="x") == {"registration": None}
