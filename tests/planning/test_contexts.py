"""`@context` and `@fromContext` in plans."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from graphql import parse, validate

from supergraph.planning import print_plan
from supergraph.planning.query_plan import QueryPlan, Target
from tests.planning.cases import calls, federation, federation_of, fetch_from
from tests.planning.plan_checker import problems

FOLDER = Path(__file__).parent.parent / "federation" / "cases" / "contexts"
SHOPS = federation_of({file.stem: file.read_text() for file in sorted(FOLDER.glob("*.graphql"))})
QUERIES = {case["claim"]: case["query"] for case in yaml.safe_load((FOLDER / "operations.yaml").read_text())}


def targets(plan: QueryPlan, subgraph: str) -> tuple[Target, ...]:
    return fetch_from(plan, subgraph).targets


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_every_operation_of_the_cases_is_planned_soundly(query: str) -> None:
    SHOPS.plan(query)


def test_a_contextual_field_is_asked_for_in_an_entity_fetch_after_its_value() -> None:
    plan = SHOPS.plan("{ stores { items { price } } }")
    assert calls(plan) == [["stores"], ["prices"]]
    (target,) = targets(plan, "prices")
    (context,) = target.contexts
    assert plan.positions[context.position].key == "stores"
    assert [field.name for field in context.fields] == ["currency"]
    assert f"price(currency: ${context.name})" in fetch_from(plan, "prices").document


def test_even_the_subgraph_that_gives_the_object_is_entered_again_for_it() -> None:
    case = federation(
        a="""
            type Query { t: T! }
            type T @key(fields: "id") @context(name: "ctx") { id: ID! u: U! prop: String! }
            type U @key(fields: "id") { id: ID! f(a: String @fromContext(field: "$ctx { prop }")): Int! }
        """,
        b='type U @key(fields: "id") { id: ID! }',
    )
    assert calls(case.plan("{ t { u { f } } }")) == [["a"], ["a"]]


def test_a_field_below_one_that_is_fetched_with_the_context_comes_along() -> None:
    plan = SHOPS.plan("{ stores { first { offer { again { item { price } } } } } }")
    assert calls(plan) == [["stores"], ["prices"]]


def test_the_way_to_a_contextual_field_is_fetched_with_its_context() -> None:
    plan = SHOPS.plan("{ stores { first { best { item { price texts tax } } } } }")
    assert calls(plan) == [["stores"], ["prices"]]
    inputs = [[context.fields[0].name for context in target.contexts] for target in targets(plan, "prices")]
    assert sorted(inputs) == [[], ["currency"], ["languages"]]


def test_a_field_whose_nearest_context_is_set_below_the_entry_is_fetched_later() -> None:
    plan = SHOPS.plan("{ stores { first { best { seller { first { price } } } } } }")
    assert calls(plan) == [["stores"], ["prices"], ["stores"], ["prices"]]


def test_contexts_of_several_fields_have_variables_of_their_own_in_one_request() -> None:
    case = federation(
        a="""
            type Query { hall: Hall! }
            type Hall @key(fields: "id") { id: ID! size: Int! yard: Yard! }
            type Yard @key(fields: "id") { id: ID! size: Int! u: U! }
            type U @key(fields: "id") { id: ID! }
        """,
        b="""
            type Hall @key(fields: "id") @context(name: "hall") { id: ID! size: Int! @external }
            type Yard @key(fields: "id") @context(name: "yard") { id: ID! size: Int! @external }
            type U @key(fields: "id") {
              id: ID!
              v(size: Int @fromContext(field: "$hall { size }")): V!
            }
            type V @key(fields: "id") { id: ID! f(size: Int @fromContext(field: "$yard { size }")): Int! }
        """,
    )
    plan = case.plan("{ hall { yard { u { v { f } } } } }")
    assert calls(plan) == [["a"], ["b"]]
    assert "v(size: $context_1_size){f(size: $context_1_2_size)}" in fetch_from(plan, "b").document


def test_an_explanation_says_what_a_field_takes_on_the_way() -> None:
    printed = print_plan(SHOPS.plan("{ stores { first { best { text item { price } } } } }", explain=True))
    text, _, price = printed.partition(".best.text (Deal.text): ")[2].partition(".item.price (Item.price): ")
    assert "takes" not in text
    assert "takes $store { currency } of fetch 0" in price


def test_a_value_of_another_subgraph_takes_one_step_more() -> None:
    assert calls(SHOPS.plan("{ stores { first { reduced } } }")) == [["stores"], ["terms"], ["prices"]]


def test_contextual_fields_with_the_same_inputs_share_a_target_and_others_have_their_own() -> None:
    plan = SHOPS.plan("{ stores { items { tax price offer { text } texts } } }")
    inputs = [[context.fields[0].name for context in target.contexts] for target in targets(plan, "prices")]
    assert sorted(inputs) == [[], ["currency"], ["languages"]]
    assert calls(plan) == [["stores"], ["prices"]]


def test_objects_between_a_context_and_its_reader_keep_replies_of_their_own() -> None:
    plan = SHOPS.plan("{ stores { items { similar { price } } } }")
    (between,) = targets(plan, "items")
    assert between.separate
    (plain,) = targets(SHOPS.plan("{ stores { items { similar { name } } } }"), "items")
    assert not plain.separate


def test_types_that_do_not_set_a_context_are_told_from_those_that_do() -> None:
    case = federation(
        a="""
            type Query { outer: Outer! }
            type Outer @context(name: "ctx") { prop: String! inner: [Inner!]! }
            union Inner = Near | Far
            type Near @context(name: "ctx") { prop: String! u: U! }
            type Far { u: U! }
            type U @key(fields: "id") { id: ID! f(a: String @fromContext(field: "$ctx { prop }")): Int! }
        """,
        b='type U @key(fields: "id") { id: ID! }',
    )
    plan = case.plan("{ outer { inner { ... on Near { u { f } } ... on Far { u { f } } } } }")
    assert calls(plan) == [["a"], ["a"]]
    read = {plan.positions[each.contexts[0].position].type for each in plan.fetches[1].targets}
    assert read == {"Outer", "Inner"}


def test_a_skipped_contextual_field_fetches_nothing_for_it() -> None:
    plan = SHOPS.plan(
        "query ($on: Boolean!) { stores { discount @skip(if: $on) first { reduced @include(if: $on) } } }"
    )
    (target,) = targets(plan, "prices")
    assert target.guard == fetch_from(plan, "prices").guard != fetch_from(plan, "terms").guard


def test_contextual_arguments_are_hidden_from_clients() -> None:
    field = SHOPS.supergraph.api.type_map["Item"].fields["priceIn"]  # type: ignore[union-attr]
    assert list(field.args) == ["unit"]
    query = parse("{ stores { items { price(currency: EUR) } } }")
    assert [error.message for error in validate(SHOPS.supergraph.api, query)] == [
        "Unknown argument 'currency' on field 'Item.price'."
    ]


def test_the_clients_variables_never_collide_with_those_of_contexts() -> None:
    query = (
        "query ($context_1_currency: String) { stores { items { tax priceIn(unit: $context_1_currency) } } }"
    )
    document = fetch_from(SHOPS.plan(query), "prices").document
    assert "unit: $context_1_currency" in document
    assert "currency: $context_1_currency_," in document


def test_a_plan_prints_where_each_types_value_comes_from() -> None:
    case = federation(
        a="""
            type Query { places: [Place!]! }
            interface Place { u: U! }
            type Hall implements Place @context(name: "ctx") { x: String! u: U! }
            type Yard implements Place @context(name: "ctx") { y: String! u: U! }
            type U @key(fields: "id") {
              id: ID! f(a: String @fromContext(field: "$ctx ... on Hall { x } ... on Yard { y }")): Int!
            }
        """,
        b='type U @key(fields: "id") { id: ID! }',
    )
    printed = print_plan(case.plan("{ places { u { f } } }"))
    assert "for places.u by U { id }\n      $context_a from places { x on Hall y on Yard }\n" in printed


def test_the_checker_notices_a_value_from_the_wrong_object() -> None:
    plan = SHOPS.plan('{ store(id: "s1") { partner { first { price } } } }')
    first, second = plan.fetches
    (target,) = second.targets
    (context,) = target.contexts
    further = plan.positions[context.position].parent
    assert further is not None
    wrong = replace(target, contexts=(replace(context, position=further),))
    broken = replace(plan, fetches=(first, replace(second, targets=(wrong,))))
    assert any("nearest" in problem for problem in problems(broken, SHOPS.subgraphs, SHOPS.supergraph.schema))


def test_the_checker_notices_replies_that_are_shared_below_a_context() -> None:
    plan = SHOPS.plan("{ stores { items { similar { price } } } }")
    shared = tuple(
        replace(fetch, targets=tuple(replace(target, separate=False) for target in fetch.targets))
        for fetch in plan.fetches
    )
    broken = replace(plan, fetches=shared)
    assert any("shared" in problem for problem in problems(broken, SHOPS.subgraphs, SHOPS.supergraph.schema))
