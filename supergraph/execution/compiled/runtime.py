"""What compiled functions call where a line of their own will not do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from supergraph.execution.leaves import Serialize
from supergraph.execution.replies import Entities

Share = dict[str, Any] | None
Complete = Callable[..., Any]

NO_TABLE: tuple[Mapping[int, int], Sequence[Any]] = ({}, ())


class Unusual(Exception):
    """Something is not as it mostly is: the interpreter is to look at it."""


def table(entities: Mapping[int, Entities], part: int) -> tuple[Mapping[int, int], Sequence[Any]]:
    """Give which item belongs to which object, and the items, of an attached part."""
    found = entities.get(part)
    return NO_TABLE if found is None else (found.indexes, found.items)


def null(value: Any) -> None:
    """Take a value that is not of its type: where null may stand, null it must be."""
    if value is not None:
        raise Unusual


def never(_: Any) -> Any:
    """Take a value that is not of its type, where no null may stand."""
    raise Unusual


def checked(serialize: Serialize, *, nullable: bool) -> Serialize:
    """Give what serialises a leaf, null included."""

    def check(value: Any) -> Any:
        if value is None:
            if nullable:
                return None
            raise Unusual
        return serialize(value)

    return check


def first(key: str, *shares: Share) -> Any:
    """Give the first value that is not null which the shares have under a key."""
    for share in shares:
        if share is not None and (value := share.get(key)) is not None:
            return value
    _see_that_it_is_there(key, shares)
    return None


def each(key: str, *shares: Share) -> tuple[Any, ...] | None:
    """Give what each share has under a key; None where none has anything."""
    values = tuple(None if share is None else share.get(key) for share in shares)
    if any(value is not None for value in values):
        return values
    _see_that_it_is_there(key, shares)
    return None


def _see_that_it_is_there(key: str, shares: Sequence[Share]) -> None:
    if all(share is not None and key not in share for share in shares):
        raise Unusual


def together(values: tuple[Any, ...] | None, nullable: Sequence[bool], complete: Complete) -> Any:
    """Complete a value that several parts have.

    `nullable` says whether null may stand in its place, then in that of an item, and so on for lists in lists.
    """
    may_be_null, *items_may = nullable
    if values is None:
        if may_be_null:
            return None
        raise Unusual
    if not items_may:
        return complete(*(None if value is None else _object(value) for value in values))
    return [together(items, items_may, complete) for items in aligned(values)]


def aligned(values: Sequence[Any]) -> Iterator[tuple[Any, ...] | None]:
    """Give the items of lists of one length, one by one; None where none has anything."""
    lists = [value for value in values if value is not None]
    if any(value.__class__ is not list or len(value) != len(lists[0]) for value in lists):
        raise Unusual
    for index in range(len(lists[0])):
        items = tuple(None if value is None else value[index] for value in values)
        yield None if all(item is None for item in items) else items


def pairs(*values: Any) -> Iterator[tuple[Any, ...]]:
    """Give the objects that several parts have at a position, side by side."""
    there = [value for value in values if value is not None]
    if not there:
        return
    if there[0].__class__ is list:
        for items in aligned(values):
            if items is not None:
                yield tuple(None if item is None else _object(item) for item in items)
    else:
        yield tuple(None if value is None else _object(value) for value in values)


def name_of(*shares: Share) -> str:
    """Give the concrete type that the first of the shares tells which knows it."""
    for share in shares:
        if share is not None and (name := share.get("__typename")).__class__ is str:
            return name  # pyright: ignore[reportReturnType] - seen to be a str
    raise Unusual


def plain_list(value: Any, *others: Any) -> Any:
    """Give the first of several parts' lists of leaves, where nothing would be taken of the others."""
    if value is None:
        return plain_list(*others) if others else None
    for other in others:
        if other is not None and (None in value or len(other) > len(value)):
            raise Unusual
    return value


def _object(value: Any) -> dict[str, Any]:
    if value.__class__ is not dict:
        raise Unusual
    return value


def first_there(key: str, *shares: Share) -> Any:
    """Give the first value that is not null, wherever the key is or is not."""
    for share in shares:
        if share is not None and (value := share.get(key)) is not None:
            return value
    return None
