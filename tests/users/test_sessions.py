"""Refresh tokens rotate; one used again after its grace ends the session."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import select

from subgraphs.common.demo.members import PASSPHRASE
from subgraphs.users.models import RefreshTokenRow
from tests.databases import WHATEVER_THE_DATABASE
from tests.users.conftest import ADA, People

SESSION = "session { accessToken refreshToken user { handle } }"


async def enter(people: People, password: str = PASSPHRASE) -> str:
    payload = await people.mutate("signIn", SESSION, handle="ada", password=password)
    return payload["session"]["refreshToken"]


async def refresh(people: People, token: str) -> Any:
    return await people.mutate("refreshSession", SESSION, refreshToken=token)


async def works(people: People, token: str) -> bool:
    return (await refresh(people, token))["session"] is not None


async def sign_out(people: People, token: str) -> None:
    await people.data(
        "mutation($token: String!) { signOut(input: {refreshToken: $token}) { accepted } }", token=token
    )


async def test_a_refresh_token_is_traded_for_another(people: People) -> None:
    token = await enter(people)
    payload = await refresh(people, token)
    assert payload["session"]["user"]["handle"] == "ada"
    assert payload["session"]["refreshToken"] != token


async def test_successors_can_be_traded_on(people: People) -> None:
    token = await enter(people)
    for _ in range(4):
        people.now += timedelta(minutes=9)
        token = (await refresh(people, token))["session"]["refreshToken"]
    assert await works(people, token)


async def test_within_its_grace_a_traded_token_gives_the_same_successor(people: People) -> None:
    token = await enter(people)
    first = await refresh(people, token)
    people.now += timedelta(seconds=10)
    second = await refresh(people, token)
    assert first["session"]["refreshToken"] == second["session"]["refreshToken"]


async def test_two_tabs_at_the_same_instant_get_the_same_successor(people: People) -> None:
    token = await enter(people)
    payloads = await asyncio.gather(*(refresh(people, token) for _ in range(5)))
    assert len({payload["session"]["refreshToken"] for payload in payloads}) == 1


async def test_after_its_grace_a_traded_token_ends_the_whole_session(people: People) -> None:
    token = await enter(people)
    successor = (await refresh(people, token))["session"]["refreshToken"]
    people.now += timedelta(seconds=11)
    reused = await refresh(people, token)
    assert reused["errors"][0]["code"] == "INVALID_CREDENTIALS"
    assert not await works(people, successor)


async def test_reuse_leaves_other_sessions_alone(people: People) -> None:
    token, other = await enter(people), await enter(people)
    await refresh(people, token)
    people.now += timedelta(seconds=11)
    await refresh(people, token)
    assert await works(people, other)


async def test_no_refresh_token_is_stored(people: People) -> None:
    token = await enter(people)
    successor = (await refresh(people, token))["session"]["refreshToken"]
    async with people.database.read() as session:
        stored = str([vars(row) for row in await session.scalars(select(RefreshTokenRow))])
    assert token not in stored
    assert successor not in stored


async def test_a_session_ends_after_a_month_without_use(people: People) -> None:
    token = await enter(people)
    people.now += timedelta(days=30)
    payload = await refresh(people, token)
    assert payload["errors"][0]["__typename"] == "TokenExpired"


@pytest.mark.parametrize("token", ["", "x", "ü" * 1000])
async def test_a_token_that_nobody_was_given_is_refused(people: People, token: str) -> None:
    assert (await refresh(people, token))["errors"][0]["code"] == "INVALID_CREDENTIALS"


async def test_signing_out_ends_the_session(people: People) -> None:
    token = await enter(people)
    await sign_out(people, token)
    assert not await works(people, token)


async def test_a_traded_token_can_sign_out_too(people: People) -> None:
    token = await enter(people)
    successor = (await refresh(people, token))["session"]["refreshToken"]
    await sign_out(people, token)
    assert not await works(people, successor)


async def test_changing_the_password_ends_the_other_sessions(people: People) -> None:
    other = await enter(people)
    payload = await people.mutate(
        "changePassword", SESSION, ADA, currentPassword=PASSPHRASE, newPassword="fresh words for the door"
    )
    assert not await works(people, other)
    assert await works(people, payload["session"]["refreshToken"])
    assert await enter(people, "fresh words for the door")


async def test_changing_the_password_takes_the_present_one(people: People) -> None:
    payload = await people.mutate(
        "changePassword", SESSION, ADA, currentPassword="wrong", newPassword="fresh words for the door"
    )
    assert payload["errors"] == [
        {
            "__typename": "InvalidCredentials",
            "code": "INVALID_CREDENTIALS",
            "message": "The password is wrong.",
            "path": ["input", "currentPassword"],
        }
    ]


async def test_guessing_the_present_password_is_slowed_down(people: People) -> None:
    for _ in range(5):
        await people.mutate(
            "changePassword", SESSION, ADA, currentPassword="wrong", newPassword="fresh words for the door"
        )
    assert people.pauses == [0, 0, 0, 0.5, 1]


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize("password", ["short", "ada@example.com"])
async def test_a_new_password_keeps_the_rules(people: People, password: str) -> None:
    payload = await people.mutate(
        "changePassword", SESSION, ADA, currentPassword=PASSPHRASE, newPassword=password
    )
    assert payload["errors"][0]["path"] == ["input", "newPassword"]


async def test_a_change_of_password_is_told_by_mail(people: People) -> None:
    await people.mutate(
        "changePassword", SESSION, ADA, currentPassword=PASSPHRASE, newPassword="fresh words for the door"
    )
    await people.work()
    assert [mail["Subject"] for mail in people.mailbox.to("ada@example.com")] == ["Your password has changed"]


async def test_changing_a_password_needs_somebody(people: People) -> None:
    change = 'mutation { changePassword(input: {currentPassword: "a", newPassword: "b"}) { session { expiresAt } } }'
    assert await people.code(change) == "UNAUTHENTICATED"


async def test_after_signing_out_an_access_token_that_is_still_out_changes_nothing(people: People) -> None:
    payload = await people.mutate("signIn", SESSION, handle="ada", password=PASSPHRASE)
    claims = jwt.decode(payload["session"]["accessToken"], options={"verify_signature": False})
    caller = replace(ADA, session=claims["sid"])
    change = "mutation { updateProfile(input: {expectedVersion: 1}) { user { id } } }"
    assert (await people.ask(change, caller))["data"]["updateProfile"]["user"] is not None
    await sign_out(people, payload["session"]["refreshToken"])
    assert await people.code(change, caller) == "UNAUTHENTICATED"
    guess = 'mutation { closeAccount(input: {password: "x"}) { closed } }'
    assert await people.code(guess, caller) == "UNAUTHENTICATED"
