"""Contracts: what `@tag` shows to some clients and hides from them, and when that cannot be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from graphql import build_schema

from supergraph.composition import Composition, Contract, Place, SubgraphSource, api_sdl, compose, read

LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",'
    ' import: ["@key", "@tag", "@shareable", "@inaccessible", "@interfaceObject", "@requires", "@external"])'
)
PARTNERS = Contract("partners", include=frozenset({"partner"}))
PUBLIC = Contract("public", exclude=frozenset({"internal"}))


def graph(**sdls: str) -> tuple[SubgraphSource, ...]:
    """Subgraphs given as `name=sdl`, each linking federation on a line after its last."""
    return tuple(SubgraphSource(name, f"http://{name}", f"{sdl}\n{LINK}") for name, sdl in sdls.items())


def contracted(contract: Contract, sdl: str) -> Composition:
    return compose(graph(films=sdl), contract)


def api_of(composition: Composition) -> str:
    assert composition.errors == ()
    return api_sdl(composition.supergraph_sdl or "")


def seen(contract: Contract, sdl: str) -> set[str]:
    """The schema coordinates of the types, fields, input fields and values that the contract's clients see."""
    schema = build_schema(api_of(contracted(contract, sdl)))
    own = [each for each in schema.type_map.values() if not each.name.startswith("__") and each.ast_node]
    parts = {
        f"{each.name}.{part}"
        for each in own
        for part in (*getattr(each, "fields", ()), *getattr(each, "values", ()))
    }
    return {each.name for each in own} | parts


def codes(contract: Contract, sdl: str) -> list[str]:
    return [error.code for error in contracted(contract, sdl).errors]


def test_what_is_excluded_is_inaccessible_in_the_supergraph_and_absent_in_the_api() -> None:
    composition = contracted(PUBLIC, 'type Query { film: Int cost: Int @tag(name: "internal") }')
    assert 'cost: Int @tag(name: "internal") @inaccessible' in (composition.supergraph_sdl or "")
    assert api_of(composition).split() == ["type", "Query", "{", "film:", "Int", "}"]


def test_the_supergraph_links_the_specification_of_what_hides() -> None:
    sdl = contracted(PUBLIC, 'type Query { film: Int cost: Int @tag(name: "internal") }').supergraph_sdl or ""
    assert '@link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)' in sdl


def test_what_hides_has_the_name_that_the_subgraphs_give_it() -> None:
    renamed = LINK.replace('"@inaccessible"', '{name: "@inaccessible", as: "@hidden"}')
    source = SubgraphSource(
        "films", "", f'{renamed} type Query {{ film: Int cost: Int @tag(name: "internal") }}'
    )
    sdl = compose([source], PUBLIC).supergraph_sdl or ""
    assert 'cost: Int @tag(name: "internal") @hidden' in sdl
    assert "cost" not in api_sdl(sdl)


def test_without_included_tags_all_is_seen_that_is_not_excluded() -> None:
    assert seen(PUBLIC, 'type Query { a: A b: Int @tag(name: "internal") } type A { x: Int }') == {
        "Query", "Query.a", "A", "A.x",
    }  # fmt: skip


def test_with_included_tags_only_fields_that_carry_one_are_seen() -> None:
    assert seen(PARTNERS, 'type Query { a: Int @tag(name: "partner") b: Int }') == {"Query", "Query.a"}


def test_a_tag_on_a_type_counts_for_its_fields() -> None:
    sdl = 'type Query { a: A @tag(name: "partner") } type A @tag(name: "partner") { x: Int y: Int }'
    assert {"A.x", "A.y"} <= seen(PARTNERS, sdl)


def test_a_type_without_an_included_tag_is_seen_for_its_fields_sake() -> None:
    sdl = 'type Query { a: A @tag(name: "partner") } type A { x: Int @tag(name: "partner") y: Int }'
    assert seen(PARTNERS, sdl) == {"Query", "Query.a", "A", "A.x"}


def test_exclusion_outweighs_inclusion() -> None:
    both = Contract("both", include=frozenset({"partner"}), exclude=frozenset({"internal"}))
    sdl = 'type Query { a: Int @tag(name: "partner") b: Int @tag(name: "partner") @tag(name: "internal") }'
    assert seen(both, sdl) == {"Query", "Query.a"}


def test_a_tag_that_one_subgraph_gives_counts_in_all() -> None:
    sources = graph(
        a='type Query { f: F } type F @key(fields: "id") { id: ID! x: Int @shareable @tag(name: "internal") }',
        b='type F @key(fields: "id") { id: ID! x: Int @shareable }',
    )
    assert "x" not in api_of(compose(sources, PUBLIC))


def test_arguments_inputs_enums_and_scalars_are_not_left_out_for_lack_of_a_tag() -> None:
    sdl = """
    type Query { a(by: By, like: Like): Stamp @tag(name: "partner") }
    enum By { NAME } input Like { text: String } scalar Stamp
    """
    assert {"By.NAME", "Like.text", "Stamp"} <= seen(PARTNERS, sdl)


@pytest.mark.parametrize(
    ("sdl", "hidden"),
    [
        ('type Query { a(x: Int @tag(name: "internal")): Int }', "x:"),
        ('type Query { a(x: I): Int } input I { y: Int @tag(name: "internal") z: Int }', "y:"),
        ('type Query { a: E } enum E { ONE TWO @tag(name: "internal") }', "TWO"),
        ('type Query { a: Int s: S @tag(name: "internal") } scalar S @tag(name: "internal")', "scalar S"),
    ],
    ids=["argument", "input field", "enum value", "scalar"],
)
def test_anything_with_a_tag_can_be_excluded(sdl: str, hidden: str) -> None:
    assert hidden in api_of(compose(graph(films=sdl)))
    assert hidden not in api_of(contracted(PUBLIC, sdl))


@pytest.mark.parametrize(
    "definition",
    [
        'type T { x: Int @tag(name: "internal") }',
        'interface T { x: Int @tag(name: "internal") }',
        'enum T { X @tag(name: "internal") }',
        'union T = M type M @tag(name: "internal") { x: Int }',
    ],
    ids=["object", "interface", "enum", "union"],
)
def test_a_type_of_which_all_is_hidden_is_hidden(definition: str) -> None:
    contract = Contract("public", exclude=frozenset({"internal"}), hide_unreachable=False)
    assert "T" not in seen(contract, f'type Query {{ a: Int t: T @tag(name: "internal") }} {definition}')


def test_types_that_nothing_leads_to_are_hidden_where_wished() -> None:
    sdl = """
    type Query { a: Int u: U @tag(name: "internal") }
    union U = M type M { e(like: Like): E } enum E { ONE } input Like { s: S } scalar S
    """
    shown = Contract("public", exclude=frozenset({"internal"}), hide_unreachable=False)
    assert {"U", "M", "E", "Like", "S"} <= seen(shown, sdl)
    assert seen(PUBLIC, sdl) == {"Query", "Query.a"}


def test_an_included_tag_keeps_a_type_that_nothing_leads_to() -> None:
    sdl = 'type Query { a: Int @tag(name: "partner") } enum E @tag(name: "partner") { ONE } enum F { TWO }'
    assert {"E", "F"} & seen(PARTNERS, sdl) == {"E"}


def test_implementers_of_an_interface_that_is_seen_are_reached() -> None:
    sdl = "type Query { i: I } interface I { x: Int } type T implements I { x: Int }"
    assert "T" in seen(PUBLIC, sdl)


def test_a_mutation_type_with_nothing_left_is_no_part_of_the_api() -> None:
    sdl = 'type Query { a: Int } type Mutation { b: Int @tag(name: "internal") }'
    assert seen(PUBLIC, sdl) == {"Query", "Query.a"}


def test_what_an_interface_object_gives_is_seen_with_the_interface_s_tag() -> None:
    sources = graph(
        a="""
        type Query { i: I @tag(name: "partner") }
        interface I @key(fields: "id") @tag(name: "partner") { id: ID! }
        type T implements I @key(fields: "id") @tag(name: "partner") { id: ID! }
        """,
        b='type I @interfaceObject @key(fields: "id") { id: ID! stars: Int }',
    )
    assert api_of(compose(sources, PARTNERS)).count("stars: Int") == 2


def test_the_router_may_still_ask_for_what_a_requirement_needs() -> None:
    sources = graph(
        a='type Query { f: F } type F @key(fields: "id") { id: ID! weight: Int @tag(name: "internal") }',
        b='type F @key(fields: "id") { id: ID! weight: Int @external cost: Int @requires(fields: "weight") }',
    )
    supergraph = read(compose(sources, PUBLIC).supergraph_sdl or "")
    assert "weight" not in supergraph.api.type_map["F"].fields  # pyright: ignore[reportAttributeAccessIssue]
    assert supergraph.subgraphs["a"].types["F"].fields["weight"]


@pytest.mark.parametrize(
    ("sdl", "code"),
    [
        ('type Query { t: T } type T @tag(name: "internal") { x: Int }', "REFERENCED_INACCESSIBLE"),
        ('type Query { a(x: Int! @tag(name: "internal")): Int }', "REQUIRED_INACCESSIBLE"),
        (
            'type Query { a(x: I): Int } input I { y: Int! @tag(name: "internal") z: Int }',
            "REQUIRED_INACCESSIBLE",
        ),
        ('type Query { a: Int @tag(name: "internal") }', "ONLY_INACCESSIBLE_CHILDREN"),
        ('type Query @tag(name: "internal") { a: Int }', "QUERY_ROOT_TYPE_INACCESSIBLE"),
        (
            'type Query { i: I } interface I { x: Int } type T implements I { x: Int @tag(name: "internal") y: Int }',
            "IMPLEMENTED_BY_INACCESSIBLE",
        ),
        (
            'type Query { a(e: E = TWO): Int } enum E { ONE TWO @tag(name: "internal") }',
            "DEFAULT_VALUE_USES_INACCESSIBLE",
        ),
    ],
    ids=[
        "type",
        "argument",
        "input field",
        "all of the query root",
        "query root",
        "implementation",
        "default",
    ],
)
def test_a_contract_that_would_break_the_api_is_refused(sdl: str, code: str) -> None:
    assert set(codes(PUBLIC, sdl)) == {code}


def test_a_refusal_says_which_contract_what_is_hidden_why_and_where() -> None:
    (error,) = contracted(
        PUBLIC, 'type Query {\n  t: T\n}\ntype T @tag(name: "internal") {\n  x: Int\n}'
    ).errors
    assert error.message.startswith('In the contract "public": T is @inaccessible, and Query.t')
    assert error.advice.startswith('T: hidden, because it is tagged "internal".')
    assert error.places == (Place("films", 2, 3), Place("films", 4, 1))


@pytest.mark.parametrize(
    ("include", "exclude", "says"),
    [
        ({"a"}, {"a"}, 'both includes and excludes the tag "a"'),
        (set(), set(), "names no tag"),
        ({"no tag"}, set(), 'names the tag "no tag"'),
        ({"x" * 129}, set(), "names the tag"),
    ],
    ids=["in both", "none", "blank", "long"],
)
def test_a_contract_that_makes_no_sense_is_refused(include: set, exclude: set, says: str) -> None:
    (error,) = contracted(
        Contract("odd", frozenset(include), frozenset(exclude)), "type Query { a: Int }"
    ).errors
    assert (error.code, says in error.message) == ("INPUT_VALIDATION", True)


def test_a_tag_that_nothing_carries_is_hinted_at() -> None:
    (hint,) = contracted(Contract("public", exclude=frozenset({"intrenal"})), "type Query { a: Int }").hints
    assert (hint.code, '"intrenal"' in hint.message) == ("CONTRACT_TAG_UNUSED", True)


def test_a_graph_that_does_not_compose_has_no_contract() -> None:
    assert codes(PUBLIC, "type Query { a: Unknown }") == ["INVALID_GRAPHQL"]


GRAPHS = {
    "fields": """
        type Query { a: A @tag(name: "partner") b: Int @tag(name: "internal") }
        type A { x: Int @tag(name: "partner") y: Int @tag(name: "internal") }
    """,
    "types": """
        type Query { a: A @tag(name: "partner") b: B @tag(name: "internal") }
        type A @tag(name: "partner") { x: Int } type B @tag(name: "internal") { y: A }
    """,
    "unions": """
        type Query { u: U @tag(name: "partner") v: V }
        union U @tag(name: "partner") = A | B union V = B
        type A @tag(name: "partner") { x: Int } type B @tag(name: "partner") { y: Int @tag(name: "internal") z: Int }
    """,
    "interfaces": """
        type Query { i: I @tag(name: "partner") }
        interface I @tag(name: "partner") { x: Int }
        type A implements I { x: Int @tag(name: "partner") y: Int @tag(name: "internal") }
    """,
    "a type that is referred to": 'type Query { a: A } type A @tag(name: "internal") { x: Int }',
    "a required argument": 'type Query { a(x: Int! @tag(name: "internal")): Int }',
    "an implementation": """
        type Query { i: I }
        interface I { x: Int } type A implements I { x: Int @tag(name: "internal") y: Int }
    """,
    "values and inputs": """
        type Query { a(i: I, e: E): Int }
        input I { x: Int @tag(name: "internal") y: Int } enum E { ONE TWO @tag(name: "internal") }
    """,
    "a default": 'type Query { a(e: E = TWO): Int } enum E { ONE TWO @tag(name: "internal") }',
}
WITH_INPUTS = {"values and inputs", "a required argument", "a default"}
"""Where the guild's composer leaves out inputs and enum values that are not included; GraphOS filters fields."""


@pytest.mark.needs("node")
@pytest.mark.parametrize("hide_unreachable", [True, False], ids=["reachable", "every type"])
@pytest.mark.parametrize(
    ("name", "contract"),
    [
        (name, contract)
        for name in GRAPHS
        for contract in (PUBLIC, PARTNERS)
        if contract is PUBLIC or name not in WITH_INPUTS
    ],
)
def test_guild_s_composer_draws_the_same_contract(
    name: str,
    contract: Contract,
    hide_unreachable: bool,
    oracle: Callable[..., dict],
    meaning: Callable[..., set],
) -> None:
    wished = Contract(contract.name, contract.include, contract.exclude, hide_unreachable)
    sources = graph(films=GRAPHS[name])
    ours, theirs = compose(sources, wished), oracle("guild", sources, wished)
    assert {error.code for error in ours.errors} == {error["code"] for error in theirs["errors"]}
    if ours.supergraph_sdl:
        assert meaning(api_sdl(ours.supergraph_sdl)) == meaning(theirs["api"])


@pytest.mark.needs("node")
def test_apollo_s_planner_serves_a_contract(other_router: Callable[..., dict]) -> None:
    sdl = compose(graph(films=GRAPHS["fields"]), PUBLIC).supergraph_sdl
    assert other_router("apollo", sdl, "{ a { x } }")["errors"] == []
    assert other_router("apollo", sdl, "{ a { y } }")["errors"] == ['Cannot query field "y" on type "A".']


@pytest.mark.needs("node")
def test_hive_router_shows_clients_what_a_contract_shows(
    other_router: Callable[..., dict], meaning: Callable[..., set]
) -> None:
    sdl = compose(graph(films=GRAPHS["fields"]), PUBLIC).supergraph_sdl or ""
    types = other_router("hive", sdl, "{ a { x } }")["api"]
    assert ("A.y", "FieldDefinition") not in meaning(types)
    assert "x: Int" in types
    assert "y: Int" not in types
