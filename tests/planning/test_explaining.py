"""A plan that is explained says of each field why it is fetched where it is, and what others would have taken."""

from __future__ import annotations

from typing import Any

import pytest

from supergraph.planning import Permissions, print_plan
from tests.planning.cases import Case, federation

SHARED = federation(
    a='type Query { p: P } type P @key(fields: "id") { id: ID! name: String @shareable }',
    b='type P @key(fields: "id") { id: ID! name: String @shareable price: Int }',
    c='type P @key(fields: "id") { id: ID! name: String @shareable stock: Int }',
)
MOVED = federation(
    old='type Query { u: U } type U @key(fields: "id") { id: ID! name: String age: Int }',
    new="""
        type U @key(fields: "id") {
          id: ID! name: String @override(from: "old") age: Int @override(from: "old", label: "percent(5)")
        }
    """,
)
REQUIRING = federation(
    a="""
        type Query { p: P }
        type P @key(fields: "id") { id: ID! weight: Int size: Size }
        type Size @shareable { width: Int height: Int }
    """,
    b="""
        type P @key(fields: "id") {
          id: ID! weight: Int @external size: Size @external
          shipping: Int @requires(fields: "weight size { width height }")
        }
        type Size @shareable { width: Int height: Int }
    """,
    c="""
        type P @key(fields: "id") {
          id: ID! shipping: Int @external tax: Int @requires(fields: "shipping")
        }
    """,
)
TITLES = federation(
    movies="""
        type Query { title: Title }
        interface Title @key(fields: "id") { id: ID! name: String }
        type Film implements Title @key(fields: "id") { id: ID! name: String }
        type Series implements Title @key(fields: "id") { id: ID! name: String }
    """,
    ratings='type Title @key(fields: "id") @interfaceObject { id: ID! stars: Int }',
)


def reasons(
    case: Case, query: str, permissions: Permissions | None = None, **options: Any
) -> dict[str, list[str]]:
    """What an explained plan says of each field, by the field's path: the choice, then what is told below it."""
    _, _, why = print_plan(case.plan(query, permissions, explain=True, **options)).partition("\nwhy there\n")
    told: dict[str, list[str]] = {}
    for line in why.splitlines():
        if line.startswith("    "):
            told[next(reversed(told))].append(line.strip())
        else:
            path, _, rest = line.strip().partition(" ")
            told[path] = [rest]
    return told


def test_a_plan_is_explained_on_request_alone() -> None:
    assert "why there" not in print_plan(SHARED.plan("{ p { name } }"))


def test_a_hop_names_its_key_and_the_fetch_that_gives_it() -> None:
    case = federation(
        a='type Query { p: P } type P @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! }',
        b='type P @key(fields: "sku") { sku: ID! price: Int }',
    )
    assert reasons(case, "{ p { price } }")["p.price"] == ["(P.price): b in fetch 1, by sku of fetch 0"]


def test_a_key_that_a_third_subgraph_gives_is_traced_to_its_fetch() -> None:
    case = federation(
        a='type Query { p: P } type P @key(fields: "id") { id: ID! }',
        b='type P @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! }',
        c='type P @key(fields: "sku") { sku: ID! price: Int }',
    )
    assert reasons(case, "{ p { price } }")["p.price"] == ["(P.price): c in fetch 2, by sku of fetch 1"]


def test_a_nested_key_is_written_as_a_field_set() -> None:
    case = federation(
        a='type Query { p: P } type P @key(fields: "at { x y }") { at: At! } type At { x: Int y: Int }',
        b='type P @key(fields: "at { x y }") { at: At! @external n: Int } type At @external { x: Int y: Int }',
    )
    assert reasons(case, "{ p { n } }")["p.n"] == ["(P.n): b in fetch 1, by at { x y } of fetch 0"]


def test_a_shared_field_says_in_which_step_others_would_have_answered() -> None:
    assert reasons(SHARED, "{ p { name price } }")["p.name"] == [
        "(P.name): a in fetch 0",
        "or b: in step 2, by a fetch that is made anyway",
        "or c: in step 2, by another fetch",
    ]


def test_those_who_would_have_answered_at_one_cost_are_told_together() -> None:
    assert reasons(SHARED, "{ p { name } }")["p.name"] == [
        "(P.name): a in fetch 0",
        "or b, c: each in step 2, by another fetch, in a plan of 2 steps",
    ]


def test_what_is_asked_below_a_shared_field_counts_among_what_others_would_take() -> None:
    film = 'type Film implements Item @key(fields: "id")'
    case = federation(
        a='type Query { s: S } type S @key(fields: "id") { id: ID! }',
        b=f"""
            type S @key(fields: "id") {{ id: ID! item: Item @shareable }}
            interface Item {{ id: ID! name: String }} {film} {{ id: ID! name: String }}
        """,
        c=f"""
            type S @key(fields: "id") {{ id: ID! item: Item @shareable }}
            interface Item {{ id: ID! }} {film} {{ id: ID! }}
        """,
    )
    assert reasons(case, "{ s { item { name } } }")["s.item"] == [
        "(S.item): b in fetch 1, by id of fetch 0",
        "or c: in step 2, by 2 other fetches, in a plan of 3 steps",
    ]


def test_a_root_field_of_several_says_that_another_would_have_done_as_well() -> None:
    case = federation(a="type Query { now: Int @shareable }", b="type Query { now: Int @shareable }")
    assert reasons(case, "{ now }")["now"] == [
        "(Query.now): a in fetch 0",
        "or b: in step 1, by another fetch",
    ]


def test_a_step_of_a_mutation_is_counted_from_the_beginning() -> None:
    case = federation(
        a="""
            type Query { q: Int } type Mutation { first: P second: P }
            type P @key(fields: "id") { id: ID! name: String @shareable }
        """,
        b='type P @key(fields: "id") { id: ID! name: String @shareable price: Int }',
        c="type Mutation { between: Int }",
    )
    told = reasons(case, "mutation { between second { name price } }")
    assert told["second.name"] == [
        "(P.name): a in fetch 1",
        "or b: in step 3, by a fetch that is made anyway",
    ]


def test_an_overridden_field_says_to_whom_it_was_left() -> None:
    assert reasons(MOVED, "{ u { name } }")["u.name"] == [
        "(U.name): new in fetch 1, by id of fetch 0",
        "not old: has left it to new by @override",
    ]


def test_a_field_under_a_label_says_that_the_label_is_on() -> None:
    told = reasons(MOVED, "{ u { age } }", labels=frozenset({"percent(5)"}))
    assert told["u.age"] == [
        "(U.age): new in fetch 1, by id of fetch 0",
        'not old: has left it to new by @override, whose label "percent(5)" is on',
    ]


def test_a_field_under_a_label_says_that_the_label_is_off() -> None:
    assert reasons(MOVED, "{ u { age } }")["u.age"] == [
        "(U.age): old in fetch 0",
        'not new: takes it from old by @override only while the label "percent(5)" is on',
    ]


def test_a_requirement_names_what_was_collected_and_of_which_fetch() -> None:
    assert reasons(REQUIRING, "{ p { shipping } }")["p.shipping"] == [
        "(P.shipping): b in fetch 1, by id of fetch 0",
        "requires weight size { width height } of fetch 0",
        "not c: knows it as @external only",
    ]


def test_what_is_collected_for_a_requirement_is_explained_as_well() -> None:
    told = reasons(REQUIRING, "{ p { tax } }")
    assert told["p.shipping"][:3] == [
        "(P.shipping): b in fetch 1, by id of fetch 0",
        "required by P.tax",
        "requires weight size { width height } of fetch 0",
    ]
    assert told["p.weight"][:2] == ["(P.weight): a in fetch 0", "required by P.shipping"]


def test_a_contextual_argument_says_what_is_taken_from_above() -> None:
    case = federation(
        a="""
            type Query { store: Store } type Store @key(fields: "id") { id: ID! currency: String item: Item }
            type Item @key(fields: "id") { id: ID! }
        """,
        b="""
            type Store @key(fields: "id") @context(name: "store") {
              id: ID! currency: String @external best: Item
            }
            type Item @key(fields: "id") {
              id: ID! price(currency: String @fromContext(field: "$store { currency }")): Int
            }
        """,
    )
    told = reasons(case, "{ store { item { price } } }")
    assert told["store.item.price"] == [
        "(Item.price): b in fetch 1, by id of fetch 0",
        "takes $store { currency } of fetch 0",
    ]
    assert told["store.currency"][:2] == ["(Store.currency): a in fetch 0", "required by Item.price"]


def test_what_the_client_asks_for_itself_is_not_told_twice() -> None:
    assert "required by P.shipping" not in reasons(REQUIRING, "{ p { weight shipping } }")["p.weight"]


def test_conditions_are_told_of_a_field_and_of_what_it_requires() -> None:
    told = reasons(REQUIRING, "query ($x: Boolean!) { p { id shipping @include(if: $x) } }")
    assert told["p.id"][0] == "(P.id): a in fetch 0"
    assert told["p.shipping"][0] == "(P.shipping): b in fetch 1, by id of fetch 0, if $x"
    assert told["p.weight"][0] == "(P.weight): a in fetch 0, if $x"


def test_a_provided_field_says_so_and_only_where_it_is_provided() -> None:
    case = federation(
        a="""
            type Query { r: R p: P } type R { p: P @provides(fields: "name") }
            type P @key(fields: "id") { id: ID! name: String @external }
        """,
        b='type P @key(fields: "id") { id: ID! name: String @shareable }',
    )
    told = reasons(case, "{ r { p { name } } p { name } }")
    assert told["r.p.name"][0] == "(P.name): a in fetch 0, which provides it here"
    assert told["p.name"] == [
        "(P.name): b in fetch 1, by id of fetch 0",
        "not a: knows it as @external only",
    ]


def test_an_interface_object_is_named_and_its_types_are_told_together() -> None:
    told = reasons(TITLES, "{ title { name stars } }")
    assert told["title.name"] == ["(Film.name, Series.name): movies in fetch 0"]
    assert told["title.stars"] == [
        "(Film.stars, Series.stars): ratings in fetch 1, by id of fetch 0, as @interfaceObject Title"
    ]


def test_a_field_that_waits_for_the_type_of_its_object_names_the_fetch_that_tells_it() -> None:
    case = federation(
        ratings='type Query { top: Title } type Title @key(fields: "id") @interfaceObject { id: ID! stars: Int }',
        stock='type Film @key(fields: "id") { id: ID! copies: Int }',
        titles="""
            interface Title @key(fields: "id") { id: ID! }
            type Film implements Title @key(fields: "id") { id: ID! }
            type Series implements Title @key(fields: "id") { id: ID! }
        """,
    )
    assert reasons(case, "{ top { ... on Film { copies } } }")["top.copies"] == [
        "(Film.copies): stock in fetch 2, by id of fetch 0, once fetch 1 has told the type"
    ]


def test_a_field_of_many_types_names_one_and_counts_the_others() -> None:
    films = " ".join(f"type F{number} implements Film {{ name: String }}" for number in range(5))
    case = federation(a=f"type Query {{ film: Film }} interface Film {{ name: String }} {films}")
    assert reasons(case, "{ film { name } }")["film.name"] == ["(F0.name and of 4 other types): a in fetch 0"]


def test_a_subgraph_that_no_key_leads_to_says_so() -> None:
    case = federation(
        a='type Query { p: P } type P @key(fields: "id") { id: ID! name: String @shareable }',
        b='type Query { q: P } type P @key(fields: "id", resolvable: false) { id: ID! name: String @shareable }',
    )
    assert reasons(case, "{ p { name } }")["p.name"] == ["(P.name): a in fetch 0", "not b: has no P by key"]


def test_of_objects_that_never_have_a_key_nobody_else_is_named() -> None:
    case = federation(
        a="type Query { p: P } type P @shareable { name: String }",
        b="type Query { q: P } type P @shareable { name: String }",
    )
    assert reasons(case, "{ p { name } }")["p.name"] == ["(P.name): a in fetch 0"]


def test_an_alias_is_told_by_its_key_in_the_fetches() -> None:
    case = federation(a="type Query { n(of: Int): Int }")
    assert set(reasons(case, "{ one: n(of: 1) two: n(of: 2) }")) == {"n__1", "n__2"}


@pytest.mark.parametrize(
    ("directive", "wants"),
    [
        ("@authenticated", "@authenticated on P.price wants a caller who is signed in"),
        (
            '@requiresScopes(scopes: [["prices", "read"], ["all"]])',
            "@requiresScopes on P.price wants prices and read, or all",
        ),
        ('@policy(policies: [["paid"]])', "@policy on P.price wants paid"),
    ],
)
def test_a_withheld_field_says_what_the_caller_lacks(directive: str, wants: str) -> None:
    case = federation(a=f"type Query {{ p: P }} type P {{ name: String price: Int {directive} }}")
    told = reasons(case, "{ p { name price } }", Permissions())
    assert told["p.price"] == ["(P.price): nobody, it is withheld and never fetched", wants]
