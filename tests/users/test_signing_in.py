"""Signing in: the same answer and the same work for whatever is wrong; slow for who guesses, open to the owner."""

import asyncio
from datetime import timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import select

from subgraphs.common.caller import Caller
from subgraphs.common.demo.members import PASSPHRASE
from subgraphs.users.models import AttemptsRow
from subgraphs.users.service.signing_in import pause_after
from tests.databases import WHATEVER_THE_DATABASE
from tests.users.conftest import ADA, CLIVE, NOW, People

SESSION = "session { accessToken expiresAt refreshToken user { id handle } }"


async def enter(
    people: People, handle: str = "ada", password: str = PASSPHRASE, address: str | None = None
) -> Any:
    return await people.mutate("signIn", SESSION, Caller(address=address), handle=handle, password=password)


def claims(people: People, payload: Any) -> dict[str, Any]:
    token = payload["session"]["accessToken"]
    return jwt.decode(
        token,
        jwt.PyJWK(people.resources.keyring.key_set()["keys"][0]).key,
        algorithms=["EdDSA"],
        audience="movie-rental",
        issuer="movie-rental/users",
        options={"verify_exp": False, "verify_iat": False},
    )


async def test_an_access_token_says_who_it_is_for_ten_minutes(people: People) -> None:
    said = claims(people, await enter(people))
    assert (said["sub"], said["tier"], said["birthdate"]) == (ADA.subject, "PLUS", "1990-12-10")
    assert (said["exp"] - said["iat"], said["iat"]) == (600, NOW.timestamp())
    assert said["sid"].startswith("ses_")


async def test_a_customer_has_no_scopes(people: People) -> None:
    said = claims(people, await enter(people))
    assert ("scope" in said, said["roles"]) == (False, ["CUSTOMER"])


async def test_a_clerk_has_a_clerks_scopes(people: People) -> None:
    said = claims(people, await enter(people, "clive"))
    assert set(said["scope"].split()) == CLIVE.scopes
    assert said["roles"] == ["CUSTOMER", "CLERK"]


async def test_an_access_token_names_a_published_key(people: People) -> None:
    header = jwt.get_unverified_header((await enter(people))["session"]["accessToken"])
    answer = await people.client.get("/.well-known/jwks.json")
    assert [key["kid"] for key in answer.json()["keys"]] == [header["kid"]]
    assert header["typ"] == "at+jwt"


async def test_the_published_keys_are_public_keys(people: People) -> None:
    (key,) = (await people.client.get("/.well-known/jwks.json")).json()["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}


async def test_unknown_handle_wrong_password_and_no_password_get_the_same_answer(people: People) -> None:
    answers = [
        await enter(people, "nobody-of-ours"),
        await enter(people, "ada", "wrong"),
        await enter(people, "ada", ""),
    ]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["errors"][0]["code"] == "INVALID_CREDENTIALS"


async def test_an_unknown_handle_costs_the_same_verification(people: People, monkeypatch: Any) -> None:
    verified: list[str | None] = []
    verify = type(people.resources.passwords).verify

    async def note(self: Any, password: str, stored: str | None) -> Any:
        verified.append(stored)
        return await verify(self, password, stored)

    monkeypatch.setattr(type(people.resources.passwords), "verify", note)
    await enter(people, "nobody-of-ours", "wrong")
    assert verified == [None]


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize("handle", ["ADA", " ada "])
async def test_capitals_and_blanks_make_no_other_handle(people: People, handle: str) -> None:
    assert (await enter(people, handle))["session"]["user"]["handle"] == "ada"


def test_the_pauses_grow_and_end_at_four_seconds() -> None:
    assert [pause_after(n) for n in range(8)] == [0, 0, 0, 0.5, 1, 2, 4, 4]
    assert pause_after(10**9) == 4


async def test_guessing_slows_an_account_down(people: People) -> None:
    for _ in range(5):
        await enter(people, "ada", "wrong")
    assert people.pauses == [0, 0, 0, 0.5, 1]


async def test_guessing_at_once_is_slowed_like_guessing_in_turn(people: People) -> None:
    await asyncio.gather(*(enter(people, "ada", "wrong") for _ in range(5)))
    assert sorted(people.pauses) == [0, 0, 0, 0.5, 1]


async def test_an_unknown_handle_is_slowed_like_a_known_one(people: People) -> None:
    for _ in range(5):
        await enter(people, "nobody-of-ours", "wrong")
    assert people.pauses == [0, 0, 0, 0.5, 1]


async def test_the_owner_gets_in_however_many_have_guessed(people: People) -> None:
    for _ in range(20):
        await enter(people, "ada", "wrong")
    assert (await enter(people))["session"] is not None


async def test_signing_in_ends_the_slowness(people: People) -> None:
    for _ in range(5):
        await enter(people, "ada", "wrong")
    await enter(people)
    people.pauses.clear()
    await enter(people)
    assert people.pauses == [0]


async def test_guesses_are_forgotten_after_a_quarter_of_an_hour(people: People) -> None:
    for _ in range(5):
        await enter(people, "ada", "wrong")
    people.now += timedelta(minutes=16)
    people.pauses.clear()
    await enter(people, "ada", "wrong")
    assert people.pauses == [0]


async def test_guessing_many_accounts_slows_an_address_down(people: People) -> None:
    for number in range(23):
        await enter(people, f"nobody-{number}", "wrong", address="192.0.2.7")
    assert people.pauses[19:] == [0, 0.5, 1, 2]


async def test_another_address_is_not_slowed_down(people: People) -> None:
    for number in range(25):
        await enter(people, f"nobody-{number}", "wrong", address="192.0.2.7")
    people.pauses.clear()
    await enter(people, "nobody-of-ours", "wrong", address="192.0.2.8")
    assert people.pauses == [0]


async def test_a_network_of_addresses_counts_as_one(people: People) -> None:
    for number in range(22):
        await enter(people, f"nobody-{number}", "wrong", address=f"2001:db8::{number:x}")
    assert people.pauses[20:] == [0.5, 1]


async def test_no_address_is_stored_as_it_is(people: People) -> None:
    await enter(people, "ada", "wrong", address="192.0.2.7")
    async with people.database.read() as session:
        subjects = await session.scalars(select(AttemptsRow.subject))
        assert not any("192.0.2.7" in subject for subject in subjects)
