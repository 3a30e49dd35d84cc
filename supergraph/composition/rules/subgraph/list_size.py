"""`@listSize` stands on lists, names integer arguments, and sizes lists below.

Source: https://ibm.github.io/graphql-specs/cost-spec.html#sec-The-List-Size-Directive.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphql import IntValueNode, ListTypeNode, ListValueNode, NonNullTypeNode, StringValueNode, TypeNode

from supergraph.composition.result import CompositionError, place_of
from supergraph.composition.subgraphs.schema import Directive, FieldDefinition, SubgraphSchema
from supergraph.composition.subgraphs.type_references import named_type, text
from supergraph.composition.subgraphs.walk import fields_with


def list_size(subgraph: SubgraphSchema) -> Iterator[CompositionError]:
    """Every fault of every `@listSize`."""
    for definition, field, directive in fields_with(subgraph, "listSize"):
        for code, fault, advice in _faults(subgraph, field, directive):
            yield CompositionError(
                code,
                f"@listSize on {definition.name}.{field.name}: {fault}.",
                (place_of(subgraph.name, directive.node),),
                advice,
            )


def _faults(
    subgraph: SubgraphSchema, field: FieldDefinition, directive: Directive
) -> Iterator[tuple[str, str, str]]:
    sized = _strings(directive, "sizedFields")
    if not sized and not _is_list(field.type):
        yield (
            "LIST_SIZE_APPLIED_TO_NON_LIST",
            "the field is no list",
            "Name the lists of what it returns in sizedFields, or remove @listSize.",
        )
    size = directive.arguments.get("assumedSize")
    if isinstance(size, IntValueNode) and int(size.value) < 0:
        yield "LIST_SIZE_INVALID_ASSUMED_SIZE", "assumedSize is negative", "Give 0 or more."
    for name in _strings(directive, "slicingArguments"):
        argument = field.arguments.get(name)
        if argument is None or text(argument.type).rstrip("!") != "Int":
            yield (
                "LIST_SIZE_INVALID_SLICING_ARGUMENT",
                f"{name} is no argument of type Int",
                "Name arguments that say how long the list is.",
            )
    target = subgraph.types.get(named_type(field.type))
    for name in sized:
        below = target and target.fields.get(name)
        if below is None or not _is_list(below.type):
            yield (
                "LIST_SIZE_INVALID_SIZED_FIELD" if below is None else "LIST_SIZE_APPLIED_TO_NON_LIST",
                f"{name} is no list field of {named_type(field.type)}",
                "Name list fields of the type that the field returns.",
            )


def _is_list(reference: TypeNode) -> bool:
    return isinstance(reference.type if isinstance(reference, NonNullTypeNode) else reference, ListTypeNode)


def _strings(directive: Directive, name: str) -> list[str]:
    value = directive.arguments.get(name)
    items = value.values if isinstance(value, ListValueNode) else (value,)
    return [item.value for item in items if isinstance(item, StringValueNode)]
