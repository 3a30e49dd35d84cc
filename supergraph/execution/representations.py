"""Representations: what `_entities` is asked with, collected from the replies so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from supergraph.execution.compiled import RunningProgram
from supergraph.execution.contexts import Batch
from supergraph.execution.errors import ErrorPolicy, Fault, Noted
from supergraph.execution.guards import Decisions
from supergraph.execution.replies import Entities, Parts, Replies, Values, items, objects_only, type_name
from supergraph.planning.query_plan import (
    ContextVariable,
    Position,
    Representation,
    RepresentationField,
    Target,
)

Below = Callable[[Parts, str | None, Sequence[RepresentationField]], Any]
"""What is made of an object of a composite field."""


class KeyIsNull(Exception):
    """An object lacks a field of its key, or is not to be asked for; `faults` say why, where something went wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = faults


class Representations:
    """Makes representations, encoded as JSON, of what was replied so far: by the program, where it can."""

    def __init__(
        self,
        replies: Replies,
        decisions: Decisions,
        services: Mapping[int, str],
        policy: ErrorPolicy,
        program: RunningProgram | None = None,
    ) -> None:
        self._replies = replies
        self._services = services
        self._policy = policy
        self._positions = replies.positions
        self._decisions = decisions
        self._program = program
        self._noted: Noted = {}

    def collect(self, target: Target) -> Sequence[Batch]:
        """Collect the distinct representations of a target's objects, in the order of the response.

        Those that go with different values of contexts are apart. Which object asked for which representation is
        noted in the replies.
        """
        if not self._decisions[target.guard]:
            return ()
        if self._program is not None and (found := self._program.collect(target, self._replies)) is not None:
            return found
        entities = self._replies.entities[target.part] = Entities(separate=target.separate)
        batches: dict[tuple[bytes, ...], tuple[int, dict[bytes, int]]] = {}
        position = self._positions[target.position]
        for parts, above in self._objects(target, position):
            name = type_name(position, parts)
            representation = _representation_of(target, name)
            if representation is None:
                continue
            try:
                encoded = orjson.dumps(self._encodable(parts, name, representation))
                values = tuple(orjson.dumps(self._context(above, each)) for each in target.contexts)
            except KeyIsNull as reason:
                entities.block(parts, reason.faults)
            else:
                batch, indexes = batches.setdefault(values, (len(batches), {}))
                entities.ask(parts, (batch, indexes.setdefault(encoded, len(indexes))))
        return [Batch(values, b",".join(indexes), len(indexes)) for values, (_, indexes) in batches.items()]

    def _objects(self, target: Target, position: Position) -> Iterator[tuple[Parts, Mapping[int, Parts]]]:
        """Give the objects at a position, with those above them where it takes these."""
        if target.contexts:
            return ((above[position.id], above) for above in self._replies.lineages(position))
        return ((parts, {}) for parts in self._replies.objects(position))

    def _context(self, above: Mapping[int, Parts], context: ContextVariable) -> Any:
        parts = above[context.position]
        return self._value(parts, type_name(self._positions[context.position], parts), context.fields)

    def _value(self, parts: Parts, name: str | None, fields: Sequence[RepresentationField]) -> Any:
        """Give the one value that a context's selection comes to."""
        for field in fields:
            if field.name != "__typename" and (field.types is None or name in field.types):
                return self._field(parts, field, self._value)
        return None

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
                found[field.name] = self._field(parts, field, self._fields)
            elif field.required:
                raise KeyIsNull(())
        return found

    def _field(self, parts: Parts, field: RepresentationField, below: Below) -> Any:
        if field.position is None:
            value = self._leaf(parts, field)
        else:
            position = self._positions[field.position]
            value = self._composite(position, self._replies.embedded(parts, position), field, below)
        if value is None:
            self._explain_null(parts, field)
        return value

    def _explain_null(self, parts: Parts, field: RepresentationField) -> None:
        """Leave the object out where it lacks a key; a lack of anything else is told, whatever comes of it."""
        faults = [each.fault for each in self._replies.explain(parts, field.sources, field.key)]
        if not faults and not field.nullable and any(part in parts for part in field.sources):
            message = f"{field.name!r}, which must not be null, is missing in a reply that others depend on."
            service = self._services[field.sources[0]]
            faults = [self._policy.invalid(service, f"{service} {field.name}", message, self._noted)]
        if field.required:
            raise KeyIsNull(faults)
        for fault in faults:
            self._replies.faults.note(fault)

    def _leaf(self, parts: Parts, field: RepresentationField) -> Any:
        for part in field.sources:
            if (share := parts.get(part)) is not None and (value := share.get(field.key)) is not None:
                return value
        return None

    def _composite(self, position: Position, values: Values, field: RepresentationField, below: Below) -> Any:
        if any(isinstance(value, list) for value in values.values()):
            return [self._composite(position, item, field, below) for item in items(values)]
        shares = objects_only(values)
        if not shares:
            return None
        parts = self._replies.complete(position, shares)
        return below(parts, type_name(position, parts), field.fields)


def _representation_of(target: Target, name: str | None) -> Representation | None:
    """Give the representation for objects of this concrete type, or of one that is not known."""
    for each in target.representations:
        if each.types is None or name in each.types:
            return each
    return None
