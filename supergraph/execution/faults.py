"""Which fault explains a null: errors of subgraphs, kept by their places in the replies.

A subgraph's error has a path in its reply. The reply is walked along that path until the null to which the
error led; the fault is kept at that place, with the rest of the path. Whoever then reads the null finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from supergraph.execution.errors import Fault


class Located(NamedTuple):
    """A fault, and where it happened below the place where it is kept (canonical keys, list indexes).

    `beside` says that it happened elsewhere in the object whose field is looked at, and took that along; `below`
    goes on from the object then.
    """

    fault: Fault
    below: tuple[str | int, ...] = ()
    beside: bool = False


class Faults:
    """The faults of one execution, by the container (an object or a list of a reply) and key that is null."""

    def __init__(self) -> None:
        self.none = True
        """Whether there never was one."""
        self._placed: dict[tuple[int, str | int], list[Located]] = {}
        self._loose: dict[Fault, bool] = {}

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._placed or self._loose)

    def note(self, fault: Fault, *, placeless: bool = False) -> None:
        """Keep a fault in mind, so that it is told even where no null of the response shows it."""
        self.none = False
        self._loose[fault] = placeless

    def shown(self, fault: Fault) -> None:
        """Say that the response tells of this fault."""
        self._loose.pop(fault, None)

    def untold(self, *, cut_short: bool) -> tuple[Fault, ...]:
        """Give the noted faults that no null of the response has shown.

        In a response that a rising null has `cut_short`, one that has a place may lie in what was cut off.
        """
        return tuple(fault for fault, placeless in self._loose.items() if placeless or not cut_short)

    def place(self, container: Any, located: Located) -> None:
        """Keep a fault at the null in `container` to which its path leads; note it where it leads to none."""
        path = located.below
        for depth, key in enumerate(path):
            value = _child(container, key)
            if value is None:
                self.keep(container, key, Located(located.fault, path[depth + 1 :]))
                if not _has(container, key):
                    self.note(located.fault, placeless=True)
                return
            container = value
        self.note(located.fault, placeless=True)

    def keep(self, container: Any, key: str | int, located: Located) -> None:
        """Keep a fault as what is wrong with the value under `key` of `container`."""
        self.none = False
        self._placed.setdefault((id(container), key), []).append(located)

    def at(self, container: Any, key: str | int) -> Sequence[Located]:
        """Give the faults that were kept for the value under `key` of `container`."""
        return self._placed.get((id(container), key), ())


def under(located: Iterable[Located], key: str | int) -> Sequence[Located]:
    """Narrow the faults of something absent to those of its `key`.

    Where none of them names the key, a fault of the whole explains it, or something beside it that failed and
    took it along: the first of them stands for it.
    """
    located = tuple(located)
    own = [each for each in located if not each.beside]
    named = [Located(each.fault, each.below[1:]) for each in own if each.below[:1] == (key,)]
    whole = [each for each in own if not each.below]
    return named or whole[:1] or [_beside(each) for each in located[:1]]


def _beside(located: Located) -> Located:
    """What took a neighbour along; where it was is not told of something further away."""
    return Located(located.fault, () if located.beside else located.below, beside=True)


def _has(container: Any, key: str | int) -> bool:
    if isinstance(container, dict):
        return key in container
    return isinstance(container, list) and isinstance(key, int) and 0 <= key < len(container)


def _child(container: Any, key: str | int) -> Any:
    return container[key] if _has(container, key) else None
