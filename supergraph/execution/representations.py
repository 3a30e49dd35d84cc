"""Representations: what `_entities` is asked with, collected from the replies so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from supergraph.execution.errors import ErrorPolicy, Fault
from supergraph.execution.guards import Decisions
from supergraph.execution.replies import Entities, Parts, Replies, Values, items, objects_only, type_name
from supergraph.planning.query_plan import Position, Representation, RepresentationField, Target


class KeyIsNull(Exception):
    """An object lacks a field of its key, or is not to be asked for; `faults` say why, where something went wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = faults


class Representations:
    """Makes representations, encoded as JSON, of what was replied so far."""

    def __init__(
        self, replies: Replies, decisions: Decisions, services: Mapping[int, str], policy: ErrorPolicy
    ) -> None:
        self._replies = replies
        self._services = services
        self._policy = policy
        self._positions = replies.positions
        self._decisions = decisions

    def collect(self, target: Target) -> Sequence[bytes]:
        """Collect the distinct representations of a target's objects, in the order of the response.

        Which object asked for which of them is noted in the replies.
        """
        if not self._decisions[target.guard]:
            return ()
        entities = self._replies.entities[target.part] = Entities()
        indexes: dict[bytes, int] = {}
        position = self._positions[target.position]
        for parts in self._replies.objects(position):
            name = type_name(position, parts)
            representation = _representation_of(target, name)
            if representation is None:
                continue
            try:
                encoded = orjson.dumps(self._encodable(parts, name, representation))
            except KeyIsNull as reason:
                entities.block(parts, reason.faults)
            else:
                entities.ask(parts, indexes.setdefault(encoded, len(indexes)))
        return list(indexes)

    def _encodable(self, parts: Parts, name: str | None, representation: Representation) -> dict[str, Any]:
        return {
            "__typename": representation.typename or name,
            **self._fields(parts, name, representation.fields),
        }

    def _fields(
        self, parts: Parts, name: str | None, fields: Sequence[RepresentationField]
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field in fields:
            if field.types is not None and name not in field.types:
                continue
            if self._decisions[field.guard]:
                found[field.name] = self._field(parts, field)
            elif field.required:
                raise KeyIsNull(())
        return found

    def _field(self, parts: Parts, field: RepresentationField) -> Any:
        if field.position is None:
            value = self._leaf(parts, field)
        else:
            position = self._positions[field.position]
            value = self._composite(position, self._replies.embedded(parts, position), field)
        if value is None:
            self._explain_null(parts, field)
        return value

    def _explain_null(self, parts: Parts, field: RepresentationField) -> None:
        """Leave the object out where it lacks a key; a lack of anything else is told, whatever comes of it."""
        faults = [each.fault for each in self._replies.explain(parts, field.sources, field.key)]
        if not faults and not field.nullable and any(part in parts for part in field.sources):
            message = f"{field.name!r}, which must not be null, is missing in a reply that others depend on."
            faults = [self._policy.invalid(self._services[field.sources[0]], message)]
        if field.required:
            raise KeyIsNull(faults)
        for fault in faults:
            self._replies.faults.note(fault)

    def _leaf(self, parts: Parts, field: RepresentationField) -> Any:
        for part in field.sources:
            if (share := parts.get(part)) is not None and (value := share.get(field.key)) is not None:
                return value
        return None

    def _composite(self, position: Position, values: Values, field: RepresentationField) -> Any:
        if any(isinstance(value, list) for value in values.values()):
            return [self._composite(position, item, field) for item in items(values)]
        shares = objects_only(values)
        if not shares:
            return None
        parts = self._replies.complete(position, shares)
        return self._fields(parts, type_name(position, parts), field.fields)


def _representation_of(target: Target, name: str | None) -> Representation | None:
    """Give the representation for objects of this concrete type, or of one that is not known."""
    for each in target.representations:
        if each.types is None or name in each.types:
            return each
    return None
