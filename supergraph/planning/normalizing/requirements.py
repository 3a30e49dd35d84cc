"""Fifth pass: the authorization rules that an operation touches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type

from supergraph.model import Authorization, Supergraph
from supergraph.planning.operation import Field, Selections

Rules = tuple[tuple[str, Authorization], ...]

MOST_KNOWN = 10_000
"""Of one supergraph, the rules on so many fields are kept, as they were selected."""


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


def rules_on(supergraph: Supergraph, concrete: str, field: Field) -> Rules:
    """(coordinate, rule) for a field of a concrete type: the type's, the field's, the field's type's."""
    if field.name.startswith("__"):
        return ()
    known = _known_rules(supergraph)
    identity = (concrete, field.name, field.selected_on)
    if identity not in known:
        if len(known) >= MOST_KNOWN:
            known.clear()
        coordinates = _coordinates(supergraph, concrete, field)
        rules = supergraph.authorization
        known[identity] = tuple((each, rules[each]) for each in coordinates if each in rules)
    return known[identity]


# Two, because the next one is made ready while the last one answers.
@lru_cache(maxsize=2)
def _known_rules(supergraph: Supergraph) -> dict[tuple[str, str, frozenset[str]], Rules]:  # noqa: ARG001 - it is what is remembered by
    return {}


def _coordinates(supergraph: Supergraph, concrete: str, field: Field) -> Iterator[str]:
    owners = (concrete, *sorted(field.selected_on - {concrete}))
    for owner in owners:
        yield owner
        yield f"{owner}.{field.name}"
    parent = supergraph.schema.type_map[concrete]
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        yield get_named_type(parent.fields[field.name].type).name
