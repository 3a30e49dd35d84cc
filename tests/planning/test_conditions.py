"""`@skip` and `@include` on variables: one plan for all values."""

from __future__ import annotations

from supergraph.planning.documents import MOST_REPEATED
from supergraph.planning.query_plan import Condition
from tests.planning.cases import calls, federation, fetch_from

CASE = federation(
    a="""
        type Query { u: U us: [U] }
        type U @key(fields: "id") { id: ID! name: String rank: Int friends: [U] }
    """,
    b="""
        type U @key(fields: "id") {
          id: ID! age: Int rank: Int @external title: String @requires(fields: "rank")
        }
    """,
)
WHEN_X = frozenset({frozenset({Condition("x", value=True)})})


def test_a_condition_stands_on_the_field_in_the_request() -> None:
    fetch = CASE.plan("query ($x: Boolean!) { u { id name @include(if: $x) } }").fetches[0]
    assert fetch.document == "query($x: Boolean!){u{id name @include(if:$x)}}"
    assert fetch.variables == ("x",)


def test_a_fetch_is_not_sent_where_none_of_its_fields_counts() -> None:
    plan = CASE.plan("query ($x: Boolean!) { u { id age @include(if: $x) } }")
    assert fetch_from(plan, "b").guard == WHEN_X
    assert plan.fetches[0].guard != WHEN_X


def test_a_field_wanted_with_and_without_a_condition_is_wanted_always() -> None:
    document = CASE.plan("query ($x: Boolean!) { u { name @include(if: $x) name } }").fetches[0].document
    assert document == "{u{name}}"


def test_a_requirement_is_fetched_where_the_field_that_requires_it_counts() -> None:
    plan = CASE.plan("query ($x: Boolean!) { u { name title @include(if: $x) } }")
    assert "rank @include(if:$x)" in plan.fetches[0].document


def test_a_requirement_is_not_skipped_with_the_clients_own_field() -> None:
    plan = CASE.plan("query ($x: Boolean!) { u { rank @skip(if: $x) title } }")
    assert "rank @" not in plan.fetches[0].document


def test_conditions_of_one_kind_at_two_levels_stand_one_around_the_other() -> None:
    query = "query ($x: Boolean!, $y: Boolean!) { u { ... @include(if: $x) { name @include(if: $y) } } }"
    document = CASE.plan(query).fetches[0].document
    assert "...@include(if:$y){name @include(if:$x)}" in document


def test_a_condition_is_not_repeated_below_the_field_that_has_it() -> None:
    document = (
        CASE.plan("query ($x: Boolean!) { u @include(if: $x) { name friends { name } } }").fetches[0].document
    )
    assert document.count("@include") == 0
    assert CASE.plan("query ($x: Boolean!) { u @include(if: $x) { name } }").fetches[0].guard == WHEN_X


def test_what_can_never_count_is_not_planned() -> None:
    plan = CASE.plan(
        "query ($x: Boolean!) { u { id age @include(if: $x) @skip(if: $x) title @skip(if: true) } }"
    )
    assert calls(plan) == [["a"]]


def test_an_object_under_two_conditions_is_asked_for_under_each_with_what_is_wanted_then() -> None:
    query = """query ($x: Boolean!, $y: Boolean!) {
        us { id friends @include(if: $x) { name } friends @include(if: $y) { rank } }
    }"""
    document = CASE.plan(query).fetches[0].document
    assert document.endswith("{us{id friends @include(if:$x){name} friends @include(if:$y){rank}}}")


def test_an_object_under_two_conditions_is_asked_for_once_where_it_would_grow_too_long() -> None:
    query = """query ($x: Boolean!, $y: Boolean!) {{
        us {{ id friends @include(if: $x) {{ {0} }} friends @include(if: $y) {{ {0} }} }}
    }}"""
    fields = " ".join(f"n{number}: nth(n: {number})" for number in range(MOST_REPEATED // 2 + 1))
    case = federation(a="type Query { us: [U] } type U { id: ID! friends: [U] nth(n: Int): Int }")
    document = case.plan(query.format(fields)).fetches[0].document
    assert document.count("friends{") == 1
