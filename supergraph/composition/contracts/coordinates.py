"""The elements of a supergraph that a contract can hide, by where they are."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import StringValueNode, parse_const_value

from supergraph.composition.merging.merged import MergedElement, MergedSupergraph, MergedType

Path = tuple[str, ...]
"""A type; or a type and its field, input field or enum value; or a type, its field, and the field's argument."""


def elements(supergraph: MergedSupergraph) -> Iterator[tuple[Path, MergedElement]]:
    """Every type, and every part of every type."""
    for merged in supergraph.types.values():
        yield (merged.name,), merged
        for part in parts(merged):
            yield (merged.name, part.name), part
        for field in merged.fields.values():
            for argument in field.arguments:
                yield (merged.name, field.name, argument.name), argument


def parts(merged: MergedType) -> tuple[MergedElement, ...]:
    """A type's fields, input fields or enum values."""
    return (*merged.fields.values(), *merged.inputs.values(), *merged.values.values())


def tags_of(element: MergedElement) -> frozenset[str]:
    """The names of the tags on an element."""
    return frozenset(
        value.value
        for directive in element.directives
        if directive.specification == "tag"
        if isinstance(value := parse_const_value(directive.arguments.removeprefix("name:")), StringValueNode)
    )
