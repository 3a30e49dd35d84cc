"""What join v0.1 leaves unsaid: the fields of keys, requirements and provisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from graphql import specified_scalar_types

from supergraph.model import FieldSelection, FieldSet, Subgraph, SubgraphField, SubgraphType

Fields = Mapping[str, Mapping[str, SubgraphField]]
"""Every field of the supergraph, by type and name."""


def complete_first_version(subgraph: Subgraph, fields: Fields) -> Subgraph:
    """The subgraph with the fields that its keys (its own) and its requirements and provisions (external) name.

    A value type is known to all graphs there; fields of it whose type a subgraph does not know are left out.
    """
    types = {name: _known_fields_only(type_, subgraph.types) for name, type_ in subgraph.types.items()}
    for type_name, field in list(_implied(subgraph, fields)):
        known = types.get(type_name)
        if known and field.name not in known.fields:
            types[type_name] = replace(known, fields={**known.fields, field.name: field})
    return replace(subgraph, types=types)


def _known_fields_only(type_: SubgraphType, types: Mapping[str, SubgraphType]) -> SubgraphType:
    known = {
        name: field
        for name, field in type_.fields.items()
        if field.named_type in types or field.named_type in specified_scalar_types
    }
    return replace(type_, fields=known)


def _implied(subgraph: Subgraph, fields: Fields) -> Iterator[tuple[str, SubgraphField]]:
    for type_ in subgraph.types.values():
        for key in type_.keys:
            yield from _named_by(key.fields, type_.name, fields)
    for type_ in subgraph.types.values():
        for field in type_.fields.values():
            for outer, selections in ((type_.name, field.requires), (field.named_type, field.provides)):
                for owner, named in _named_by(selections, outer, fields):
                    yield owner, replace(named, external=True)


def _named_by(selections: FieldSet, type_name: str, fields: Fields) -> Iterator[tuple[str, SubgraphField]]:
    for selection in selections:
        if not isinstance(selection, FieldSelection):
            yield from _named_by(selection.selections, selection.type_condition, fields)
        elif field := fields.get(type_name, {}).get(selection.name):
            yield type_name, field
            yield from _named_by(selection.selections, field.named_type, fields)
