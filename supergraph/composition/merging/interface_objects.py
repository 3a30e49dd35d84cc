"""`@interfaceObject`: what a subgraph adds to an interface, every implementer of it has.

Source: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/entities/interfaces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.merged import MergedDirective, MergedField, MergedType
from supergraph.model import TypeKind


def with_interface_object_fields(types: Mapping[str, MergedType], merging: Merging) -> dict[str, MergedType]:
    """The types, the implementers of such interfaces with the fields that they lack."""
    added = {name: _fields_added(name, types, merging) for name, merged in types.items()}
    return {
        name: replace(merged, fields={**merged.fields, **_missing(merged, types, added)})
        if merged.kind is TypeKind.OBJECT
        else merged
        for name, merged in types.items()
    }


def _fields_added(name: str, types: Mapping[str, MergedType], merging: Merging) -> frozenset[str]:
    """The fields of an interface that some interface object resolves."""
    if types[name].kind is not TypeKind.INTERFACE:
        return frozenset()
    return frozenset(
        field.name
        for graph in merging.graphs
        if (definition := graph.subgraph.types.get(name)) and definition.is_interface_object
        for field in definition.fields.values()
        if not field.external
    )


def _missing(
    merged: MergedType, types: Mapping[str, MergedType], added: Mapping[str, frozenset[str]]
) -> dict[str, MergedField]:
    return {
        field.name: _inherited(field)
        for interface in merged.interfaces
        if interface in types
        for field in _ordered(types[interface], added[interface])
        if field.name not in merged.fields
    }


def _ordered(interface: MergedType, names: frozenset[str]) -> Iterator[MergedField]:
    return (field for name, field in interface.fields.items() if name in names)


def _inherited(field: MergedField) -> MergedField:
    """A field without a graph of its own: it is reached through the interface."""
    kept = (directive for directive in field.directives if not directive.name.startswith("join__"))
    return replace(field, directives=(MergedDirective("join__field", "", "join__field"), *kept))
