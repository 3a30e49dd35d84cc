"""`@requires` and `@provides` in plans."""

from __future__ import annotations

from supergraph.planning.query_plan import QueryPlan, RepresentationField
from tests.planning.cases import calls, federation, fetch_from

PARCELS = federation(
    stock="""
        type Query { items: [Item] item: Item }
        type Item @key(fields: "id") {
          id: ID! weight(unit: Unit): Int size: Size kind: String
        }
        type Size { height: Int width: Int }
        enum Unit { KG LB }
    """,
    post="""
        type Query { parcel: Item }
        type Item @key(fields: "id") {
          id: ID!
          weight(unit: Unit): Int @external
          size: Size @external
          postage: Int @requires(fields: "weight(unit: KG)")
          customs: Int @requires(fields: "weight(unit: LB) size { height }")
        }
        type Size { height: Int @external }
        enum Unit { KG LB }
    """,
    desk="""
        type Item @key(fields: "id") {
          id: ID! postage: Int @external invoice: String @requires(fields: "postage")
        }
    """,
)


def inputs(plan: QueryPlan, subgraph: str, target: int = 0) -> dict[str, RepresentationField]:
    (representation,) = fetch_from(plan, subgraph).targets[target].representations
    return {field.name: field for field in representation.fields}


def test_required_fields_are_sent_with_the_key() -> None:
    plan = PARCELS.plan("{ items { postage } }")
    assert calls(plan) == [["stock"], ["post"]]
    assert {name: field.required for name, field in inputs(plan, "post").items()} == {
        "id": True,
        "weight": False,
    }


def test_a_required_argument_makes_a_key_of_its_own() -> None:
    plan = PARCELS.plan("{ items { weight: kind postage } }")
    assert inputs(plan, "post")["weight"].key == "weight__1"
    assert "weight__1:weight(unit: KG)" in fetch_from(plan, "stock").document


def test_one_field_required_with_two_arguments_takes_two_representations_in_one_fetch() -> None:
    plan = PARCELS.plan("{ items { postage customs } }")
    assert calls(plan) == [["stock"], ["post"]]
    assert len(fetch_from(plan, "post").targets) == 2
    assert inputs(plan, "post", 0)["weight"].key != inputs(plan, "post", 1)["weight"].key


def test_a_required_object_is_sent_with_what_is_required_of_it() -> None:
    size = inputs(PARCELS.plan("{ items { customs } }"), "post")["size"]
    assert [field.name for field in size.fields] == ["height"]


def test_requirements_chain_through_subgraphs() -> None:
    assert calls(PARCELS.plan("{ items { invoice } }")) == [["stock"], ["post"], ["desk"]]


def test_a_subgraph_is_entered_again_with_what_its_own_field_requires() -> None:
    plan = PARCELS.plan("{ parcel { postage } }")
    assert calls(plan) == [["post"], ["stock"], ["post"]]


def test_a_requirement_is_fetched_once_where_the_client_asks_for_it_too() -> None:
    plan = PARCELS.plan("{ items { w: weight(unit: KG) postage } }")
    assert fetch_from(plan, "stock").document.count("weight(unit: KG)") == 1


SHELF = federation(
    library="""
        type Query { featured: Book @provides(fields: "title author { name }") latest: Book works: [Work] @provides(
          fields: "... on Book { title }") }
        union Work = Book | Map
        type Book @key(fields: "id") { id: ID! title: String @external author: Author @external }
        type Author @key(fields: "id") { id: ID! name: String @external }
        type Map { scale: Int }
    """,
    catalogue="""
        type Book @key(fields: "id") { id: ID! title: String @shareable author: Author @shareable pages: Int }
        type Author @key(fields: "id") { id: ID! name: String @shareable }
    """,
)


def test_what_a_field_provides_needs_no_hop() -> None:
    assert calls(SHELF.plan("{ featured { title author { name } } }")) == [["library"]]


def test_what_one_field_provides_another_does_not() -> None:
    assert calls(SHELF.plan("{ latest { title } }")) == [["library"], ["catalogue"]]


def test_a_provision_for_one_type_of_a_union_holds_for_that_type() -> None:
    assert calls(SHELF.plan("{ works { ... on Book { title } ... on Map { scale } } }")) == [["library"]]
    assert calls(SHELF.plan("{ works { ... on Book { pages } } }")) == [["library"], ["catalogue"]]


def test_a_requirement_that_the_path_provides_needs_no_hop() -> None:
    case = federation(
        a="""
            type Query { near: Item @provides(fields: "weight") far: Item }
            type Item @key(fields: "id") {
              id: ID! weight: Int @external postage: Int @requires(fields: "weight")
            }
        """,
        b='type Item @key(fields: "id") { id: ID! weight: Int @shareable }',
    )
    assert calls(case.plan("{ near { postage } }")) == [["a"]]
    assert calls(case.plan("{ far { postage } }")) == [["a"], ["b"], ["a"]]


def test_a_key_and_a_requirement_of_one_object_are_taken_of_it_under_one_key() -> None:
    case = federation(
        a="""
            type Query { t: T }
            type T @key(fields: "n { id }") { n: N }
            type N { id: ID stamp: Int! }
        """,
        b="""
            type T @key(fields: "n { id }") { n: N made: Int @requires(fields: "n { stamp }") }
            type N { id: ID stamp: Int! @external }
        """,
    )
    assert (
        fetch_from(case.plan("{ t { n { stamp } made } }"), "a").document == "{t{n{stamp} n__2:n{id stamp}}}"
    )
