"""What operations cost by `@cost` and `@listSize`: estimated before, measured after."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st

from supergraph.composition import SubgraphSource, compose, read
from supergraph.execution import RequestRefused
from supergraph.execution.costs import LARGEST, Estimating, Weights, evaluated, measured
from supergraph.model import Supergraph
from supergraph.planning import normalize

SDL = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@cost", "@listSize"])

type Query {
  book(id: ID): Book
  plain: [Book]
  matrix: [[Int]]
  weighed: [Book] @cost(weight: 7)
  bestsellers: [Book] @listSize(assumedSize: 5)
  newest(after: ID, limit: Int!): [Book] @listSize(slicingArguments: ["limit"])
  either(first: Int, last: Int): [Book] @listSize(slicingArguments: ["first", "last"])
  any(first: Int, last: Int): [Book]
    @listSize(assumedSize: 4, slicingArguments: ["first", "last"], requireOneSlicingArgument: false)
  page(first: Int = 3): BookPage
    @listSize(slicingArguments: ["first"], sizedFields: ["books"], requireOneSlicingArgument: false)
  found(filter: Filter, words: [String!] @cost(weight: 3), shade: Shade): Int
  codes: [Code]
  cheaper(fast: Boolean @cost(weight: -3)): Book
  free(fast: Boolean @cost(weight: -30)): Book
  things: [Thing] @listSize(assumedSize: 2)
}
type Mutation { rate(stars: Int): Book }
type BookPage { total: Int books: [Book] }
type Book { title: String author: Author publisher: Publisher }
type Author { name: String }
type Publisher { name: String address: Address }
type Address @cost(weight: 5) { zipCode: Int! }
type Film { title: String long: Int @cost(weight: 20) }
union Thing = Book | Film | Address
input Filter { name: String genre: Genre @cost(weight: 4) all: [Filter!] }
input Genre { id: ID! depth: Int = 1 @cost(weight: 2) }
enum Shade @cost(weight: 6) { DARK LIGHT }
scalar Code @cost(weight: 2)
"""


def composed(sdl: str) -> Supergraph:
    composition = compose([SubgraphSource("books", "http://books/graphql", sdl)])
    assert composition.supergraph_sdl is not None, composition.errors
    return read(composition.supergraph_sdl)


GRAPH = composed(SDL)


def estimate(
    query: str, default: int = 10, *, graph: Supergraph = GRAPH, strict: bool = True, **values: Any
) -> int:
    operation = normalize(graph, parse(query))
    return evaluated(Estimating(Weights(graph), default, strict=strict).operation(operation), values)


def measure(query: str, data: dict[str, Any] | None, **values: Any) -> int:
    return measured(Weights(GRAPH), normalize(GRAPH, parse(query)), data, values)


BOOK = "title author { name } publisher { name address { zipCode } }"


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        (f"{{ book(id: 1) {{ {BOOK} }} }}", 8),
        (f"{{ bestsellers {{ {BOOK} }} }}", 40),
        (f"{{ newest(limit: 3) {{ {BOOK} }} }}", 24),
        (f"{{ newest(limit: 7) {{ {BOOK} }} }}", 56),
    ],
)
def test_the_examples_of_apollos_documentation_cost_what_they_cost_there(query: str, cost: int) -> None:
    assert estimate(query) == cost


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{ __typename }", 0),
        ("{ book { title __typename } }", 1),
        ("{ a: book { title } b: book { title } }", 2),
        ("{ book { title } ... { book { title } } }", 1),
        ("mutation { rate { title } }", 11),
        ("{ plain { title } }", 10),
        ("{ matrix }", 0),
        ("{ codes }", 20),
        ("{ weighed { title author { name } } }", 80),
        ("{ newest(limit: 0) { title } }", 0),
        ("{ newest(limit: -4) { title } }", 0),
        ("{ any { title } }", 4),
        ("{ any(first: null) { title } }", 4),
        ("{ any(first: 2) { title } }", 2),
        ("{ any(first: 2, last: 9) { title } }", 9),
        ("{ page { total } }", 1),
        ("{ page { books { title } } }", 4),
        ("{ page(first: 8) { p: books { title } books { title } } }", 17),
        ("{ found }", 0),
        ('{ found(words: ["a", "b"]) }', 3),
        ("{ found(words: null) }", 0),
        ("{ found(shade: DARK) }", 6),
        ('{ found(filter: {name: "a"}) }', 1),
        ("{ found(filter: {genre: {id: 1}}) }", 7),
        ("{ found(filter: {genre: {id: 1, depth: null}}) }", 5),
        ('{ found(filter: {all: [{name: "a"}, {all: {name: "b"}}]}) }', 4),
        ("{ cheaper(fast: true) { author { name } publisher { name } } }", 0),
        ("{ cheaper(fast: true) { publisher { address { zipCode } } } }", 4),
        ("{ free(fast: true) { title } book { title } }", 1),
    ],
)
def test_each_rule_of_the_specification(query: str, cost: int) -> None:
    assert estimate(query) == cost


def test_where_several_types_can_stand_the_dearest_counts() -> None:
    assert estimate("{ things { ... on Book { author { name } } ... on Film { title } } }") == 2 * 5
    assert estimate("{ things { ... on Book { author { name } } ... on Film { long } } }") == 2 * 21


@pytest.mark.parametrize(
    ("query", "values", "cost"),
    [
        ("query ($n: Int!) { newest(limit: $n) { title } }", {"n": 6}, 6),
        ("query ($n: Int) { page(first: $n) { books { title } } }", {}, 4),
        ("query ($n: Int) { page(first: $n) { books { title } } }", {"n": 9}, 10),
        ("query ($f: Filter) { found(filter: $f) }", {}, 0),
        (
            "query ($f: Filter) { found(filter: $f) }",
            {"f": {"all": [{}, {"genre": {"id": 1, "depth": 1}}]}},
            9,
        ),
        ("query ($g: Genre) { found(filter: {genre: $g}) }", {"g": {"id": 1, "depth": 2}}, 7),
        ("query ($w: [String!]) { found(words: $w) }", {"w": ["a"]}, 3),
        ("query ($on: Boolean!) { book @include(if: $on) { title } plain { title } }", {"on": True}, 11),
        ("query ($on: Boolean!) { book @include(if: $on) { title } plain { title } }", {"on": False}, 10),
        ("query ($on: Boolean!) { book @skip(if: $on) { title } }", {"on": True}, 0),
    ],
)
def test_variables_decide_with_each_request(query: str, values: dict[str, Any], cost: int) -> None:
    assert estimate(query, **values) == cost


@pytest.mark.parametrize("arguments", ["", "(first: null)", "(first: 1, last: 2)"])
def test_where_one_slicing_argument_is_required_another_number_of_them_is_refused(arguments: str) -> None:
    query = f"{{ either{arguments} {{ title }} }}"

    with pytest.raises(
        RequestRefused, match=r"Query\.either wants exactly one of its arguments first, last"
    ) as refused:
        estimate(query)

    assert refused.value.errors[0]["extensions"]["code"] == "COST_INVALID_SLICING_ARGUMENTS"
    assert estimate(query, strict=False) in {2, 10}


def test_lists_of_which_nothing_is_said_are_as_long_as_configured() -> None:
    assert estimate("{ plain { title } }", 50) == 50


def test_directives_are_known_under_the_names_that_the_supergraph_gives_them() -> None:
    renamed = SDL.replace(
        '["@cost", "@listSize"]', '[{name: "@cost", as: "@price"}, {name: "@listSize", as: "@length"}]'
    )
    graph = composed(renamed.replace("@cost(", "@price(").replace("@listSize(", "@length("))

    assert graph.costs == GRAPH.costs
    assert GRAPH.costs.weights["Address"] == 5


def test_fragments_that_double_at_each_level_are_reckoned_once_each() -> None:
    graph = composed(
        'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@listSize"]) '
        "type Query { node: Node } type Node { left: Node right: Node }"
    )
    fragments = " ".join(
        f"fragment F{n} on Node {{ left {{ ...F{n + 1} }} right {{ ...F{n + 1} }} }}" for n in range(8)
    )

    assert (
        estimate("{ node { ...F0 } } " + fragments + " fragment F8 on Node { __typename }", graph=graph)
        == 2**9 - 1
    )


def test_an_estimate_beyond_all_bounds_is_the_largest_number_that_json_keeps() -> None:
    assert estimate("{ newest(limit: 2147483647) { title } a: newest(limit: 1) { title } }") == 2**31
    assert estimate("query ($n: Int!) { newest(limit: $n) { title } }", n=10**30) == LARGEST


@pytest.mark.parametrize(
    ("query", "data", "cost"),
    [
        ("{ book { title } }", None, 0),
        ("mutation { rate { title } }", None, 10),
        ("{ book { title } }", {"book": None}, 0),
        ("{ book { title author { name } } }", {"book": {"title": "A", "author": {"name": "B"}}}, 2),
        ("{ plain { title } }", {"plain": [{"title": "A"}, None, {"title": "B"}]}, 2),
        ("{ codes }", {"codes": ["a", "b", "c"]}, 6),
        ("{ page(first: 50) { books { title } } }", {"page": {"books": [{"title": "A"}]}}, 2),
        ("{ found(shade: DARK) }", {"found": None}, 6),
        (
            "{ things { ... on Film { long } ... on Book { title } } }",
            {"things": [{"long": 3}, {"title": "A"}]},
            22,
        ),
        (
            "{ things { t: __typename ... on Film { title } ... on Book { title } } }",
            {"things": [{"t": "Address"}, {"t": "Book", "title": "A"}]},
            6,
        ),
        ("query ($on: Boolean!) { a: found(shade: DARK) @include(if: $on) found }", {"found": 1}, 0),
    ],
)
def test_what_was_answered_is_measured_by_the_same_rules(
    query: str, data: dict[str, Any] | None, cost: int
) -> None:
    assert measure(query, data, on=False) == cost


@given(st.lists(st.integers(0, 6), min_size=1, max_size=5), st.integers(0, 10))
def test_a_response_whose_lists_are_as_long_as_was_thought_costs_what_was_estimated(
    sizes: list[int], limit: int
) -> None:
    selected = " ".join(
        f"a{n}: newest(limit: {size}) {{ author {{ name }} }}" for n, size in enumerate(sizes)
    )
    query = f"query ($n: Int!) {{ {selected} v: newest(limit: $n) {{ title }} }}"
    book = {"author": {"name": "B"}}
    data = {f"a{n}": [book] * size for n, size in enumerate(sizes)}

    assert measure(query, {**data, "v": [{"title": "A"}] * limit}, n=limit) == estimate(query, n=limit)
