"""Fields that are attributes are read in one call, and all others go through their resolvers."""

import sys
from types import FrameType, SimpleNamespace
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLObjectType

from subgraphs.common.federation import SubgraphSchema
from subgraphs.movies.schema import schema as movies
from subgraphs.rentals.schema import schema as rentals
from subgraphs.users.schema import schema as users

SCHEMAS = {"movies": movies, "users": users, "rentals": rentals}


def field_of(schema: SubgraphSchema, type_name: str, name: str) -> GraphQLField:
    found = schema._schema.type_map[type_name]
    assert isinstance(found, GraphQLObjectType)
    return found.fields[name]


def calls_of(field: GraphQLField, source: Any) -> int:
    """How many Python functions are called to read a field."""
    called = 0

    def note(_frame: FrameType, event: str, _: Any) -> None:
        nonlocal called
        called += event == "call"

    assert field.resolve is not None
    sys.setprofile(note)
    try:
        field.resolve(source, None)
    finally:
        sys.setprofile(None)
    return called


@pytest.mark.parametrize(
    ("schema", "type_name", "name", "attribute"),
    [
        ("movies", "Movie", "releaseYear", "release_year"),
        ("rentals", "Rental", "sentBackAt", "sent_back_at"),
        ("rentals", "Money", "amountMinor", "amount_minor"),
        ("users", "User", "displayName", "display_name"),
    ],
)
def test_an_attribute_is_read_in_one_call(schema: str, type_name: str, name: str, attribute: str) -> None:
    field = field_of(SCHEMAS[schema], type_name, name)
    thing = SimpleNamespace(**{attribute: "what it is"})
    assert field.resolve is not None
    assert field.resolve(thing, None) == "what it is"
    assert calls_of(field, thing) == 1


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_no_plain_field_is_left_out(schema: SubgraphSchema) -> None:
    fields = [
        field
        for each in schema._schema.type_map.values()
        if isinstance(each, GraphQLObjectType)
        for field in each.fields.values()
    ]
    assert fields
    assert not [field for field in fields if getattr(field.resolve, "_is_default", False)]
