"""Passwords that are soon guessed are refused, with what to do instead; passphrases are not."""

import asyncio

import pytest

from subgraphs.common.demo.members import PASSPHRASE
from subgraphs.users import rules
from tests.databases import WHATEVER_THE_DATABASE
from tests.users.conftest import ADA, People, cheap_passwords

OWNER = ("ada-lovelace", "countess@example.com", "Ada Lovelace")


async def problem(password: str) -> str | None:
    passwords = cheap_passwords()
    try:
        return await passwords.problem(password, *OWNER)
    finally:
        passwords.close()


@pytest.mark.parametrize(
    "password",
    [
        "password123",
        "1234567890",
        "qwertyuiop",
        "P@ssw0rd1234",
        "iloveyou1234",
        "Football2020!",
        "PASSWORD123",
    ],
)
async def test_a_password_that_many_use_is_refused_however_it_is_dressed_up(password: str) -> None:
    said = await problem(password)
    assert said is not None
    assert said.startswith("This password is too easy to guess.")
    assert said.endswith("A few unrelated words do well.")


@pytest.mark.parametrize("password", ["aaaaaaaaaaaa", "abcdefghijkl", "passwordpassword", "a" * 200])
async def test_a_password_that_repeats_or_counts_is_refused(password: str) -> None:
    assert "easy to guess" in str(await problem(password))


@pytest.mark.parametrize("password", ["ada-lovelace", "COUNTESS@example.com", "Ada Lovelace", "lovelace01"])
async def test_a_password_about_its_owner_is_refused(password: str) -> None:
    assert await problem(password) is not None


def test_the_local_part_of_the_address_is_refused_too() -> None:
    assert "e-mail address" in str(rules.password_problem("the.countess", "ada", "the.countess@example.com"))


@pytest.mark.parametrize(
    "password",
    [
        PASSPHRASE,
        "a ship in harbour is safe",
        "corridors-of-blue-velvet",
        "k3kq8zj1pwx9",
        "a" * 60 + PASSPHRASE,
    ],
)
async def test_a_passphrase_or_a_generated_password_is_taken(password: str) -> None:
    assert await problem(password) is None


async def test_many_at_once_are_each_judged_by_words_about_themselves() -> None:
    passwords = cheap_passwords()
    named = [f"vexillology{number}" for number in range(8)]
    found = await asyncio.gather(*(passwords.problem(f"{name}!x", name) for name in named))
    passwords.close()
    assert all(found)


@WHATEVER_THE_DATABASE
async def test_a_new_password_is_held_against_common_ones(people: People) -> None:
    payload = await people.mutate(
        "changePassword", "session { expiresAt }", ADA, currentPassword=PASSPHRASE, newPassword="password123"
    )
    (error,) = payload["errors"]
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "newPassword"])
    assert "This is a very common password." in error["message"]


@WHATEVER_THE_DATABASE
async def test_a_registration_is_refused_for_a_common_password(people: People) -> None:
    payload = await people.mutate(
        "register",
        "statusToken",
        handle="newcomer",
        displayName="New Comer",
        email="newcomer@example.com",
        password="iloveyou1234",
        birthDate="1990-01-01",
        idempotencyKey="k",
    )
    (error,) = payload["errors"]
    assert error["path"] == ["input", "password"]
