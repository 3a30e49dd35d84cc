"""Normalising keeps what GraphQL would answer, whatever fragments, aliases and conditions an operation has."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import (
    GraphQLAbstractType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute_sync,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
    parse,
    validate,
)
from graphql.pyutils import Path
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from supergraph.model import Supergraph
from supergraph.planning import OperationTooComplexError, PlanningError, normalize
from supergraph.planning.operation import Field, Selections
from supergraph.planning.query_plan import ALWAYS, Condition, Guard
from tests.federation.operations import operations

SDL = """
type Query { product: Product thing: Thing film: Film word: String }
interface Product { id: ID! name: String maker: Maker similar: Product }
type Film implements Product { id: ID! name: String maker: Maker similar: Product length: Int }
type Song implements Product { id: ID! name: String maker: Maker similar: Product thing: Thing }
type Maker { name: String film: Film }
union Thing = Film | Song | Maker
"""
SCHEMA = build_schema(SDL)
SUPERGRAPH = Supergraph(SDL, SCHEMA, SCHEMA, {})


def fields(query: str, type_: str = "Query", *path: str) -> list[Field]:
    """The fields of a type at a place that response keys lead to."""
    selections = normalize(SUPERGRAPH, parse(query)).selections
    for key in path:
        (found,) = {
            field for each in selections.fields.values() for field in each if field.response_key == key
        }
        assert found.selections is not None
        selections = found.selections
    return list(selections.fields[type_])


def keys(query: str, type_: str, *path: str) -> list[str]:
    return [field.response_key for field in fields(query, type_, *path)]


def test_selections_of_one_response_key_become_one_field() -> None:
    query = "{ film { name } ...F film { length } } fragment F on Query { film { id name } }"
    assert keys(query, "Query") == ["film"]
    assert keys(query, "Film", "film") == ["name", "id", "length"]


def test_type_conditions_are_resolved_to_concrete_types() -> None:
    query = "{ thing { ... on Product { name } ... on Film { length } } }"
    assert keys(query, "Film", "thing") == ["name", "length"]
    assert keys(query, "Song", "thing") == ["name"]
    assert keys(query, "Maker", "thing") == []


def test_types_that_select_the_same_share_a_field() -> None:
    query = "{ product { maker { name } ... on Film { length } } }"
    selections = fields(query)[0].selections
    assert selections is not None
    assert selections.fields["Film"][0] is selections.fields["Song"][0]


def test_a_field_under_two_conditions_counts_where_either_holds() -> None:
    (field,) = fields("query ($a: Boolean!, $b: Boolean!) { word @include(if: $a) word @skip(if: $b) }")
    assert field.guard == {frozenset({Condition("a", value=True)}), frozenset({Condition("b", value=False)})}


def test_a_condition_on_a_fragment_counts_for_the_fields_in_it() -> None:
    (field,) = fields("query ($a: Boolean!) { ... @skip(if: $a) { word } }")
    assert field.guard == {frozenset({Condition("a", value=False)})}


def test_conditions_that_contradict_each_other_leave_a_field_out() -> None:
    assert (
        fields("query ($a: Boolean!) { ... @skip(if: $a) { word @include(if: $a) } film { id } }")[0].name
        == "film"
    )


def test_literal_conditions_leave_no_trace() -> None:
    query = "{ word @include(if: true) film @skip(if: true) { id } thing @include(if: false) { __typename } }"
    (field,) = fields(query)
    assert (field.name, field.guard) == ("word", ALWAYS)


def test_introspection_is_set_apart_with_its_fragments_and_variables() -> None:
    operation = normalize(
        SUPERGRAPH,
        parse(
            "query ($n: String!, $w: Boolean!) { word @skip(if: $w) ...R } "
            "fragment R on Query { __type(name: $n) { ...T } } fragment T on __Type { name }"
        ),
    )
    apart = parse(operation.introspection)
    assert validate(SCHEMA, apart) == []
    result = execute_sync(SCHEMA, apart, variable_values={"n": "Film"})
    assert result.data == {"__type": {"name": "Film"}}


def test_an_operation_without_introspection_has_none_set_apart() -> None:
    assert normalize(SUPERGRAPH, parse("{ word __typename }")).introspection == ""


def test_the_operation_is_picked_by_name() -> None:
    document = parse("query A { word } query B { film { id } }")
    assert normalize(SUPERGRAPH, document, "B").name == "B"
    with pytest.raises(PlanningError, match="Unknown operation named 'C'"):
        normalize(SUPERGRAPH, document, "C")
    with pytest.raises(PlanningError, match="Must provide operation name"):
        normalize(SUPERGRAPH, document)


def test_many_conditions_on_one_field_are_refused() -> None:
    names = [f"v{number}" for number in range(40)]
    query = f"query ({', '.join(f'${name}: Boolean!' for name in names)}) {{ "
    query += " ".join(f"word @include(if: ${name})" for name in names) + " }"
    with pytest.raises(OperationTooComplexError, match="conditions"):
        normalize(SUPERGRAPH, parse(query))


@given(data=st.data(), choice=st.integers(0, 1_000))
@settings(max_examples=150, deadline=None)
def test_normalising_keeps_what_graphql_would_answer(data: st.DataObject, choice: int) -> None:
    drawn = data.draw(operations(SCHEMA, names=("id", "name", "x", "y"), depth=4))
    document = parse(drawn.text)
    assume(not validate(SCHEMA, document))
    world = _World(SCHEMA, choice)
    result = execute_sync(
        SCHEMA,
        document,
        variable_values=drawn.variables,
        field_resolver=world.resolve,
        type_resolver=world.type_of,
    )
    values = {"yes": True, "no": True, **drawn.variables}
    answered = world.answer(normalize(SUPERGRAPH, document).selections, "Query", None, values)
    assert answered == _shape(result.data)


class _World:
    """Objects everywhere; which type an abstract one has, its path decides."""

    def __init__(self, schema: GraphQLSchema, choice: int) -> None:
        self.schema = schema
        self.choice = choice

    def resolve(self, _: Any, info: GraphQLResolveInfo, **__: Any) -> Any:
        named = get_named_type(info.return_type)
        return {} if is_composite_type(named) else "1"

    def type_of(self, _: Any, info: Any, abstract: GraphQLAbstractType) -> str:
        return self._pick(abstract, info.path)

    def _pick(self, abstract: GraphQLAbstractType, path: Path | None) -> str:
        names = sorted(each.name for each in self.schema.get_possible_types(abstract))
        keys = path.as_list() if path else []
        return names[(self.choice + sum(ord(letter) for key in keys for letter in str(key))) % len(names)]

    def answer(
        self, selections: Selections, concrete: str, path: Path | None, values: dict[str, bool]
    ) -> Any:
        answered: dict[str, Any] = {}
        for field in selections.fields[concrete]:
            if not _holds(field.guard, values):
                continue
            below = Path(path, field.response_key, None)
            answered[field.response_key] = field.selections and self._object(field.selections, below, values)
        return answered

    def _object(self, selections: Selections, path: Path, values: dict[str, bool]) -> Any:
        named = self.schema.type_map[selections.type]
        assert not is_list_type(named)
        concrete = self._pick(named, path) if is_abstract_type(named) else named.name
        return self.answer(selections, concrete, path, values)


def _holds(guard: Guard, values: dict[str, bool]) -> bool:
    return any(all(values[one.variable] is one.value for one in conditions) for conditions in guard)


def _shape(value: Any) -> Any:
    return {key: _shape(each) for key, each in value.items()} if isinstance(value, dict) else None
