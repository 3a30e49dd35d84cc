"""Plans take the fewest steps, and of those the fewest fetches."""

from __future__ import annotations

import pytest
from graphql import parse

from supergraph.composition import read
from supergraph.planning import UnreachableFieldError, normalize, plan
from tests.planning.cases import calls, federation, fetch_from

SHOP = federation(
    catalogue="""
        type Query { film: Film films: [Film!]! }
        type Film @key(fields: "id") { id: ID! title: String! year: Int }
    """,
    ratings="""
        type Film @key(fields: "id") { id: ID! stars: Float best: Film }
    """,
    rentals="""
        type Film @key(fields: "id") {
          id: ID! title: String! @external year: Int @external
          price: Int @requires(fields: "year")
          label: String @requires(fields: "title year")
          copies: Int
        }
    """,
)


def test_what_one_subgraph_knows_is_one_fetch() -> None:
    assert calls(SHOP.plan("{ film { id title } films { year } }")) == [["catalogue"]]


def test_subgraphs_that_need_nothing_of_each_other_are_called_at_once() -> None:
    assert calls(SHOP.plan("{ film { stars copies } }")) == [["catalogue"], ["ratings", "rentals"]]


def test_all_objects_that_one_subgraph_is_asked_for_in_a_step_share_a_fetch() -> None:
    plan = SHOP.plan("{ film { copies } films { price } }")
    assert calls(plan) == [["catalogue"], ["rentals"]]
    assert len(fetch_from(plan, "rentals").targets) == 2


def test_a_call_waits_for_a_later_one_of_the_same_subgraph_where_no_step_is_lost() -> None:
    plan = SHOP.plan("{ film { copies best { copies title } } }")
    assert calls(plan) == [["catalogue"], ["ratings"], ["catalogue", "rentals"]]


def test_a_field_is_taken_from_where_its_parent_comes_from() -> None:
    case = federation(
        a='type Query { u: U } type U @key(fields: "id") { id: ID! name: String @shareable }',
        b='type U @key(fields: "id") { id: ID! name: String @shareable age: Int }',
    )
    assert calls(case.plan("{ u { name } }")) == [["a"]]


def test_a_field_is_taken_from_a_subgraph_that_is_called_anyway() -> None:
    case = federation(
        a='type Query { u: U } type U @key(fields: "id") { id: ID! }',
        b='type U @key(fields: "id") { id: ID! name: String @shareable }',
        c='type U @key(fields: "id") { id: ID! name: String @shareable age: Int }',
    )
    assert calls(case.plan("{ u { name age } }")) == [["a"], ["c"]]


def test_fewer_steps_come_before_fewer_fetches() -> None:
    case = federation(
        a='type Query { u: U } type U @key(fields: "id") { id: ID! }',
        b='type U @key(fields: "id") @key(fields: "handle") { id: ID! handle: ID! }',
        c='type U @key(fields: "handle") { handle: ID! name: String @shareable late: Int }',
        d='type U @key(fields: "id") { id: ID! name: String @shareable }',
    )
    assert calls(case.plan("{ u { name } }")) == [["a"], ["d"]]
    assert calls(case.plan("{ u { name late } }")) == [["a"], ["b"], ["c"]]


def test_a_shareable_root_field_is_taken_where_most_comes_along() -> None:
    case = federation(
        a='type Query { u: U @shareable } type U @key(fields: "id") { id: ID! one: Int }',
        b='type Query { u: U @shareable } type U @key(fields: "id") { id: ID! two: Int three: Int }',
    )
    assert calls(case.plan("{ u { two three } }")) == [["b"]]


def test_an_object_without_a_key_is_asked_for_in_each_subgraph_that_shares_it() -> None:
    case = federation(
        a="type Query { box: Box @shareable } type Box { a: Int }",
        b="type Query { box: Box @shareable } type Box { b: Int }",
    )
    plan = case.plan("{ box { a b } }")
    assert calls(plan) == [["a", "b"]]
    assert len(plan.positions[1].embedded) == 2


def test_an_object_without_a_key_is_reached_through_its_parent() -> None:
    case = federation(
        a="""
            type Query { u: U }
            type U @key(fields: "id") { id: ID! box: Box @shareable }
            type Box { a: Int }
        """,
        b='type U @key(fields: "id") { id: ID! box: Box @shareable } type Box { b: Int }',
    )
    assert calls(case.plan("{ u { box { a b } } }")) == [["a"], ["b"]]


def test_a_key_is_fetched_from_a_third_subgraph_where_nobody_nearer_has_it() -> None:
    case = federation(
        a='type Query { u: U } type U @key(fields: "id") { id: ID! }',
        b='type U @key(fields: "id") @key(fields: "org { code } handle") { id: ID! handle: ID! org: Org }'
        " type Org @shareable { code: ID! }",
        c='type U @key(fields: "org { code } handle") { handle: ID! org: Org name: String }'
        " type Org @shareable { code: ID! }",
    )
    plan = case.plan("{ u { name } }")
    assert calls(plan) == [["a"], ["b"], ["c"]]
    (representation,) = fetch_from(plan, "c").targets[0].representations
    assert {field.name for field in representation.fields} == {"org", "handle"}


def test_a_key_that_is_not_resolvable_is_no_way_in() -> None:
    case = federation(
        a='type Query { u: U } type U @key(fields: "id") { id: ID! }',
        b='type Query { v: U } type U @key(fields: "id", resolvable: false) { id: ID! } type B { b: Int }',
    )
    assert calls(case.plan("{ v { id } }")) == [["b"]]


def test_a_field_that_nobody_can_reach_is_named_in_the_refusal() -> None:
    case = federation(
        a='type Query { u: U } type U @key(fields: "id") { id: ID! name: String }',
        b='type Query { v: U } type U @key(fields: "id") { id: ID! age: Int }',
    )
    closed = read(
        case.supergraph.sdl.replace('graph: B, key: "id"', 'graph: B, key: "id", resolvable: false')
    )
    with pytest.raises(UnreachableFieldError, match=r"U\.age") as caught:
        plan(closed, normalize(closed, parse("{ u { name age } }")))
    assert caught.value.coordinates == ("U.age",)
