"""What an error tells: its place in the SDL, a witness, and what to do."""

from __future__ import annotations

from collections.abc import Callable

from graphql import build_schema, parse, validate

from supergraph.composition import Composition, Place, SubgraphSource, compose

Composes = Callable[..., Composition]


def test_a_syntax_error_is_placed_where_it_is(composes: Composes) -> None:
    (error,) = composes(a="type Query {\n  a: \n}").errors
    assert error.places == (Place("a", 3, 1),)


def test_an_error_of_several_subgraphs_is_placed_in_each(composes: Composes) -> None:
    (error,) = composes(
        a="type Query {\n  a: Int @shareable\n}", b="type Query {\n\n  a: String @shareable\n}"
    ).errors
    assert error.places == (Place("a", 2, 3), Place("b", 3, 3))


def test_an_error_names_its_subgraphs_once_each(composes: Composes) -> None:
    (error,) = composes(a="type Query { a: Int }", b="type Query { a: Int }").errors
    assert error.subgraphs == ("a", "b")


def test_all_faults_of_a_stage_are_told_at_once(composes: Composes) -> None:
    composition = composes(
        a='type Query { a: T }\ntype T @key(fields: "x") { id: ID! }',
        b='type T @key(fields: "y") { id: ID! }',
    )
    assert [error.subgraphs for error in composition.errors] == [("a",), ("b",)]


def test_a_witness_is_the_shortest_operation_that_nobody_can_answer(composes: Composes) -> None:
    (error,) = composes(
        a="type Query { a: T deeper: D } type D { t: T } type T { x: Int @shareable }",
        b="type Query { b: T } type T { x: Int @shareable y: Int }",
    ).errors
    assert error.operation == "query { a { y } }"


def test_a_witness_asks_for_required_arguments_by_variables(composes: Composes) -> None:
    (error,) = composes(
        a="type Query { a(id: ID!): T } type T { x: Int @shareable }",
        b="type Query { b: T } type T { x: Int @shareable y(id: Int!): Int }",
    ).errors
    assert error.operation == "query($id2: ID!, $id: Int!) { a(id: $id2) { y(id: $id) } }"


def test_a_witness_below_an_abstract_type_is_a_valid_operation(composes: Composes) -> None:
    (error,) = composes(
        a="type Query { a: U } union U = T | S type T { x: Int @shareable } type S { s: Int }",
        b="type Query { b: T } type T { x: Int @shareable y: V } type V { z: Int }",
    ).errors
    schema = build_schema(
        "type Query { a: U } union U = T | S type T { x: Int y: V } type V { z: Int } type S { s: Int }"
    )
    assert validate(schema, parse(error.operation or "")) == []


def test_an_unanswerable_field_says_what_is_missing_on_the_way(composes: Composes) -> None:
    (error,) = composes(
        a='type Query { a: T } type T @key(fields: "id") { id: ID! }',
        b='type T @key(fields: "upc") { upc: ID! @shareable y: Int } type Query { b: T }',
        c='type T @key(fields: "id") @key(fields: "upc", resolvable: false) { id: ID! upc: ID! @external }',
    ).errors[:1]
    assert 'cannot give its key "upc"' in error.message


def test_an_error_prints_as_code_place_witness_and_advice(composes: Composes) -> None:
    (error,) = composes(
        a="type Query { a: V } type V { x: Int @shareable }",
        b="type Query { b: V } type V { x: Int @shareable y: Int }",
    ).errors
    assert str(error).splitlines()[0].startswith("SATISFIABILITY_ERROR: Nobody can answer V.y")
    assert "  query { a { y } }" in str(error).splitlines()


def test_subgraphs_of_one_name_are_refused() -> None:
    twins = [
        SubgraphSource("a", "", "type Query { x: Int }"),
        SubgraphSource("a", "", "type Query { y: Int }"),
    ]
    assert [error.code for error in compose(twins).errors] == ["INVALID_SUBGRAPH_NAME"]


def test_no_subgraphs_are_no_graph(composes: Composes) -> None:
    assert [error.code for error in composes().errors] == ["NO_QUERIES"]


def test_a_shared_field_whose_types_are_not_known_everywhere_is_hinted_with_the_types(
    composes: Composes,
) -> None:
    (_, hint) = composes(
        a="type Query { u: U @shareable } union U = X | Y type X { x: Int @shareable } type Y { y: Int }",
        b="type Query { u: U @shareable } union U = X type X { x: Int @shareable }",
    ).hints
    assert 'Y in "a". Let all return only X' in hint.message
    assert hint.places == (Place("a"), Place("b"))


def test_an_executable_directive_is_told_by_its_argument_s_coordinate(composes: Composes) -> None:
    (error,) = composes(
        a="directive @d(x: Int!) on FIELD\ntype Query { a: Int }", b="directive @d on FIELD"
    ).errors
    assert error.message.startswith("@d(x:) is required in")
    assert error.places == (Place("a", 1, 14),)


def test_what_subgraphs_say_differently_is_told_of_each(composes: Composes) -> None:
    (error,) = composes(
        a="type Query { x: Int @shareable }",
        b="type Query { x: [Int] @shareable }",
        c="type Query { x: Int @shareable }",
    ).errors
    assert 'Int in "a" and "c"; [Int] in "b"' in error.message


def test_a_directive_of_federation_s_that_is_not_imported_is_told_how_to_import() -> None:
    sdl = "type Query { t: Int @shareable } type T @interfaceObject { id: ID }"
    shareable, interface_object = compose([SubgraphSource("a", "", sdl)]).errors
    assert 'federation/v2.0", import: ["@shareable"]' in shareable.advice
    assert 'federation/v2.3", import: ["@interfaceObject"]' in interface_object.advice
