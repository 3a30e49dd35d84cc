"""Operations that differ in their literals alone: what of them is shared, and what is sent."""

from __future__ import annotations

import json
from typing import Any
from weakref import ref

import pytest
from graphql import (
    GraphQLInputType,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    parse,
    parse_value,
    value_from_ast,
)
from hypothesis import given
from hypothesis import strategies as st

from supergraph.execution import ANYONE, Engine, Options, RequestRefused
from supergraph.execution.document import select_operation
from supergraph.execution.literals import Lifted, Literals
from supergraph.execution.validation import Facts
from supergraph.model import Supergraph
from tests.federation.federated import Federated, Part, federate

FILMS = Part(
    """
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query {
      film(id: ID!): Film
      films(first: Int = 2, filter: Filter, after: Date): [Film]
      any(i: Int, x: Float, s: String, id: ID, b: Boolean, e: Shade, l: [Int], ll: [[Int!]], o: Filter, d: Date,
        ds: [Date]): Int
    }
    type Mutation { rate(film: ID!, stars: Int!): Int }
    type Subscription { rated(film: ID!): Int }
    type Film @key(fields: "id") { id: ID! title(upper: Boolean): String price(in: Currency = EUR): Int }
    input Filter { shade: Shade year: Int words: [String!] since: Date all: [Filter!] by: By }
    input By @oneOf { name: String id: ID }
    enum Shade { DARK LIGHT }
    enum Currency { EUR USD }
    scalar Date
    """,
    {
        "Query": {
            "film": {"$ref": "Film", "id": "{id}"},
            "films": [{"$ref": "Film", "id": "1"}],
            "any": 7,
        },
        "Mutation": {"rate": 5},
        "Subscription": {"rated": [5]},
        "Film": [{"id": "1", "title": "Heat", "price": 3}, {"id": "2", "title": "Alien", "price": 3}],
    },
)
STOCK = Part(
    """
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
      import: ["@key", "@external", "@requires"])
    type Film @key(fields: "id") {
      id: ID! price(in: Currency = EUR): Int @external deposit: Int @requires(fields: "price(in: USD)")
    }
    enum Currency { EUR USD }
    """,
    {"Film": [{"id": "1", "deposit": 9}]},
)


def federation() -> Federated:
    return federate({"films": FILMS, "stock": STOCK})


def sharing() -> Engine:
    """An engine that has no literals in its plans."""
    return federate({"films": FILMS, "stock": STOCK}, Options(share_after=0)).engine


GRAPH: Supergraph = federation().supergraph
LITERALS = Literals(GRAPH, Facts(GRAPH.api))


def lifted(query: str, name: str | None = None) -> Lifted | None:
    document = parse(query)
    return LITERALS.lift(document, query, select_operation(document, name))


def moved(query: str, name: str | None = None) -> tuple[str, dict[str, Any]]:
    """The text without literals, and what they are."""
    found = lifted(query, name)
    assert found is not None
    return found.text, dict(found.values.values)


def test_operations_that_differ_in_literals_alone_are_one() -> None:
    engine = federation().engine
    _, two, three = (engine.prepare(f'{{ film(id: "{number}") {{ title }} }}') for number in (1, 2, 3))
    assert two.normalized is three.normalized


def test_the_first_of_them_is_planned_as_it_is_written() -> None:
    prepared = federation().engine.prepare('{ film(id: "1") { title } }')
    assert (prepared.is_shared, prepared.operation.variables) == (False, ())


def test_operations_that_differ_in_more_are_two() -> None:
    engine = federation().engine
    one, two = (engine.prepare(f'{{ film(id: "1") {{ title {more} }} }}') for more in ("", "id"))
    assert one.normalized is not two.normalized


async def test_each_of_them_is_answered_by_its_own_literals() -> None:
    both = federation()
    answers = [await both.answer(f'{{ film(id: "{number}") {{ title }} }}') for number in (1, 2, 1)]
    assert [each.data for each in answers] == [
        {"film": {"title": title}} for title in ("Heat", "Alien", "Heat")
    ]


async def test_a_subgraph_is_sent_one_text_from_the_second_on() -> None:
    both = federation()
    for number in (1, 2, 3):
        await both.answer(f'{{ film(id: "{number}") {{ title }} }}')
    sent = both.subgraphs["films"].requests
    assert [each["query"] for each in sent[1:]] == ["query($id: ID!){film__1:film(id: $id){title}}"] * 2
    assert [each["variables"] for each in sent[1:]] == [{"id": "2"}, {"id": "3"}]


def test_what_is_shared_goes_with_the_last_that_shares_it() -> None:
    engine = federate({"films": FILMS, "stock": STOCK}, Options(cache_size=1)).engine
    for number in (1, 2, 3):
        shared = ref(engine.prepare(f"{{ any(i: {number}) }}").family)
    engine.prepare("{ any(i: 4) }")
    assert shared() is not None
    engine.prepare("{ any }")
    assert shared() is None


def test_an_operation_without_literals_has_nothing_moved() -> None:
    assert lifted("query ($id: ID!) { film(id: $id) { title } }") is None


def test_literals_that_are_alike_are_one_variable() -> None:
    assert moved('{ a: film(id: "1") { id } b: film(id: "1") { id } c: film(id: "2") { id } }') == (
        "{ a: film(id: $id) { id } b: film(id: $id) { id } c: film(id: $id_2) { id } }",
        {"id": "1", "id_2": "2"},
    )


def test_literals_of_different_types_are_different_variables() -> None:
    assert moved("{ any(i: 1, x: 1) }") == ("{ any(i: $i, x: $x) }", {"i": 1, "x": 1.0})


def test_objects_that_differ_in_their_order_are_alike() -> None:
    text, _ = moved(
        "{ a: films(filter: {year: 1, shade: DARK}) { id } b: films(filter: {shade: DARK, year: 1}) { id } }"
    )
    assert text == "{ a: films(filter: $filter) { id } b: films(filter: $filter) { id } }"


def test_no_variable_is_called_like_the_clients() -> None:
    text, values = moved('query ($id: ID!) { film(id: $id) { id } other: film(id: "2") { id } }')
    assert text.endswith("{ film(id: $id) { id } other: film(id: $id_2) { id } }")
    assert values == {"id_2": "2"}


def test_a_null_stays() -> None:
    assert lifted("{ any(i: null) }") is None


def test_a_null_within_a_value_goes_with_it() -> None:
    assert moved("{ any(o: {year: null}) }") == ("{ any(o: $o) }", {"o": {"year": None}})


@pytest.mark.parametrize("value", ['"2020-01-01"', "2020", "{year: 2020}", "[2020]", "true"])
def test_a_custom_scalar_stays(value: str) -> None:
    assert lifted(f"{{ any(d: {value}) }}") is None


def test_of_an_object_with_a_custom_scalar_the_rest_is_moved() -> None:
    assert moved('{ any(o: {since: "2020", year: 1999}) }') == (
        '{ any(o: {since: "2020", year: $year}) }',
        {"year": 1999},
    )


def test_of_an_object_with_a_clients_variable_the_rest_is_moved() -> None:
    text, values = moved("query ($y: Int) { any(o: {year: $y, all: [{shade: DARK}]}) }")
    assert text.endswith("{ any(o: {year: $y, all: $all}) }")
    assert values == {"all": [{"shade": "DARK"}]}


def test_a_number_that_json_cannot_have_stays() -> None:
    assert lifted("{ any(x: 1e999) }") is None


def test_a_condition_stays() -> None:
    assert lifted("{ any @skip(if: true) }") is None


def test_introspection_stays() -> None:
    assert lifted('{ __type(name: "Film") { fields(includeDeprecated: true) { name } } }') is None


def test_introspection_in_a_fragment_stays() -> None:
    assert (
        lifted(
            "{ __schema { types { ...T } } } fragment T on __Type { fields(includeDeprecated: true) { name } }"
        )
        is None
    )


def test_a_literal_that_is_compared_with_a_requirements_stays() -> None:
    assert (
        moved('{ film(id: "1") { price(in: USD) deposit } }')[0]
        == "{ film(id: $id) { price(in: USD) deposit } }"
    )


def test_literals_of_mutations_and_subscriptions_are_moved() -> None:
    assert (
        moved('mutation { rate(film: "1", stars: 2) }')[0] == "mutation { rate(film: $film, stars: $stars) }"
    )
    assert moved('subscription { rated(film: "1") }')[0] == "subscription { rated(film: $film) }"


def test_literals_in_fragments_are_moved() -> None:
    assert moved(
        '{ ...F ... on Query { any(i: 1) } } fragment F on Query { film(id: "1") { title(upper: true) } }'
    ) == (
        "{ ...F ... on Query { any(i: $i) } } fragment F on Query { film(id: $id) { title(upper: $upper) } }",
        {"i": 1, "id": "1", "upper": True},
    )


def test_of_several_operations_the_one_that_is_meant_gets_the_variables() -> None:
    engine = sharing()
    prepared = engine.prepare("query A { any(i: 1) } query B { any(i: 2) }", "B")
    assert dict(prepared.literals.values) == {"i": 1, "i_2": 2}
    assert [each.variable.name.value for each in prepared.operation.variables] == ["i", "i_2"]


def test_a_clients_variable_is_refused_at_its_place_in_the_clients_text() -> None:
    engine = sharing()
    query = "fragment F on Query { any(i: 1000) }  query ($x: Float) { ...F b: any(x: $x, i: 2000) }"
    with pytest.raises(RequestRefused) as refusal:
        engine.coerce(engine.prepare(query), {"x": "no number"})
    assert refusal.value.errors[0]["locations"] == [{"line": 1, "column": query.index("$x") + 1}]


def test_a_subscription_goes_on_in_an_engine_that_met_no_other_of_its_family() -> None:
    both, another = federation(), federation()
    new = Engine(another.supergraph, both.engine.upstream)
    old = [both.engine.prepare(f'subscription {{ rated(film: "{number}") }}') for number in (1, 2)]
    assert [each.is_shared for each in old] == [False, True]
    assert [new.continues(both.engine, each, ANYONE) for each in reversed(old)] == [True, True]


def test_a_client_cannot_set_a_literal() -> None:
    engine = sharing()
    coerced = engine.coerce(engine.prepare("{ any(i: 1) }"), {"i": 2})
    assert dict(coerced.values) == {"i": 1}


def literals(type_: GraphQLInputType, depth: int = 2) -> st.SearchStrategy[str]:
    """Literals of a type, as text."""
    if is_non_null_type(type_):
        return literals(type_.of_type, depth)
    if is_list_type(type_):
        item = literals(type_.of_type, depth)
        nullable = item if is_non_null_type(type_.of_type) else st.one_of(item, st.just("null"))
        return st.one_of(item, st.lists(nullable, max_size=3).map(lambda items: f"[{' '.join(items)}]"))
    if is_enum_type(type_):
        return st.sampled_from(sorted(type_.values))
    if is_input_object_type(type_):
        return objects(type_, depth)
    return WRITTEN[str(type_)]


def objects(type_: Any, depth: int) -> st.SearchStrategy[str]:
    names = [
        name
        for name, each in type_.fields.items()
        if name != "since" and (depth or name not in ("all", "by"))
    ]
    least, most = (1, 1) if type_.is_one_of else (0, 3)
    chosen = st.lists(st.sampled_from(names), min_size=least, max_size=most, unique=True)
    return chosen.flatmap(
        lambda own: st.tuples(*(literals(type_.fields[name].type, depth - 1) for name in own)).map(
            lambda values: (
                "{" + " ".join(f"{name}: {value}" for name, value in zip(own, values, strict=True)) + "}"
            )
        )
    )


INTEGERS = st.integers(-(2**31), 2**31 - 1).map(str)
WRITTEN = {
    "Int": INTEGERS,
    "Float": st.one_of(INTEGERS, st.floats(allow_nan=False, allow_infinity=False).map(json.dumps)),
    "String": st.one_of(
        st.text(st.characters(exclude_categories=("Cs", "Cc"))).map(json.dumps),
        st.just('"""\n  two\n  lines\n"""'),
    ),
    "ID": st.one_of(st.integers(0, 10**30).map(str), st.just('"a-1"')),
    "Boolean": st.sampled_from(["true", "false"]),
}
ARGUMENTS = {
    name: argument.type
    for name, argument in GRAPH.api.query_type.fields["any"].args.items()  # pyright: ignore[reportOptionalMemberAccess]
    if name not in ("d", "ds")
}


@given(
    st.sampled_from(sorted(ARGUMENTS)).flatmap(
        lambda name: st.tuples(st.just(name), literals(ARGUMENTS[name]))
    )
)
def test_a_literal_is_moved_as_the_value_that_it_is(written: tuple[str, str]) -> None:
    name, text = written
    moved_to, values = moved(f"{{ any({name}: {text}) }}")
    assert moved_to == f"{{ any({name}: ${name}) }}"
    assert values == {name: value_from_ast(parse_value(text), ARGUMENTS[name])}
