"""The `errors` of a response, with their paths in the client's terms, and no more of them than is useful."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Optional

from supergraph.execution.errors import Fault
from supergraph.execution.request import GraphQLErrorObject
from supergraph.execution.shape_steps import FieldStep, ObjectStep, TypeStep
from supergraph.planning.query_plan import Guard

Path = Optional[tuple["Path", str | int]]  # noqa: UP045 - a recursive alias is no expression
"""A path of the response, its end first: (the path before, the last key); None is the root."""


class Told(NamedTuple):
    """A fault as the response tells of it at a path; None belongs to no field.

    `beside` says that it happened elsewhere, at `origin` where the client has asked for that too.
    """

    fault: Fault
    path: Path
    beside: bool = False
    origin: Path = None


class ResponseErrors:
    """Gathers errors, and lists them up to a limit; beyond it they are counted only."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._told: list[Told] = []

    def __len__(self) -> int:
        return len(self._told)

    def add(self, fault: Fault, path: Path, *, beside: bool = False, origin: Path = None) -> None:
        """Add an error at this path (None: it belongs to no field); what is `beside` may have its `origin`."""
        self._told.append(Told(fault, path, beside, origin))

    def rise(self, since: int) -> None:
        """Take note that one null stands for all places whose errors were added from this number on.

        What had been told beside its place is then told at its place, and once.
        """
        if not any(each.beside for each in self._told[since:]):
            return
        kept: dict[tuple[Fault, Path], Told] = {}
        homeless: dict[Fault, Told] = {}
        for each in self._told[since:]:
            path = each.origin if each.beside else each.path
            if each.beside and path is None:
                homeless.setdefault(each.fault, each)
            else:
                kept.setdefault((each.fault, path), Told(each.fault, path))
        known = {fault for fault, _ in kept}
        lone = [each for each in homeless.values() if each.fault not in known]
        self._told[since:] = [*kept.values(), *lone]

    def as_list(self) -> Sequence[GraphQLErrorObject]:
        """Give the errors, the last one saying how many were left out, if any were."""
        listed = [
            each.fault.at(None if each.path is None else keys(each.path))
            for each in self._told[: self._limit]
        ]
        left_out = len(self._told) - len(listed)
        if not left_out:
            return listed
        message = f"{left_out} more errors are left out."
        return [*listed, {"message": message, "extensions": {"code": "TOO_MANY_ERRORS"}}]


def keys(path: Path) -> list[str | int]:
    """Give a path as the GraphQL specification writes it."""
    found: list[str | int] = []
    while path is not None:
        path, key = path
        found.append(key)
    return found[::-1]


def client_path(
    path: Path, step: TypeStep, below: Sequence[str | int], decisions: Mapping[Guard, bool]
) -> Path:
    """Go on from a value's path by canonical keys, as far as the client has asked."""
    for key in below:
        if isinstance(key, int) and step.item is not None:
            path, step = (path, key), step.item
        elif (
            isinstance(key, str)
            and step.object is not None
            and (field := _asked(step.object, key, decisions))
        ):
            path, step = (path, field.response_key), field.type
        else:
            return path
    return path


def path_below(
    path: Path, step: ObjectStep, below: Sequence[str | int], decisions: Mapping[Guard, bool]
) -> Path:
    """Go on from an object's path by canonical keys; None where the client has not asked for the first."""
    field = _asked(step, below[0], decisions) if below and isinstance(below[0], str) else None
    return field and client_path((path, field.response_key), field.type, below[1:], decisions)


def _asked(step: ObjectStep, key: str, decisions: Mapping[Guard, bool]) -> FieldStep | None:
    """A field of the response that has this canonical key, and that counts."""
    fields = (field for fields in step.fields.values() for field in fields)
    return next((field for field in fields if field.key == key and decisions[field.guard]), None)
