"""A default value that clients can see is made of what they can see.

Source: https://specs.apollo.dev/inaccessible/v0.2/.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphql import EnumValueNode, ListValueNode, ObjectValueNode, ValueNode, parse_value

from supergraph.composition.merging.merged import MergedInput, MergedSupergraph, MergedType
from supergraph.composition.result import CompositionError
from supergraph.composition.rules.supergraph.accessible import accessible_types
from supergraph.composition.rules.supergraph.declarations import places


def inaccessible_defaults(supergraph: MergedSupergraph) -> Iterator[CompositionError]:
    """Defaults of visible arguments and input fields that use hidden enum values or input fields."""
    for merged in accessible_types(supergraph):
        for path, value in _visible_inputs(merged):
            for hidden in hidden_in_default(supergraph, value):
                yield CompositionError(
                    "DEFAULT_VALUE_USES_INACCESSIBLE",
                    f"The default of {'.'.join((merged.name, *path))} uses {hidden}, which is @inaccessible.",
                    places(supergraph, merged.name, *path),
                    f"Choose another default, or show {hidden}.",
                    inaccessible=(hidden,),
                )


def hidden_in_default(supergraph: MergedSupergraph, value: MergedInput) -> Iterator[str]:
    """What a default uses that is hidden: enum values and input fields, as schema coordinates."""
    if value.default is not None:
        yield from _hidden(supergraph, parse_value(value.default), value.type.strip("[]!"))


def _visible_inputs(merged: MergedType) -> Iterator[tuple[tuple[str, ...], MergedInput]]:
    for value in merged.inputs.values():
        if not value.inaccessible:
            yield (value.name,), value
    for field in merged.fields.values():
        for argument in field.arguments if not field.inaccessible else ():
            if not argument.inaccessible:
                yield (field.name, argument.name), argument


def _hidden(supergraph: MergedSupergraph, value: ValueNode, type_name: str) -> Iterator[str]:
    merged = supergraph.types.get(type_name)
    if merged is None:
        return
    if isinstance(value, EnumValueNode):
        known = merged.values.get(value.value)
        if known is not None and known.inaccessible:
            yield f"{type_name}.{value.value}"
    elif isinstance(value, ListValueNode):
        for item in value.values:
            yield from _hidden(supergraph, item, type_name)
    elif isinstance(value, ObjectValueNode):
        for entry in value.fields:
            field = merged.inputs.get(entry.name.value)
            if field is not None and field.inaccessible:
                yield f"{type_name}.{field.name}"
            elif field is not None:
                yield from _hidden(supergraph, entry.value, field.type.strip("[]!"))
