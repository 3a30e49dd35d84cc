"""The client's names meet nothing inside a plan: aliases come back only in the response's shape."""

from __future__ import annotations

from supergraph.planning.query_plan import QueryPlan
from tests.planning.cases import federation, fetch_from

CASE = federation(
    a="""
        type Query { u(id: ID): U }
        type U @key(fields: "id") { id: ID! name: String weight(unit: Int): Int weight__1: Int }
    """,
    b='type U @key(fields: "id") { id: ID! age: Int }',
)


def keys(plan: QueryPlan) -> dict[str, str]:
    shape = plan.shape.fields["Query"][0].shape
    assert shape is not None
    return {field.response_key: field.key for field in shape.fields["U"]}


def test_an_alias_that_is_a_keys_name_does_not_disturb_the_key() -> None:
    plan = CASE.plan("{ u { id: name age } }")
    assert plan.fetches[0].document == "{u{name id}}"
    assert keys(plan)["id"] == "name"


def test_one_field_under_three_aliases_is_fetched_once() -> None:
    assert CASE.plan("{ u { a: name b: name c: name } }").fetches[0].document == "{u{name}}"


def test_one_object_under_two_aliases_is_asked_for_once_with_what_both_select() -> None:
    assert CASE.plan("{ a: u { id name } b: u { id } }").fetches[0].document == "{u{id name}}"


def test_one_object_under_two_aliases_is_asked_for_twice_where_one_may_be_null_without_the_other() -> None:
    assert CASE.plan("{ a: u { name } b: u { id } }").fetches[0].document == "{u{name} u__2:u{id}}"


def test_arguments_make_a_key_that_no_field_has() -> None:
    plan = CASE.plan("{ u { weight(unit: 1) weight__1 } }")
    assert keys(plan) == {"weight": "weight__2", "weight__1": "weight__1"}


def test_the_order_of_arguments_makes_no_difference() -> None:
    case = federation(a="type Query { f(a: Int, b: Int): Int }")
    assert len(case.plan("{ x: f(a: 1, b: 2) y: f(b: 2, a: 1) }").fetches[0].document.split("f__1")) == 2


def test_a_variable_of_the_client_does_not_meet_the_representations() -> None:
    case = CASE
    plan = case.plan("query ($representations: ID) { u(id: $representations) { age } }")
    assert fetch_from(plan, "b").targets[0].variable != "representations"
