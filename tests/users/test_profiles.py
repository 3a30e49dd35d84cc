"""Profiles: who sees what of them, and changing them."""

import asyncio
from typing import Any

import pytest

from subgraphs.common.caller import Caller
from subgraphs.users.events import USER_CHANGED
from tests.databases import WHATEVER_THE_DATABASE
from tests.users.conftest import ADA, ANYBODY, CLIVE, KIM, People

PRIVATE = '{ user(handle: "ada") { email birthDate roles watchlist { totalCount } } }'
PROFILE = "user { displayName email version }"


async def update(people: People, caller: Caller = ADA, **given: Any) -> Any:
    return await people.mutate("updateProfile", PROFILE, caller, **given)


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
