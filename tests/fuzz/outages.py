"""What is lost while one subgraph cannot be reached, and what must not be.

The whole graph has no such outage to be equal to. What can be said of the federation's answer is this, beside the
whole graph's:

1. What is there is as in the whole graph, in the same order. Only what is computed of lost fields may be another,
   and stand where in the whole graph its failure takes what is around it along.
2. Every null that is not in the whole graph's answer has an error at its path, or above or below it.
3. A field whose fetch waits for nothing that was lost is not lost itself.
4. Where the plan does not ask the subgraph, nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from supergraph.planning.query_plan import FieldShape, ObjectShape, QueryPlan

Path = tuple[str | int, ...]


class Outage:
    """One answer that was given while the subgraph `down` could not be reached.

    `computed` are the names of fields that require others.
    """

    def __init__(
        self, plan: QueryPlan, down: str, errors: Sequence[Mapping[str, Any]], computed: frozenset[str]
    ) -> None:
        self._plan = plan
        self._computed = computed
        self._paths = {tuple(each["path"]) for each in errors if "path" in each}
        self._lost_parts = set(_lost_parts(plan, down))

    def problems(self, whole: Mapping[str, Any], answer: Mapping[str, Any] | None) -> list[str]:
        """What should not be, as sentences."""
        if not self._lost_parts and whole != answer:
            return ["something is lost of which nobody was asked who is down"]
        if answer is None:
            return list(self._null(None, whole, ()))
        return list(self._object([self._plan.shape], whole, answer, ()))

    def _object(
        self, shapes: Sequence[ObjectShape], whole: Mapping[str, Any], answer: Mapping[str, Any], path: Path
    ) -> Iterator[str]:
        if list(whole) != list(answer):
            yield f"other fields at {list(path)}"
            return
        for key, value in whole.items():
            fields = _fields(shapes, key)
            if not any(each.name in self._computed for each in fields):
                yield from self._value(fields, value, answer[key], (*path, key))

    def _value(self, fields: Sequence[FieldShape], whole: Any, answer: Any, path: Path) -> Iterator[str]:
        if answer is None:
            yield from self._null(fields, whole, path)
        elif isinstance(whole, list) and isinstance(answer, list) and len(whole) == len(answer):
            for index, (one, other) in enumerate(zip(whole, answer, strict=True)):
                yield from self._value(fields, one, other, (*path, index))
        elif isinstance(whole, dict) and isinstance(answer, dict):
            yield from self._object([each.shape for each in fields if each.shape], whole, answer, path)
        elif whole != answer and not (whole is None and self._holds_computed(fields)):
            yield f"another value at {list(path)}"

    def _holds_computed(self, fields: Sequence[FieldShape]) -> bool:
        """Whether a computed field stands in these, whose own failure makes them null."""
        below = [field for each in fields if each.shape for field in chain(*each.shape.fields.values())]
        return any(field.name in self._computed or self._holds_computed([field]) for field in below)

    def _null(self, fields: Sequence[FieldShape] | None, whole: Any, path: Path) -> Iterator[str]:
        if whole is None:
            return
        if not any(_related(each, path) for each in self._paths):
            yield f"no error tells why there is nothing at {list(path)}"
        if fields and path in self._paths and not self._is_lost(fields):
            yield f"nothing is lost on the way to {list(path)}, and it is missing"

    def _is_lost(self, fields: Sequence[FieldShape]) -> bool:
        return any(
            part in self._lost_parts for each in fields for part in (*each.sources, *self._typed(each))
        )

    def _typed(self, field: FieldShape) -> Sequence[int]:
        """The parts that tell the concrete type of a field's objects, without which none can be shown."""
        return self._plan.positions[field.shape.position].typename if field.shape else ()


def _lost_parts(plan: QueryPlan, down: str) -> Iterator[int]:
    """The parts of the fetches that go to a subgraph, and of those that wait for them."""
    lost: set[int] = set()
    for fetch in plan.fetches:
        if fetch.subgraph == down or fetch.after & lost:
            lost.add(fetch.id)
            if fetch.part is not None:
                yield fetch.part
            yield from (target.part for target in fetch.targets)


def _fields(shapes: Sequence[ObjectShape], key: str) -> list[FieldShape]:
    """The fields that can stand under a response key."""
    return [
        field
        for shape in shapes
        for fields in shape.fields.values()
        for field in fields
        if field.response_key == key
    ]


def _related(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
