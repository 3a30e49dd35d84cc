"""`@fromContext(field: "$context { field }")` reads a context that is set, by a selection that fits every type it
is set on, into an argument of an entity's field.

Source: https://specs.apollo.dev/context/v0.1/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from graphql import (
    FieldNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    ListTypeNode,
    NonNullTypeNode,
    SelectionSetNode,
    TypeNode,
)

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.field_sets import parse_context_value, parse_field_set
from supergraph.composition.subgraphs.schema import (
    Directive,
    FieldDefinition,
    InputValue,
    SubgraphSchema,
    TypeDefinition,
)
from supergraph.composition.subgraphs.type_references import named_type, text
from supergraph.composition.subgraphs.walk import arguments_of
from supergraph.model import TypeKind

Fault = tuple[str, str, str]
"""A code, what is wrong, and what to do."""


class _InvalidSelection(Exception):
    """A selection gives no one value; the message says why."""


def from_context(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Every fault of every `@fromContext`."""
    for definition, field, argument in arguments_of(subgraph):
        directive = argument.directive("fromContext")
        if directive is not None:
            coordinate = f"{definition.name}.{field.name}({argument.name}:)"
            place = (place_of(subgraph.name, directive.node),)
            faults = [
                *_misplaced(subgraph, definition, field, argument),
                *_misread(subgraph, definition, argument, directive),
            ]
            for code, fault, advice in faults:
                yield CompositionError(code, f"@fromContext on {coordinate}: {fault}.", place, advice)


def _misplaced(
    subgraph: SubgraphSchema, definition: TypeDefinition, field: FieldDefinition, argument: InputValue
) -> Iterator[Fault]:
    """Faults of where it stands."""
    if definition.kind is not TypeKind.OBJECT:
        yield "CONTEXT_NOT_SET", "it stands on an interface's field", "Put it on an object type's field."
    for name in definition.interfaces:
        interface = subgraph.types.get(name)
        if interface is not None and field.name in interface.fields:
            yield (
                "CONTEXT_NOT_SET",
                f"the field is one of the interface {name}, who has no such argument",
                f"Take the field out of {name}, or give the type another one for the context.",
            )
    if argument.default is not None:
        yield (
            "CONTEXT_NOT_SET",
            "the argument has a default, which would never be used: a context always gives a value",
            "Remove the default.",
        )


def _misread(
    subgraph: SubgraphSchema, definition: TypeDefinition, argument: InputValue, directive: Directive
) -> Iterator[Fault]:
    """Faults of what it reads."""
    if definition.kind is not TypeKind.OBJECT:
        return
    parsed = parse_context_value(directive.text("field") or "")
    if parsed is None:
        yield (
            "NO_CONTEXT_IN_SELECTION",
            "it names no context, or selects nothing of it",
            'Write "$context { field }".',
        )
        return
    name, selection = parsed
    setters = [one for one in subgraph.types.values() if _sets(one, name)]
    if not setters:
        yield (
            "CONTEXT_NOT_SET",
            f'no type sets the context "{name}"',
            f'Add @context(name: "{name}") to a type.',
        )
    else:
        yield from _selection_faults(subgraph, setters, selection, argument)
    if not any(key.flag("resolvable", default=True) for key in definition.applied("key")):
        yield (
            "CONTEXT_NO_RESOLVABLE_KEY",
            f"{definition.name} has no resolvable key",
            "Give the type a @key: the field is fetched by it, once the context's value is known.",
        )


def _sets(definition: TypeDefinition, name: str) -> bool:
    return any(context.text("name") == name for context in definition.applied("context"))


def _selection_faults(
    subgraph: SubgraphSchema, setters: Sequence[TypeDefinition], selection: str, argument: InputValue
) -> Iterator[Fault]:
    """Whether a selection on each type that sets the context gives one value, of the argument's type."""
    try:
        _check_selection(subgraph, setters, parse_field_set(selection), text(argument.type))
    except (GraphQLSyntaxError, _InvalidSelection) as fault:
        yield (
            "CONTEXT_INVALID_SELECTION",
            str(fault),
            (
                "Select one field, or one on each type, and give the argument its type without any !: there may be no"
                " value."
            ),
        )


def _check_selection(
    subgraph: SubgraphSchema, setters: Sequence[TypeDefinition], selections: SelectionSetNode, wanted: str
) -> None:
    fragments = _fragments(selections)
    unused = set(fragments)
    for setter in setters:
        matching = fragments.keys() & subgraph.possible_types(setter.name)
        unused -= matching
        if fragments and not matching:
            raise _InvalidSelection(f"none of its type conditions is met by {setter.name}")
        sets = {one: fragments[one] for one in matching} if fragments else {setter.name: selections}
        for type_name, each in sorted(sets.items()):
            selected = _value_type(subgraph, type_name, each)
            if selected != wanted:
                raise _InvalidSelection(
                    f"it selects a {selected} of {type_name} for an argument of type {wanted}"
                )
    if unused:
        raise _InvalidSelection(f"nothing that sets the context is a {', '.join(sorted(unused))}")


def _fragments(selections: SelectionSetNode) -> Mapping[str, SelectionSetNode]:
    """What is selected by type; nothing where a field is selected whatever the type."""
    found: dict[str, SelectionSetNode] = {}
    for selection in selections.selections:
        if isinstance(selection, InlineFragmentNode) and selection.type_condition:
            found[selection.type_condition.name.value] = selection.selection_set
    if found and len(found) != len(selections.selections):
        raise _InvalidSelection("it has more than one selection for a type")
    return found


def _value_type(subgraph: SubgraphSchema, type_name: str, selections: SelectionSetNode) -> str:
    """The type of the one value that is selected, lists of lists joined, as the argument's type is written."""
    definition = subgraph.types[type_name]
    (node, *others) = selections.selections
    if others or not isinstance(node, FieldNode) or node.alias or node.directives:
        raise _InvalidSelection(f"it has more or other than one plain field of {type_name}")
    if definition.has("interfaceObject"):
        raise _InvalidSelection(f"{type_name} is an @interfaceObject, whose objects may be of any type")
    field = definition.fields.get(node.name.value)
    if field is None:
        raise _InvalidSelection(f"{type_name} has no field {node.name.value}")
    target = subgraph.types.get(named_type(field.type))
    is_composite = target is not None and target.kind in (
        TypeKind.OBJECT,
        TypeKind.INTERFACE,
        TypeKind.UNION,
    )
    if is_composite != (node.selection_set is not None):
        raise _InvalidSelection(f"{type_name}.{node.name.value} is not selected down to a leaf")
    value = named_type(field.type)
    if node.selection_set:
        value = _value_type(subgraph, value, node.selection_set)
    for _ in range(_lists(field.type)):
        value = f"[{value}]"
    return value


def _lists(reference: TypeNode) -> int:
    """How many lists a type has."""
    if isinstance(reference, ListTypeNode):
        return 1 + _lists(reference.type)
    return _lists(reference.type) if isinstance(reference, NonNullTypeNode) else 0
