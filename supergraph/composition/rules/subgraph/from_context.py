"""`@fromContext(field: "$context { field }")` reads a context that is set, by a selection that fits every type it
is set on, into an argument of an entity's field.

Source: https://specs.apollo.dev/context/v0.1/.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    FieldNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    NonNullTypeNode,
    SelectionSetNode,
    TypeNode,
)

from supergraph.composition.merging.from_context import parse_field_value
from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.field_sets import parse_field_set
from supergraph.composition.subgraphs.schema import (
    Directive,
    InputValue,
    SubgraphSchema,
    TypeDefinition,
)
from supergraph.composition.subgraphs.type_references import is_subtype, named_type, text
from supergraph.composition.subgraphs.walk import arguments_of
from supergraph.model import TypeKind

Fault = tuple[str, str, str]
"""A code, what is wrong, and what to do."""


def from_context(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Every fault of every `@fromContext`."""
    for definition, field, argument in arguments_of(subgraph):
        directive = argument.directive("fromContext")
        if directive is not None:
            coordinate = f"{definition.name}.{field.name}({argument.name}:)"
            for code, fault, advice in _faults(subgraph, definition, argument, directive):
                place = (place_of(subgraph.name, directive.node),)
                yield CompositionError(code, f"@fromContext on {coordinate}: {fault}.", place, advice)


def _faults(
    subgraph: SubgraphSchema, definition: TypeDefinition, argument: InputValue, directive: Directive
) -> Iterator[Fault]:
    parsed = parse_field_value(directive.text("field") or "")
    if parsed is None:
        yield (
            "NO_CONTEXT_IN_SELECTION",
            "it names no context, or selects nothing of it",
            'Write "$context { field }".',
        )
        return
    name, selection = parsed
    setters = [one for one in subgraph.types.values() if _sets(one, name)]
    if argument.default is not None:
        yield (
            "CONTEXT_NOT_SET",
            "the argument has a default, which no context would ever leave",
            "Leave it out.",
        )
    elif not setters:
        yield (
            "CONTEXT_NOT_SET",
            f'no type sets the context "{name}"',
            f'Add @context(name: "{name}") to a type.',
        )
    for setter in setters:
        yield from _selection_faults(subgraph, setter, selection, argument)
    if definition.kind is not TypeKind.OBJECT:
        yield "CONTEXT_INVALID_SELECTION", "it stands on an interface's field", "Put it on the implementers."
    elif not any(key.flag("resolvable", default=True) for key in definition.applied("key")):
        yield (
            "CONTEXT_NO_RESOLVABLE_KEY",
            f"{definition.name} has no resolvable key",
            "Give the type a @key: the field is fetched by it, once the context's value is known.",
        )


def _sets(definition: TypeDefinition, name: str) -> bool:
    return any(context.text("name") == name for context in definition.applied("context"))


def _selection_faults(
    subgraph: SubgraphSchema, setter: TypeDefinition, selection: str, argument: InputValue
) -> Iterator[Fault]:
    """Whether a selection on a type that sets the context gives one value, of the argument's type."""
    try:
        selections = parse_field_set(selection)
    except GraphQLSyntaxError as fault:
        yield (
            "CONTEXT_INVALID_SELECTION",
            f"its selection cannot be read: {fault.message}",
            "Select one field.",
        )
        return
    for own_type in sorted(subgraph.possible_types(setter.name)):
        selected = list(_leaves(subgraph, own_type, selections))
        if any(leaf is None for leaf in selected):
            yield "CONTEXT_INVALID_SELECTION", f"{own_type} has no such field", "Select a field of it."
        for leaf in selected:
            if leaf is not None and not is_subtype(leaf, _nullable(argument.type), _unrelated):
                yield (
                    "CONTEXT_INVALID_SELECTION",
                    f"it selects a {text(leaf)} of {own_type} for an argument of type {text(argument.type)}",
                    "Give the argument the field's type.",
                )


def _nullable(reference: TypeNode) -> TypeNode:
    return reference.type if isinstance(reference, NonNullTypeNode) else reference


def _leaves(
    subgraph: SubgraphSchema, own_type: str, selections: SelectionSetNode
) -> Iterator[TypeNode | None]:
    """The types of the selected leaves on an object type; None for a field that does not exist."""
    definition = subgraph.types[own_type]
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            field = definition.fields.get(selection.name.value)
            target = subgraph.types.get(named_type(field.type)) if field else None
            if field and target and selection.selection_set:
                yield from _leaves(subgraph, target.name, selection.selection_set)
            else:
                yield field.type if field else None
        elif isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition.name.value if selection.type_condition else own_type
            if condition == own_type or condition in definition.interfaces:
                yield from _leaves(subgraph, own_type, selection.selection_set)


def _unrelated(_one: str, _other: str) -> bool:
    """A context's value is a leaf, and leaf types have no subtypes."""
    return False
