"""Field sets as a subgraph writes them (`"id owner { id }"`), and the fields that they reach."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphql import (
    FieldNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    parse,
)

from supergraph.composition.subgraphs.schema import SubgraphSchema, TypeDefinition
from supergraph.composition.subgraphs.type_references import named_type
from supergraph.model import MOST_FIELD_SET_LEVELS, TypeKind

Coordinate = tuple[str, str]
"""A type's name and a field's."""

_CONTEXT_VALUE = re.compile(r"^[\s,]*\$[\s,]*(?P<context>[A-Za-z_]\w*)(?P<selection>.*)$", re.DOTALL)


def parse_field_set(text: str) -> SelectionSetNode:
    """The selections of a field set, with or without its outermost braces.

    Raises `GraphQLSyntaxError` where it is none, or nests too deep.
    """
    stripped = text.strip()
    braced = stripped if stripped.startswith("{") else f"{{{text}}}"
    document = parse(braced)
    operation = document.definitions[0]
    if len(document.definitions) != 1 or not isinstance(operation, OperationDefinitionNode):
        raise GraphQLSyntaxError(Source(braced), 0, "a field set is one selection set.")
    if _is_deeper(operation.selection_set, MOST_FIELD_SET_LEVELS):
        raise GraphQLSyntaxError(Source(braced), 0, f"it nests more than {MOST_FIELD_SET_LEVELS} levels.")
    if _is_empty(operation.selection_set):
        raise GraphQLSyntaxError(Source(braced), 0, "a field set selects at least one field.")
    return operation.selection_set


def _is_deeper(selections: SelectionSetNode, levels: int) -> bool:
    """Whether more than so many levels of selections, fragments among them, are nested in one another."""
    level = [selections]
    for _ in range(levels):
        level = [below for each in level for below in _nested(each)]
    return bool(level)


def _nested(selections: SelectionSetNode) -> list[SelectionSetNode]:
    found = (getattr(selection, "selection_set", None) for selection in selections.selections)
    return [below for below in found if below]


def _is_empty(selections: SelectionSetNode) -> bool:
    """Whether nothing is selected here or somewhere below."""
    if not selections.selections:
        return True
    return any(_is_empty(below) for below in _nested(selections))


def parse_context_value(value: str) -> tuple[str, str] | None:
    """A context's name and the selection on it, from `$name selection`; None where it is not so written."""
    match = _CONTEXT_VALUE.match(value)
    return (match["context"], match["selection"]) if match and match["selection"].strip() else None


def fields_reached(subgraph: SubgraphSchema, parent: str, text: str | None) -> Iterator[Coordinate]:
    """Every field that a field set selects, at any depth; what does not exist or parse is passed over.

    A field selected on an interface is reached on its implementers too.
    """
    if text is None:
        return
    try:
        selections = parse_field_set(text)
    except GraphQLSyntaxError:
        return
    yield from _reached(subgraph, parent, selections)


def _reached(subgraph: SubgraphSchema, parent: str, selections: SelectionSetNode) -> Iterator[Coordinate]:
    for selection in selections.selections:
        if isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            within = condition.name.value if condition else parent
            yield from _reached(subgraph, within, selection.selection_set)
        elif isinstance(selection, FieldNode) and (definition := subgraph.types.get(parent)):
            yield from _reached_by_field(subgraph, definition, selection)


def _reached_by_field(
    subgraph: SubgraphSchema, parent: TypeDefinition, selection: FieldNode
) -> Iterator[Coordinate]:
    field = parent.fields.get(selection.name.value)
    if field is None:
        return
    yield parent.name, field.name
    if parent.kind is TypeKind.INTERFACE:
        yield from ((implementer, field.name) for implementer in sorted(subgraph.possible_types(parent.name)))
    if selection.selection_set:
        yield from _reached(subgraph, named_type(field.type), selection.selection_set)
