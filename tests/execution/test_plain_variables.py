"""Variables that are plainly right become what graphql-core makes of them; all others are left to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, get_variable_values, parse
from hypothesis import example, given
from hypothesis import strategies as st

from supergraph.execution.plain_variables import PlainTypes, PlainVariables

SCHEMA: GraphQLSchema = build_schema("""
    type Query { f: Int }
    scalar Date
    enum Shade { DARK LIGHT }
    input Filter { year: Int = 1999 shade: Shade! words: [String!] all: [Filter] since: Date by: By price: Float }
    input By @oneOf { name: String id: ID }
""")
TYPES = PlainTypes(SCHEMA)
WRITTEN = (
    *(
        "Int",
        "Int!",
        "Float",
        "String",
        "ID!",
        "Boolean",
        "Shade",
        "Date",
        "Date!",
        "Filter",
        "Filter!",
        "By",
    ),
    *(
        "[Int]",
        "[Int!]!",
        "[[Int]]",
        "[Filter!]",
        "Int = 3",
        "Int! = 3",
        "[Int] = 4",
        "Shade = DARK",
        "By = {id: 1}",
    ),
    *("Filter = {shade: LIGHT}", "Float = 1", "Date = 7"),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**33), 2**33),
    st.sampled_from([2**31 - 1, 2**31, -(2**31), 2**53, 2**53 + 1, 10**400, 1.0, 1.5, float("inf"), 1e300]),
    st.sampled_from(["DARK", "LIGHT", "GREY", "", "7"]),
)
NAMES = st.sampled_from(["year", "shade", "words", "all", "since", "by", "price", "name", "id", "other"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(NAMES, inner, max_size=4),
        inner.map(lambda value: {"shade": "DARK", "year": value}),
        inner.map(lambda value: {"by": value, "shade": "LIGHT", "all": [{"shade": "DARK"}, None]}),
    ),
    max_leaves=6,
)


def defined(type_: str) -> Any:
    (operation,) = parse(f"query ($v: {type_}) {{ f }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation.variable_definitions


def plain(type_: str, inputs: dict[str, Any]) -> dict[str, Any] | None:
    return PlainVariables(TYPES, defined(type_)).coerced(inputs)


@given(st.sampled_from(WRITTEN), st.one_of(st.just({}), VALUES.map(lambda value: {"v": value})))
@example("Filter", {"v": {"all": [{"year": 1, "shade": "DARK"}], "shade": "DARK"}})
def test_what_is_taken_for_plainly_right_is_what_graphql_core_makes_of_it(
    type_: str, inputs: dict[str, Any]
) -> None:
    found = plain(type_, inputs)
    if found is not None:
        made = get_variable_values(SCHEMA, defined(type_), inputs)
        assert not isinstance(made, list), made
        assert json.dumps(found) == json.dumps(made.coerced)


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        ("Int", {"v": 3}),
        ("Int", {}),
        ("Int!", {"v": -(2**31)}),
        ("Int! = 3", {}),
        ("Float", {"v": 3}),
        ("Boolean", {"v": False}),
        ("[ID!]!", {"v": ["a", "b"]}),
        ("Shade", {"v": "LIGHT"}),
        ("Date!", {"v": {"year": 1}}),
        ("Filter", {"v": None}),
        ("Filter!", {"v": {"shade": "DARK", "all": [{"shade": "LIGHT", "words": ["a"]}]}}),
    ],
)
def test_what_clients_mostly_send_is_plainly_right(type_: str, inputs: dict[str, Any]) -> None:
    assert plain(type_, inputs) is not None
