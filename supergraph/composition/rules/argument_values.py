"""Whether a value written in SDL is one of a type of the subgraph.

Source: https://spec.graphql.org/October2021/#sec-Values-of-Correct-Type.
"""

from __future__ import annotations

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    IntValueNode,
    ListTypeNode,
    ListValueNode,
    NonNullTypeNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    TypeNode,
    ValueNode,
    VariableNode,
)

from supergraph.composition.subgraphs.schema import SubgraphSchema, TypeDefinition
from supergraph.composition.subgraphs.type_references import is_required, named_type
from supergraph.model import TypeKind

_LITERALS: dict[str, tuple[type[ValueNode], ...]] = {
    "Int": (IntValueNode,),
    "Float": (IntValueNode, FloatValueNode),
    "String": (StringValueNode,),
    "Boolean": (BooleanValueNode,),
    "ID": (StringValueNode, IntValueNode),
}


def is_value_of(value: ValueNode, reference: TypeNode, subgraph: SubgraphSchema) -> bool:
    """Whether a constant fits a type; a variable fits none, since there is nobody to give it a value."""
    if isinstance(reference, NonNullTypeNode):
        return not isinstance(value, NullValueNode) and is_value_of(value, reference.type, subgraph)
    if isinstance(value, VariableNode):
        return False
    if isinstance(value, NullValueNode):
        return True
    if isinstance(reference, ListTypeNode):
        items = value.values if isinstance(value, ListValueNode) else (value,)
        return all(is_value_of(item, reference.type, subgraph) for item in items)
    name = named_type(reference)
    if name in _LITERALS:
        return isinstance(value, _LITERALS[name])
    definition = subgraph.types.get(name)
    return definition is None or _is_value_of_definition(value, definition, subgraph)


def _is_value_of_definition(value: ValueNode, definition: TypeDefinition, subgraph: SubgraphSchema) -> bool:
    if definition.kind is TypeKind.ENUM:
        return isinstance(value, EnumValueNode) and value.value in definition.values
    if definition.kind is not TypeKind.INPUT_OBJECT:
        return True
    if not isinstance(value, ObjectValueNode):
        return False
    given = {entry.name.value: entry.value for entry in value.fields}
    missing = [
        one.name
        for one in definition.inputs.values()
        if one.name not in given and is_required(one.type, one.default)
    ]
    return not missing and all(
        name in definition.inputs and is_value_of(entry, definition.inputs[name].type, subgraph)
        for name, entry in given.items()
    )
