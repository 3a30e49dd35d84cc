"""What outlives a generation of the router."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import structlog

_log = structlog.get_logger(__name__)

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Part:
    value: Any
    inner: dict[Hashable, _Part] = field(default_factory=dict)

    def all(self) -> Iterator[tuple[Hashable, _Part]]:
        for made_from, part in self.inner.items():
            yield made_from, part
            yield from part.all()


class Parts:
    """What a router is made of and its successor need not make anew: it takes over what it would make the same.

    A part is known by its kind and by all that it is made from. Breakers, key sets, counts and remembered documents
    are parts; what depends on the schema is none. A part may be made of parts, which are taken over with it.
    """

    def __init__(self, former: Parts | None = None) -> None:
        self._former = {} if former is None else dict(former._root.all())
        self._root = _Part(None)
        self._making = self._root

    def part(self, made_from: Hashable, make: Callable[[], T]) -> T:
        """The part that is made from this: the former generation's, or else a new one."""
        known = dict(self._root.all()).get(made_from) or self._former.get(made_from)
        if known is None:
            around, known = self._making, _Part(None)
            self._making = known
            try:
                known.value = make()
            finally:
                self._making = around
        self._making.inner[made_from] = known
        return cast("T", known.value)

    def settled(self) -> None:
        """Lets go of the former generation, whose successor is complete."""
        self._former = {}

    def without(self, others: Parts) -> list[Any]:
        """The parts of these that the others have not."""
        kept = {id(part) for _, part in others._root.all()}
        return [part.value for _, part in self._root.all() if id(part) not in kept]


@asynccontextmanager
async def parts_of_successor(former: Parts | None) -> AsyncIterator[Parts]:
    """The parts that a router is made of which takes over from another; those of one that cannot be made are closed."""
    parts = Parts(former)
    try:
        yield parts
    except BaseException:
        await close_all(parts.without(former or Parts()))
        raise


async def close_all(parts: Iterable[Any]) -> None:
    """Closes what can be closed; one that cannot is logged, and keeps no other from it."""
    for part in parts:
        if aclose := getattr(part, "aclose", None):
            try:
                await aclose()
            except Exception:  # noqa: BLE001 - logged
                _log.exception("a part of the router was not closed", part=type(part).__name__)
