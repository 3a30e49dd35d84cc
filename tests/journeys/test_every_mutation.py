"""Each mutation of the API succeeds, and is refused in each way that its contract names; asked through the router.

The API's schema says what there is to show: a mutation, or a member of an error union, that no story here brings
about fails its test.
"""

import pytest
from graphql import GraphQLObjectType, GraphQLUnionType, get_named_type

from tests.journeys.staging import MUTATIONS, Stage, stage
from tests.journeys.stories import STORIES

__all__ = ["stage"]

NEVER = {
    ("signIn", "TokenExpired"): "it takes no token, and shares its union with what does",
    ("signIn", "InvalidInput"): "whatever is wrong, it answers InvalidCredentials",
    ("refreshSession", "InvalidInput"): "a token is right or wrong, and shares its union with passwords",
    ("changePassword", "TokenExpired"): "it takes no token, and shares its union with what does",
    ("removeFromWatchlist", "InvalidInput"): "it has no note, and shares its union with what has",
    ("grantRole", "InvalidInput"): "every role can be granted, and it shares its union with revoking",
}
"""Members of unions that a mutation never answers with, and why."""


def refusals(mutation: str) -> set[str]:
    """How the API says that a mutation can be refused."""
    payload = get_named_type(MUTATIONS[mutation].type)
    assert isinstance(payload, GraphQLObjectType)
    if "errors" not in payload.fields:
        return set()
    union = get_named_type(payload.fields["errors"].type)
    assert isinstance(union, GraphQLUnionType)
    return {member.name for member in union.types}


@pytest.mark.parametrize("mutation", list(MUTATIONS))
async def test_a_mutation_succeeds_and_is_refused_in_each_way_that_its_contract_names(
    stage: Stage, mutation: str
) -> None:
    shown: set[str | None] = set()
    async for expected, payload in STORIES[mutation](stage):
        errors = payload.get("errors", [])
        names = [error["__typename"] for error in errors]
        assert (names[:1] or [None]) == [expected], payload
        assert all(error["message"] and error["code"].isupper() for error in errors)
        if expected is not None:
            assert not any(thing for name, thing in payload.items() if name != "errors"), payload
        shown.add(expected)
    never = {member for name, member in NEVER if name == mutation}
    assert shown == {None, *refusals(mutation)} - never


def test_what_is_said_never_to_happen_is_in_the_contract() -> None:
    assert {(mutation, member) for mutation in MUTATIONS for member in refusals(mutation)} >= set(NEVER)
