"""Hints about types that are not the same everywhere."""

from __future__ import annotations

from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.sources import Sources, subgraphs_in
from supergraph.composition.subgraphs.schema import ROOT_TYPES, TypeDefinition
from supergraph.model import TypeKind

_CODES = {
    TypeKind.OBJECT: "INCONSISTENT_OBJECT_VALUE_TYPE_FIELD",
    TypeKind.INTERFACE: "INCONSISTENT_INTERFACE_VALUE_TYPE_FIELD",
}


def hint_at_differences(kind: TypeKind, sources: Sources[TypeDefinition], merging: Merging) -> None:
    """Entities that some subgraphs give no key, and value types that do not have all fields everywhere."""
    if kind not in _CODES or sources[0].element.name in ROOT_TYPES.values():
        return
    if not any(source.element.has("key") for source in sources):
        _hint_at_fields(kind, sources, merging)
    elif kind is TypeKind.INTERFACE:
        _hint_at_fields(
            kind, [source for source in sources if not source.element.is_interface_object], merging
        )
    else:
        _hint_at_keys(sources, merging)


def _hint_at_keys(sources: Sources[TypeDefinition], merging: Merging) -> None:
    without = [source for source in sources if not source.element.has("key")]
    if without:
        merging.findings.hint(
            "INCONSISTENT_ENTITY",
            f"{sources[0].element.name} is an entity, and has no @key in {subgraphs_in(without)}.",
            without,
        )


def _hint_at_fields(kind: TypeKind, sources: Sources[TypeDefinition], merging: Merging) -> None:
    """A type that mentions external fields says itself that others have more of it."""
    if any(field.external for source in sources for field in source.element.fields.values()):
        return
    for name in dict.fromkeys(name for source in sources for name in source.element.fields):
        lacking = [source for source in sources if name not in source.element.fields]
        if lacking:
            merging.findings.hint(
                _CODES[kind],
                f"{sources[0].element.name}.{name} is missing in {subgraphs_in(lacking)}.",
                lacking,
            )
