"""Mutations in series, subscriptions, and root types deeper down."""

from __future__ import annotations

from supergraph.planning.query_plan import OperationKind
from tests.planning.cases import calls, federation, fetch_from

BANK = federation(
    accounts="""
        type Query { account: Account }
        type Mutation { open(name: String): Account close: Account pause: Account @shareable }
        type Account @key(fields: "id") { id: ID! name: String }
    """,
    ledger="""
        type Query { total: Int }
        type Mutation { pay(amount: Int): Payment pause: Account @shareable }
        type Subscription { paid: Account }
        type Payment { amount: Int query: Query }
        type Account @key(fields: "id") { id: ID! balance: Int }
    """,
)


def test_mutations_of_one_subgraph_share_a_request_that_keeps_their_order() -> None:
    plan = BANK.plan("mutation { open { name } close { name } }")
    assert plan.fetches[0].document == "mutation{open{name} close{name}}"


def test_all_that_a_mutation_leads_to_comes_before_the_next() -> None:
    plan = BANK.plan("mutation { open { balance } close { name } }")
    assert calls(plan) == [["accounts"], ["ledger"], ["accounts"]]
    assert plan.fetches[2].after == {0, 1}


def test_a_mutation_asked_for_twice_runs_twice_in_one_request() -> None:
    plan = BANK.plan("mutation { a: close { id } b: close { id } }")
    assert plan.fetches[0].document == "mutation{close{id} close__2:close{id}}"


def test_a_mutation_that_is_skipped_where_it_stands_first_runs_where_it_stands_next() -> None:
    plan = BANK.plan("mutation ($x: Boolean!) { close @skip(if: $x) { id } open { id } close { id } }")
    assert plan.fetches[0].document == (
        "mutation($x: Boolean!){close @skip(if:$x){id} open{id} close__2:close @include(if:$x){id}}"
    )


def test_a_mutation_under_two_conditions_is_not_run_where_both_fail() -> None:
    query = """mutation ($x: Boolean!, $y: Boolean!) {
        open { id } close @include(if: $x) { id } close @include(if: $y) { name }
    }"""
    document = BANK.plan(query).fetches[0].document
    assert document.endswith("{open{id} close @include(if:$x){id} close @include(if:$y){name}}")


def test_a_shareable_mutation_runs_in_one_subgraph_only() -> None:
    plan = BANK.plan("mutation { pause { name balance } }")
    kinds = [fetch.kind for fetch in plan.fetches]
    assert kinds == [OperationKind.MUTATION, OperationKind.QUERY]


def test_mutations_answer_in_the_clients_order() -> None:
    plan = BANK.plan("mutation { b: pay(amount: 1) { amount } __typename a: open { name } }")
    assert [field.response_key for field in plan.shape.fields["Mutation"]] == ["b", "__typename", "a"]


def test_a_query_root_deeper_down_is_asked_for_after_the_mutation() -> None:
    plan = BANK.plan("mutation { pay(amount: 1) { query { total account { name } } } }")
    fetch = fetch_from(plan, "accounts")
    assert (fetch.kind, fetch.after, fetch.targets) == (OperationKind.QUERY, {0}, ())
    (position,) = [each for each in plan.positions if each.key == "query"]
    assert position.attached == (fetch.part,)


def test_an_event_is_completed_from_other_subgraphs() -> None:
    plan = BANK.plan("subscription { paid { name balance } }")
    assert [fetch.kind for fetch in plan.fetches] == [OperationKind.SUBSCRIPTION, OperationKind.QUERY]
    assert calls(plan) == [["ledger"], ["accounts"]]


def test_what_asks_for_nothing_but_the_root_type_calls_nobody() -> None:
    assert BANK.plan("{ __typename }").fetches == ()
