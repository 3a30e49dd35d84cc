"""Fifth pass: the authorization rules that an operation touches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type

from supergraph.model import Authorization, Supergraph
from supergraph.planning.operation import Field, Selections


def requirements_of(supergraph: Supergraph, selections: Selections) -> Mapping[str, Authorization]:
    """The rules on the fields and types that the selections touch, by coordinate."""
    if not supergraph.authorization:
        return {}
    found: dict[str, Authorization] = {}
    seen: set[int] = set()
    waiting = [selections]
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        for concrete, fields in current.fields.items():
            for field in fields:
                found.update(rules_on(supergraph, concrete, field))
                if field.selections:
                    waiting.append(field.selections)
    return dict(sorted(found.items()))


def rules_on(supergraph: Supergraph, concrete: str, field: Field) -> Iterator[tuple[str, Authorization]]:
    """(coordinate, rule) for a field of a concrete type: the type's, the field's, the field's type's."""
    if field.name.startswith("__"):
        return
    for coordinate in _coordinates(supergraph, concrete, field):
        rule = supergraph.authorization.get(coordinate)
        if rule:
            yield coordinate, rule


def _coordinates(supergraph: Supergraph, concrete: str, field: Field) -> Iterator[str]:
    owners = (concrete, *sorted(field.selected_on - {concrete}))
    for owner in owners:
        yield owner
        yield f"{owner}.{field.name}"
    parent = supergraph.schema.type_map[concrete]
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        yield get_named_type(parent.fields[field.name].type).name
