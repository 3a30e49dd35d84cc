"""Federation 1 schemas as Federation 2 would have them written.

Source: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/moving-to-federation-2.
Federation 1 let subgraphs say more than they meant: what it ignored is taken out, and what it allowed without a
word (several subgraphs resolving one field) is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from graphql import (
    FieldNode,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    print_ast,
)

from supergraph.composition.subgraphs.field_sets import Coordinate, fields_reached, parse_field_set
from supergraph.composition.subgraphs.revision import with_directive, with_fields, without
from supergraph.composition.subgraphs.schema import (
    ROOT_TYPES,
    Directive,
    FieldDefinition,
    SubgraphSchema,
    TypeDefinition,
)
from supergraph.composition.subgraphs.type_references import named_type
from supergraph.composition.subgraphs.usage import Usage
from supergraph.model import TypeKind


def upgraded(subgraphs: Sequence[SubgraphSchema]) -> list[SubgraphSchema]:
    """All subgraphs, those of Federation 1 upgraded. They must be seen together: what is shared shows only so."""
    cleaned = [
        _without_what_was_ignored(subgraph, subgraphs) if subgraph.is_federation_1 else subgraph
        for subgraph in subgraphs
    ]
    return [
        _with_sharing_said(subgraph, [other for other in cleaned if other is not subgraph])
        if subgraph.is_federation_1
        else subgraph
        for subgraph in cleaned
    ]


def _without_what_was_ignored(
    subgraph: SubgraphSchema, subgraphs: Sequence[SubgraphSchema]
) -> SubgraphSchema:
    others = [other for other in subgraphs if other is not subgraph]
    plain = with_fields(_with_plain_types(subgraph), _without_ignored_directives)
    known = _without_externals(plain, frozenset(_keys_of_bases(plain, others)))
    return _without_unused_externals(with_fields(known, _Active(known).change))


def _with_plain_types(subgraph: SubgraphSchema) -> SubgraphSchema:
    """`extend type` is how Federation 1 wrote an entity of another subgraph: it is a definition like any other."""
    types = {name: _plain(definition) for name, definition in subgraph.types.items()}
    return replace(subgraph, types=types)


def _plain(definition: TypeDefinition) -> TypeDefinition:
    kept = (
        directive
        for directive in definition.directives
        if not (directive.name == "key" and definition.kind is TypeKind.INTERFACE)
    )
    extends = definition.has("extends")
    return replace(
        definition, directives=tuple(replace(directive, from_extension=extends) for directive in kept)
    )


def _without_ignored_directives(definition: TypeDefinition, field: FieldDefinition) -> FieldDefinition:
    if definition.kind is TypeKind.INTERFACE:
        return without(field, "external", "provides", "requires")
    return without(field, "tag") if field.external else field


def _keys_of_bases(subgraph: SubgraphSchema, others: Sequence[SubgraphSchema]) -> Iterator[Coordinate]:
    """For an extension that repeats no key: the fields of the keys that the type has where it is defined."""
    for definition in subgraph.types.values():
        if definition.is_extension and not definition.has("key"):
            for other in others:
                base = other.types.get(definition.name)
                for key in base.applied("key") if base and not base.is_extension else ():
                    yield from fields_reached(subgraph, definition.name, key.text("fields"))


def _without_externals(subgraph: SubgraphSchema, coordinates: frozenset[Coordinate]) -> SubgraphSchema:
    def change(definition: TypeDefinition, field: FieldDefinition) -> FieldDefinition:
        return without(field, "external") if (definition.name, field.name) in coordinates else field

    return with_fields(subgraph, change)


class _Active:
    """Leaves in `@requires` and `@provides` only what is external: the rest is resolved here anyway."""

    def __init__(self, subgraph: SubgraphSchema) -> None:
        self.subgraph = subgraph

    def change(self, definition: TypeDefinition, field: FieldDefinition) -> FieldDefinition:
        parents = {"requires": definition.name, "provides": named_type(field.type)}
        kept = (
            self._directive(directive, parents[directive.name]) if directive.name in parents else directive
            for directive in field.directives
        )
        return replace(field, directives=tuple(directive for directive in kept if directive is not None))

    def _directive(self, directive: Directive, parent: str) -> Directive | None:
        selections = parse_field_set(directive.text("fields") or "")
        active = self._active(selections, parent)
        if active is None:
            return None
        text = " ".join(print_ast(selection) for selection in active.selections)
        return replace(directive, arguments={"fields": StringValueNode(value=" ".join(text.split()))})

    def _active(self, selections: SelectionSetNode, parent: str) -> SelectionSetNode | None:
        kept = [self._selection(selection, parent) for selection in selections.selections]
        active = tuple(selection for selection in kept if selection is not None)
        return SelectionSetNode(selections=active) if active else None

    def _selection(self, selection: SelectionNode, parent: str) -> SelectionNode | None:
        if isinstance(selection, InlineFragmentNode):
            within = selection.type_condition.name.value if selection.type_condition else parent
            below = self._active(selection.selection_set, within)
            return (
                InlineFragmentNode(type_condition=selection.type_condition, selection_set=below)
                if below
                else None
            )
        definition = self.subgraph.types.get(parent)
        if not isinstance(selection, FieldNode) or definition is None:
            return selection
        field = definition.fields.get(selection.name.value)
        if field is None or definition.kind is not TypeKind.OBJECT or field.external:
            return selection
        below = selection.selection_set and self._active(selection.selection_set, named_type(field.type))
        return (
            FieldNode(name=selection.name, arguments=selection.arguments, selection_set=below)
            if below
            else None
        )


def _without_unused_externals(subgraph: SubgraphSchema) -> SubgraphSchema:
    """What is only mentioned, and needed by nothing, is dropped."""
    used = Usage(subgraph).used

    def change(definition: TypeDefinition, field: FieldDefinition) -> FieldDefinition | None:
        return None if field.external and (definition.name, field.name) not in used else field

    return with_fields(subgraph, change)


def _with_sharing_said(subgraph: SubgraphSchema, others: Sequence[SubgraphSchema]) -> SubgraphSchema:
    keys = Usage(subgraph).keys
    usages = [Usage(other) for other in others]

    def change(definition: TypeDefinition, field: FieldDefinition) -> FieldDefinition:
        if definition.kind is not TypeKind.OBJECT or field.has("shareable") or field.external:
            return field
        if definition.has("key") or definition.name in ROOT_TYPES.values():
            is_key = (definition.name, field.name) in keys
            shared = not is_key and any(_resolves(usage, definition, field) for usage in usages)
        else:
            shared = any(definition.name in other.types for other in others)
        return with_directive(field, "shareable") if shared else field

    return with_fields(subgraph, change)


def _resolves(usage: Usage, definition: TypeDefinition, field: FieldDefinition) -> bool:
    there = usage.subgraph.types.get(definition.name)
    mentioned = there and there.fields.get(field.name)
    return there is not None and mentioned is not None and not usage.is_fully_external(there, mentioned)
