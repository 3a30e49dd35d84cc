"""What staff do with other people's accounts."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from subgraphs.common.caller import Caller
from subgraphs.common.demo import members
from subgraphs.users.events import USER_CHANGED
from subgraphs.users.roles import SCOPES, Role, scopes_of
from tests.databases import WHATEVER_THE_DATABASE
from tests.users.conftest import ADA, ADAM, ANYBODY, CLIVE, KIM, MONA, NOW, People

LIST = """query($search: String, $first: Int! = 20, $after: String) {
    users(search: $search, first: $first, after: $after) {
        totalCount edges { node { handle } } pageInfo { hasNextPage endCursor } } }"""


async def handles(people: People, **variables: Any) -> list[str]:
    listed = (await people.data(LIST, CLIVE, **variables))["users"]
    return [edge["node"]["handle"] for edge in listed["edges"]]


async def role(people: People, field: str, caller: Caller = ADAM, **given: Any) -> Any:
    return await people.mutate(field, "user { roles version }", caller, **given)


def test_each_role_may_all_that_the_one_below_may() -> None:
    ladder = [SCOPES[role] for role in Role]
    assert all(lower < higher for lower, higher in pairwise(ladder))


def test_a_clerk_may_read_users_but_not_administer_them() -> None:
    assert {"users:read"} == {scope for scope in scopes_of([Role.CLERK]) if scope.startswith("users:")}


async def test_users_are_listed_by_handle_page_by_page(people: People) -> None:
    seen, after = [], None
    while True:
        page = (await people.data(LIST, CLIVE, first=40, after=after))["users"]
        seen += [edge["node"]["handle"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert sorted(seen) == sorted(member.handle for member in members(NOW))
    assert page["totalCount"] == len(seen)


@pytest.mark.parametrize("search", ["ada@example", "Ada Ex", " ADA@ "])
async def test_users_are_found_by_handle_name_or_address(people: People, search: str) -> None:
    assert "ada" in await handles(people, search=search)


@pytest.mark.parametrize("search", ["%", "_da", "\\", "' OR 1=1 --"])
async def test_a_search_is_taken_to_the_letter(people: People, search: str) -> None:
    assert await handles(people, search=search) == []


async def test_a_search_has_a_length(people: People) -> None:
    assert await people.code(LIST, CLIVE, search="x" * 101) == "BAD_USER_INPUT"


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize("caller", [ANYBODY, ADA])
async def test_users_are_listed_for_staff_only(people: People, caller: Caller) -> None:
    assert await people.code(LIST, caller) == "FORBIDDEN"


async def test_an_administrator_grants_a_role(people: People) -> None:
    payload = await role(people, "grantRole", userId=KIM.subject, role="CLERK")
    assert payload["user"] == {"roles": ["CUSTOMER", "CLERK"], "version": 2}


async def test_a_role_granted_twice_is_held_once(people: People) -> None:
    await role(people, "grantRole", userId=KIM.subject, role="CLERK")
    payload = await role(people, "grantRole", userId=KIM.subject, role="CLERK")
    assert payload["user"]["roles"] == ["CUSTOMER", "CLERK"]


async def test_an_administrator_revokes_a_role(people: People) -> None:
    payload = await role(people, "revokeRole", userId=CLIVE.subject, role="CLERK")
    assert payload["user"]["roles"] == ["CUSTOMER"]


async def test_everybody_stays_a_customer(people: People) -> None:
    payload = await role(people, "revokeRole", userId=KIM.subject, role="CUSTOMER")
    assert payload["errors"][0]["path"] == ["input", "role"]


async def test_the_last_administrator_stays_one(people: People) -> None:
    payload = await role(people, "revokeRole", userId=ADAM.subject, role="ADMIN")
    assert payload["errors"][0]["code"] == "INVALID_INPUT"


async def test_two_administrators_cannot_dismiss_each_other_at_once(people: People) -> None:
    await role(people, "grantRole", userId=MONA.subject, role="ADMIN")
    payloads = await asyncio.gather(
        role(people, "revokeRole", userId=ADAM.subject, role="ADMIN"),
        role(people, "revokeRole", userId=MONA.subject, role="ADMIN"),
    )
    assert sorted(len(payload["errors"]) for payload in payloads) == [0, 1]


async def test_a_membership_changes_from_now_on(people: People) -> None:
    payload = await people.mutate(
        "changeMembership",
        "user { membership { tier since } version }",
        ADAM,
        userId=KIM.subject,
        tier="PREMIER",
    )
    assert payload["user"] == {
        "membership": {"tier": "PREMIER", "since": "2026-05-01T12:00:00Z"},
        "version": 2,
    }


async def test_a_change_of_membership_is_told(people: People) -> None:
    await people.mutate("changeMembership", "user { id }", ADAM, userId=KIM.subject, tier="PLUS")
    (message,) = await people.told(USER_CHANGED)
    assert (message.aggregate, message.payload["tier"]) == (KIM.subject, "PLUS")


async def test_the_same_tier_again_changes_nothing(people: People) -> None:
    payload = await people.mutate(
        "changeMembership", "user { version }", ADAM, userId=KIM.subject, tier="STANDARD"
    )
    assert payload["user"]["version"] == 1
    assert await people.told(USER_CHANGED) == []


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("grantRole", {"role": "CLERK"}),
        ("revokeRole", {"role": "CLERK"}),
        ("changeMembership", {"tier": "PLUS"}),
    ],
)
async def test_nobody_is_not_found(people: People, field: str, given: Any) -> None:
    payload = await people.mutate(field, "user { id }", ADAM, userId="usr_nobody", **given)
    assert payload["errors"][0] == {
        "__typename": "NotFound",
        "code": "NOT_FOUND",
        "message": "There is no such user.",
        "path": ["input", "userId"],
    }


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize("caller", [ANYBODY, ADA, CLIVE, MONA])
@pytest.mark.parametrize(
    "change",
    [
        'grantRole(input: {userId: "x", role: ADMIN})',
        'revokeRole(input: {userId: "x", role: ADMIN})',
        'changeMembership(input: {userId: "x", tier: PREMIER})',
    ],
)
async def test_only_administrators_change_roles_and_memberships(
    people: People, caller: Caller, change: str
) -> None:
    assert await people.code(f"mutation {{ {change} {{ user {{ id }} }} }}", caller) == "FORBIDDEN"
