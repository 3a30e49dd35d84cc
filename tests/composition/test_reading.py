"""Supergraph SDL of every version of the join specification is read into the same model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLObjectType, GraphQLSyntaxError, print_schema

from supergraph.composition import read
from supergraph.composition.reading import InvalidSupergraphError, parse_field_set
from supergraph.model import (
    Authorization,
    FieldSelection,
    FragmentSelection,
    Override,
    SubgraphField,
    Supergraph,
    TypeKind,
)

AUDIT = Path(__file__).parents[3] / "shared" / "federation-audit"
GRAPHS = 'enum join__Graph { A @join__graph(name: "a", url: "http://a") B @join__graph(name: "b", url: "") }'


def joined(version: str, types: str, links: str = "") -> Supergraph:
    url = f"https://specs.apollo.dev/join/{version}"
    return read(f'schema @link(url: "{url}", for: EXECUTION) {links} {{ query: Query }} {GRAPHS} {types}')


def field(supergraph: Supergraph, subgraph: str, coordinate: str) -> SubgraphField:
    type_, name = coordinate.split(".")
    return supergraph.subgraphs[subgraph].types[type_].fields[name]


def test_subgraphs_have_their_names_and_urls() -> None:
    supergraph = joined("v0.3", "type Query @join__type(graph: A) @join__type(graph: B) { a: Int }")
    assert {name: each.url for name, each in supergraph.subgraphs.items()} == {"a": "http://a", "b": ""}


def test_a_field_without_directive_belongs_to_all_graphs_of_its_type() -> None:
    supergraph = joined(
        "v0.3",
        "type Query @join__type(graph: A) @join__type(graph: B) { all: Int one: Int @join__field(graph: A) }",
    )
    assert set(supergraph.subgraphs["a"].types["Query"].fields) == {"all", "one"}
    assert set(supergraph.subgraphs["b"].types["Query"].fields) == {"all"}


def test_a_field_that_only_an_interface_object_resolves_belongs_to_no_graph_of_its_type() -> None:
    supergraph = joined(
        "v0.3",
        """
        type Query @join__type(graph: A) { t: T }
        interface T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id", isInterfaceObject: true) {
          id: ID! stars: Int @join__field(graph: B)
        }
        type M implements T @join__implements(graph: A, interface: "T") @join__type(graph: A, key: "id") {
          id: ID! stars: Int @join__field
        }
        """,
    )
    assert set(supergraph.subgraphs["a"].types["M"].fields) == {"id"}
    titles = supergraph.subgraphs["b"].types["T"]
    assert (titles.kind, titles.is_interface_object, titles.possible_types) == (TypeKind.OBJECT, True, {"M"})


def test_keys_are_read_with_what_is_resolvable() -> None:
    supergraph = joined(
        "v0.3",
        """
        type Query @join__type(graph: A) { u: U }
        type U @join__type(graph: A, key: "id") @join__type(graph: A, key: "org { code }", resolvable: false) {
          id: ID! org: O
        }
        type O @join__type(graph: A) { code: ID }
        """,
    )
    first, second = supergraph.subgraphs["a"].types["U"].keys
    assert (first.fields, first.resolvable) == ((FieldSelection("id"),), True)
    assert (second.fields, second.resolvable) == (
        (FieldSelection("org", (), (FieldSelection("code"),)),),
        False,
    )


def test_what_a_field_requires_provides_and_overrides_is_read() -> None:
    supergraph = joined(
        "v0.4",
        """
        type Query @join__type(graph: A) @join__type(graph: B) {
          u: U @join__field(graph: A, provides: "x ... on U { y }")
        }
        type U @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {
          id: ID!
          x: Int! @join__field(graph: A, type: "Int", external: true) @join__field(graph: B, type: "Int!")
          y: Int @join__field(graph: A, requires: "x(unit: KG)")
          z: Int @join__field(graph: A, override: "b", overrideLabel: "percent(1)")
            @join__field(graph: B, usedOverridden: true)
        }
        """,
    )
    assert field(supergraph, "a", "Query.u").provides == (
        FieldSelection("x"),
        FragmentSelection("U", (FieldSelection("y"),)),
    )
    assert field(supergraph, "a", "U.x").external
    assert (field(supergraph, "a", "U.x").type, field(supergraph, "b", "U.x").type) == ("Int", "Int!")
    assert field(supergraph, "a", "U.y").requires[0] == parse_field_set("x(unit: KG)")[0]
    assert field(supergraph, "a", "U.z").override == Override("b", "percent(1)")
    assert field(supergraph, "b", "U.z").used_overridden


def test_possible_types_are_those_that_the_subgraph_knows() -> None:
    supergraph = joined(
        "v0.3",
        """
        type Query @join__type(graph: A) @join__type(graph: B) { u: U }
        union U @join__type(graph: A) @join__type(graph: B)
          @join__unionMember(graph: A, member: "X") @join__unionMember(graph: B, member: "X")
          @join__unionMember(graph: B, member: "Y") = X | Y
        type X @join__type(graph: A) @join__type(graph: B) { x: Int }
        type Y @join__type(graph: B) { y: Int }
        """,
    )
    assert supergraph.subgraphs["a"].types["U"].possible_types == {"X"}
    assert supergraph.subgraphs["b"].types["U"].possible_types == {"X", "Y"}


def test_before_version_three_an_implementation_counts_where_both_types_are_known() -> None:
    supergraph = joined(
        "v0.2",
        """
        type Query @join__type(graph: A) @join__type(graph: B) { i: I }
        interface I @join__type(graph: A) @join__type(graph: B) { x: Int }
        type X implements I @join__type(graph: B) { x: Int }
        """,
    )
    assert supergraph.subgraphs["a"].types["I"].possible_types == frozenset()
    assert supergraph.subgraphs["b"].types["I"].possible_types == {"X"}


def test_version_one_names_owners_and_leaves_keys_and_requirements_unsaid() -> None:
    supergraph = read(
        f"""
        schema @core(feature: "https://specs.apollo.dev/core/v0.1")
          @core(feature: "https://specs.apollo.dev/join/v0.1") {{ query: Query }}
        {GRAPHS}
        type Query {{ u: U @join__field(graph: A) }}
        type U @join__owner(graph: A) @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {{
          id: ID! @join__field(graph: A)
          weight: Int @join__field(graph: A)
          name: String
          price: Int @join__field(graph: B, requires: "weight")
          money: Money @join__field(graph: B)
        }}
        type Money {{ amount: Int owner: U }}
        """
    )
    assert set(supergraph.subgraphs["a"].types["U"].fields) == {"id", "weight", "name"}
    assert set(supergraph.subgraphs["b"].types["U"].fields) == {"id", "price", "money", "weight"}
    assert not field(supergraph, "b", "U.id").external
    assert field(supergraph, "b", "U.weight").external
    assert "Money" in supergraph.subgraphs["a"].types


def test_a_context_argument_is_read_with_its_selection() -> None:
    supergraph = joined(
        "v0.5",
        """
        type Query @join__type(graph: A) { u: U }
        type U @join__type(graph: A, key: "id") @context(name: "a__who") { id: ID! name: String t: T }
        type T @join__type(graph: A, key: "id") {
          id: ID!
          greet: String @join__field(graph: A, contextArguments: [
            { context: "a__who", name: "whom", type: "String", selection: " { name }" }
          ])
        }
        """,
    )
    greet = field(supergraph, "a", "T.greet")
    assert greet.arguments == {"whom"}
    assert greet.context_arguments[0].selection == (FieldSelection("name"),)
    assert supergraph.subgraphs["a"].types["U"].contexts == {"a__who"}


def test_the_api_shows_nothing_inaccessible_and_none_of_the_machinery() -> None:
    supergraph = joined(
        "v0.3",
        """
        "What one can ask."
        type Query @join__type(graph: A) {
          "The old way."
          old(size: Int = 3, secret: Int @inaccessible): Colour @deprecated(reason: "Use new.") @tag(name: "x")
          hidden: Int @inaccessible
          internal: Internal
        }
        type Internal @join__type(graph: A) @inaccessible { x: Int }
        enum Colour @join__type(graph: A) { RED BLUE @inaccessible }
        directive @tag(name: String!) repeatable on FIELD_DEFINITION
        scalar join__FieldSet
        """,
        '@link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)',
    )
    assert print_schema(supergraph.api) == (
        '"""What one can ask."""\ntype Query {\n  """The old way."""\n'
        '  old(size: Int = 3): Colour @deprecated(reason: "Use new.")\n}\n\nenum Colour {\n  RED\n}'
    )
    query = supergraph.schema.query_type
    colour = supergraph.schema.type_map["Colour"]
    assert isinstance(query, GraphQLObjectType)
    assert isinstance(colour, GraphQLEnumType)
    assert set(query.fields) == {"old", "hidden", "internal"}
    assert set(colour.values) == {"RED", "BLUE"}


def test_a_renamed_directive_is_known_by_its_link() -> None:
    supergraph = joined(
        "v0.3",
        "type Query @join__type(graph: A) { a: Int b: Int @private }",
        '@link(url: "https://specs.apollo.dev/inaccessible/v0.2", as: "private")',
    )
    assert "b" not in print_schema(supergraph.api)


def test_what_hides_and_guards_does_so_under_an_imported_name_too() -> None:
    url = "https://specs.apollo.dev"
    supergraph = joined(
        "v0.5",
        """
        type Query @join__type(graph: A) {
          a: Int @hidden b: Int @signedIn c: Int @scopes(scopes: [["x"]]) d: Int @rule(policies: [["p"]])
        }
        """,
        f'''@link(url: "{url}/inaccessible/v0.2", import: [{{name: "@inaccessible", as: "@hidden"}}])
        @link(url: "{url}/authenticated/v0.1", import: [{{name: "@authenticated", as: "@signedIn"}}])
        @link(url: "{url}/requiresScopes/v0.1", import: [{{name: "@requiresScopes", as: "@scopes"}}])
        @link(url: "{url}/policy/v0.1", import: [{{name: "@policy", as: "@rule"}}])''',
    )
    assert "a: Int" not in print_schema(supergraph.api)
    assert supergraph.authorization == {
        "Query.b": Authorization(authenticated=True),
        "Query.c": Authorization(scopes=(("x",),)),
        "Query.d": Authorization(policies=(("p",),)),
    }


def test_authorization_is_read_from_types_and_fields() -> None:
    supergraph = joined(
        "v0.3",
        """
        type Query @join__type(graph: A) { a: Int @authenticated b: S }
        scalar S @join__type(graph: A) @requiresScopes(scopes: [["x", "y"], ["z"]]) @policy(policies: [["p"]])
        """,
    )
    assert supergraph.authorization == {
        "Query.a": Authorization(authenticated=True),
        "S": Authorization(scopes=(("x", "y"), ("z",)), policies=(("p",),)),
    }


@pytest.mark.parametrize(
    ("sdl", "advice"),
    [
        ("type Query { a: Int }", "compose it with the others first"),
        ("type Query {", "no GraphQL SDL"),
        (
            'schema @link(url: "https://specs.apollo.dev/join/v0.3") { query: Query } type Query { a: Int }',
            "lists no subgraphs",
        ),
    ],
)
def test_what_is_no_supergraph_is_refused_with_advice(sdl: str, advice: str) -> None:
    with pytest.raises(InvalidSupergraphError, match=advice):
        read(sdl)


@pytest.mark.parametrize(
    ("types", "named"),
    [
        ("type Query @join__type(graph: Z) { a: Int }", "graph Z"),
        ('type Query @join__type(graph: A, key: "id {") { id: ID }', "field set 'id {'"),
        ('type Query @join__type(graph: A, key: "x: id") { id: ID }', "alias 'x'"),
        ("type Query @join__type(graph: A) { a(x: Nothing): Int }", "Nothing"),
    ],
)
def test_a_broken_supergraph_is_refused_by_what_is_broken(types: str, named: str) -> None:
    with pytest.raises(InvalidSupergraphError, match=named):
        joined("v0.3", types)


def test_a_field_set_takes_no_named_fragment() -> None:
    with pytest.raises(ValueError, match="names a fragment"):
        parse_field_set("id ...F")
    with pytest.raises(GraphQLSyntaxError):
        parse_field_set("id { ")


@pytest.mark.needs("shared")
def test_every_supergraph_of_the_audit_is_read() -> None:
    for path in AUDIT.glob("*.json"):
        content = json.loads(path.read_text())
        if isinstance(content.get("supergraph"), str):
            assert {each["name"] for each in content["subgraphs"]} == set(
                read(content["supergraph"]).subgraphs
            )
