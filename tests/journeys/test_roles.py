"""What each role may do: every root field that asks for a scope, asked through the router by each of the four."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNonNull,
    ObjectTypeDefinitionNode,
    get_named_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    parse,
    print_ast,
)

from tests.journeys.conftest import Client
from tests.journeys.staging import API, MUTATIONS, document

CONTRACTS = [
    Path(__file__).parent.parent.parent / "schema" / f"{name}.graphql"
    for name in ("movies", "users", "rentals")
]
CLERK = {"catalog:write", "inventory:read", "inventory:write", "rentals:read", "rentals:write", "users:read"}
MANAGER = CLERK | {"rentals:manage", "reviews:moderate"}
ROLES = {"ada": set[str](), "clive": CLERK, "mona": MANAGER, "adam": MANAGER | {"users:admin"}}
"""The demo's people, and the scopes of their roles: customer, clerk, manager, administrator."""
SCOPE = re.compile(r'@requiresScopes\(scopes: \[\["([^"]+)"\]\]\)')
QUERIES = {
    "overdueRentals": "{ overdueRentals(first: 1) { edges { cursor } } }",
    "copy": '{ copy(barcode: "1") { id } }',
    "users": "{ users(first: 1) { edges { cursor } } }",
}


def guarded() -> Iterator[tuple[str, str]]:
    """The root fields that ask for a scope, each with it."""
    definitions = [definition for file in CONTRACTS for definition in parse(file.read_text()).definitions]
    types = [found for found in definitions if isinstance(found, ObjectTypeDefinitionNode)]
    for root in (found for found in types if found.name.value in ("Query", "Mutation")):
        for field in root.fields or ():
            if scope := SCOPE.search(print_ast(field)):
                yield field.name.value, scope[1]


GUARDED = dict(guarded())


def harmless(of: GraphQLInputType) -> Any:
    """A value of this type that nothing is changed by: it names nothing that there is, and breaks the rules."""
    if is_non_null_type(of):
        of = of.of_type
    if is_list_type(of):
        return []
    if isinstance(of, GraphQLInputObjectType):
        needed = {name: field.type for name, field in of.fields.items() if is_non_null_type(field.type)}
        return {name: harmless(part) for name, part in needed.items()}
    if is_enum_type(of):
        return next(iter(of.values))
    by_name = {"Int": 0, "Boolean": False, "Date": "2020-01-01", "ID": uuid4().hex}
    return by_name.get(get_named_type(of).name, "")


def test_what_is_guarded_is_what_can_be_asked_here() -> None:
    assert API.query_type is not None
    assert {name for name in GUARDED if name in API.query_type.fields} == set(QUERIES)
    assert set(GUARDED.values()) == MANAGER - {"reviews:moderate"} | {"users:admin"}


@pytest.mark.parametrize("handle", ROLES)
async def test_a_role_may_what_its_scopes_allow_and_nothing_else(visitor: Client, handle: str) -> None:
    client, allowed = await visitor.sign_in(handle), set[str]()
    for field in GUARDED:
        if field in QUERIES:
            answer = await client.ask(QUERIES[field])
        else:
            input_type = MUTATIONS[field].args["input"].type
            assert isinstance(input_type, GraphQLNonNull)
            answer = await client.ask(document(field), input=harmless(input_type))
        codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
        assert codes <= {"UNAUTHORIZED_FIELD_OR_TYPE"}, answer
        if not codes:
            allowed.add(field)
            assert field in QUERIES or answer["data"][field]["errors"], answer
    assert allowed == {field for field, scope in GUARDED.items() if scope in ROLES[handle]}
