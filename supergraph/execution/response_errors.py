"""The `errors` of a response, with their paths in the client's terms, and no more of them than is useful."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from supergraph.execution.errors import Fault
from supergraph.execution.request import GraphQLErrorObject
from supergraph.execution.shape_steps import TypeStep

Path = Optional[tuple["Path", str | int]]  # noqa: UP045 - a recursive alias is no expression
"""A path of the response, its end first: (the path before, the last key); None is the root."""


class ResponseErrors:
    """Gathers errors, up to a limit; beyond it they are counted only."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._errors: list[GraphQLErrorObject] = []
        self._left_out = 0

    def add(self, fault: Fault, path: Path, *, pathless: bool = False) -> None:
        """Add an error at this path, or one that belongs to no field."""
        if len(self._errors) < self._limit:
            self._errors.append(fault.at(None if pathless else keys(path)))
        else:
            self._left_out += 1

    def as_list(self) -> Sequence[GraphQLErrorObject]:
        """Give the errors, the last one saying how many were left out, if any were."""
        if not self._left_out:
            return self._errors
        message = f"{self._left_out} more errors are left out."
        return [*self._errors, {"message": message, "extensions": {"code": "TOO_MANY_ERRORS"}}]


def keys(path: Path) -> list[str | int]:
    """Give a path as the GraphQL specification writes it."""
    found: list[str | int] = []
    while path is not None:
        path, key = path
        found.append(key)
    return found[::-1]


def client_path(path: Path, step: TypeStep, below: Sequence[str | int]) -> Path:
    """Go on from a value's path by canonical keys, as far as the client has asked."""
    for key in below:
        if isinstance(key, int) and step.item is not None:
            path, step = (path, key), step.item
        elif isinstance(key, str) and step.object is not None:
            field = next((f for fields in step.object.fields.values() for f in fields if f.key == key), None)
            if field is None:
                return path
            path, step = (path, field.response_key), field.type
        else:
            return path
    return path
