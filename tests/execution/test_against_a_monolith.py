"""A federation answers as one server over the same data does: data, errors and their paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from graphql import parse, validate
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.execution.library import LIBRARY
from tests.execution.shop import SHOP
from tests.federation.federated import Federated, federate, monolith
from tests.federation.operations import operations

SHOP_OPERATIONS = {
    "one field": "{ me { name } }",
    "across subgraphs": '{ me { name reviews { stars } } product(id: "b1") { name } }',
    "an alias that is a key's name": '{ product(id: "b1") { id: name ... on Book { id2: id title: pages inStock } } }',
    "an alias for __typename": "{ search { name: __typename ... on Person { b: name nick } } }",
    "one field by two arguments": (
        '{ product(id: "b1") { ... on Book { weight heavy: weight(unit: LB) shipping freight } } }'
    ),
    "a required field under another's alias": (
        '{ product(id: "b1") { ... on Book { weight: pages title: name shipping blurb cover { depth } } } }'
    ),
    "one field under three aliases": '{ product(id: "b1") { ... on Book { a: rating b: rating c: rating } } }',
    "one object under two aliases": "{ a: me { name } b: me { nick } }",
    "nested fragments": """
        query { products { ...P ... on Toy { ...T } } }
        fragment P on Product { id name ...B }
        fragment B on Book { title author { ...A } }
        fragment A on Person { name reviews { ...R } }
        fragment R on Review { stars about { title } }
        fragment T on Toy { ages inStock }
    """,
    "an abstract type": "{ products { __typename id name tags } }",
    "an abstract type by type": (
        "{ products { ... on Book { books: inStock } ... on Toy { toys: inStock colour } } }"
    ),
    "a union": "{ search { __typename ... on Product { name } ... on Person { reviews { stars } } } }",
    "a union of nothing": "{ search { ... on Book { title } } }",
    "lists of lists": "{ shelf { id ... on Book { reviews { text } } ... on Toy { shipping } } }",
    "nulls in lists": "{ products { id ... on Toy { ages } } latest { text about { title } } }",
    "the same entity again and again": "{ latest { about { title reviews { about { title pages } } } } }",
    "errors in a list": "{ products { id ... on Book { pages rating } } }",
    "an error of a non-null field": "{ required { name secret } }",
    "an error of a non-null field of a list": "{ broken { id secret } me { id } }",
    "an error of a non-null field elsewhere": "{ broken { id stock: inStock } me { id } }",
    "an error that blanks everything": "{ me { id } required { inStock } }",
    "an error under an alias": "{ you: me { called: nick } }",
    "a requirement that is null": "{ broken { name blurb } products { ... on Book { blurb } } }",
    "introspection beside data": '{ __typename me { name } __type(name: "Person") { name fields { name } } }',
    "a default of an argument": '{ now london: now(zone: "London") none: now(zone: null) }',
    "conditions that exclude each other": (
        "query ($on: Boolean! = true) { me @include(if: $on) { id name @skip(if: $on) } }"
    ),
}
LIBRARY_OPERATIONS = {
    "fields of an interface object": "{ top { id rating notes { text } } }",
    "the concrete types of an interface object": (
        "{ top { __typename id ... on Film { minutes } } worst { __typename } }"
    ),
    "an interface object from the other side": '{ all { name rating } media(id: "f1") { slogan } }',
    "a requirement of an interface object": "{ top { slogan } notes { about { slogan name } } }",
    "the way back to the root": "{ library { name query { top { rating } people { name } library { name } } } }",
    "provided fields": "{ people { work { star { agent } } } opening { film { id } } }",
    "fields that are not provided": "{ people { work { star { agent fee } } } opening { film { id name } } }",
    "a second key": "{ people { born work { name director { born } prizes { year } } } }",
    "value types": "{ opening { prize { name } } films { prizes { name year } } }",
    "an error of a non-null field of a list": "{ actors { fee } }",
}
CONDITIONS = """
    query ($yes: Boolean! = true, $no: Boolean! = false, $zone: String) {
      me @include(if: $yes) { name nick @skip(if: $yes) ...R @include(if: $no) }
      product(id: "b1") { ... on Book { shipping @include(if: $yes) title @skip(if: $yes) blurb @skip(if: $no) } }
      latest @skip(if: $yes) { text }
      now(zone: $zone)
      ... @include(if: $yes) { search { ... on Person { name @skip(if: $no) reviews { stars } } } }
    }
    fragment R on Person { reviews { stars } }
"""
ALIASES = ("id", "name", "title", "weight", "reviews", "x", "y")


class Twins:
    """A federation and its monolith."""

    def __init__(self, federated: Federated) -> None:
        self.federated = federated
        self.whole = monolith(federated.supergraph, federated.parts)

    async def agree(self, query: str, variables: dict[str, Any] | None = None) -> None:
        """Assert that both give the same data, and errors that explain the same nulls."""
        response = await self.federated.answer(query, variables)
        expected = self.whole.execute(query, variables)
        data = expected.get("data")
        assert response.data == data
        assert nulls(response.errors, data) == nulls(expected.get("errors", ()), data)

    async def agree_on_any_operation(self, data: st.DataObject) -> None:
        """Draw an operation, and assert that both agree on it."""
        schema = self.federated.supergraph.api
        drawn = data.draw(operations(schema, names=ALIASES))
        assume(not validate(schema, parse(drawn.text)))
        await self.agree(drawn.text, drawn.variables)


def nulls(errors: Any, data: Any) -> set[tuple[str | int, ...]]:
    """The nulls that errors explain: of several errors below one null a server may report any."""
    return {_null(error.get("path", ()), data) for error in errors}


def _null(path: Sequence[str | int], data: Any) -> tuple[str | int, ...]:
    for depth, key in enumerate(path):
        if data is None:
            return tuple(path[:depth])
        data = data[key]
    return tuple(path)


@pytest.fixture(scope="module")
def shop() -> Twins:
    return Twins(federate(SHOP))


@pytest.fixture(scope="module")
def library() -> Twins:
    return Twins(federate(LIBRARY))


@pytest.mark.parametrize("query", SHOP_OPERATIONS.values(), ids=SHOP_OPERATIONS.keys())
async def test_the_shop_answers_as_one_server_does(shop: Twins, query: str) -> None:
    await shop.agree(query)


@pytest.mark.parametrize("query", LIBRARY_OPERATIONS.values(), ids=LIBRARY_OPERATIONS.keys())
async def test_the_library_answers_as_one_server_does(library: Twins, query: str) -> None:
    await library.agree(query)


@pytest.mark.parametrize("yes", [True, False])
@pytest.mark.parametrize("no", [True, False])
async def test_conditions_count_as_in_one_server(shop: Twins, yes: bool, no: bool) -> None:
    await shop.agree(CONDITIONS, {"yes": yes, "no": no, "zone": "Oslo"})


@given(data=st.data())
@settings(max_examples=80, deadline=None)
async def test_any_operation_on_the_shop_is_answered_as_one_server_does(
    shop: Twins, data: st.DataObject
) -> None:
    await shop.agree_on_any_operation(data)


@given(data=st.data())
@settings(max_examples=80, deadline=None)
async def test_any_operation_on_the_library_is_answered_as_one_server_does(
    library: Twins, data: st.DataObject
) -> None:
    await library.agree_on_any_operation(data)


async def test_no_fetch_is_refused_by_a_subgraph(shop: Twins) -> None:
    for query in SHOP_OPERATIONS.values():
        await shop.federated.answer(query)
    for subgraph in shop.federated.subgraphs.values():
        for request in subgraph.requests:
            reply = subgraph.execute(request["query"], request.get("variables"))
            codes = {error.get("extensions", {}).get("code") for error in reply.get("errors", ())}
            assert "GRAPHQL_VALIDATION_FAILED" not in codes, request["query"]
