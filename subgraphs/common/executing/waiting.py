"""Values that are there, or come later."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from types import CoroutineType
from typing import Any, TypeGuard, TypeVar, cast

from graphql.pyutils import gather_with_cancel

T = TypeVar("T")
U = TypeVar("U")

Later = T | Coroutine[Any, Any, T]
"""A value, or a coroutine that nobody has begun to wait for; no value is itself a coroutine."""


def is_later(value: object) -> TypeGuard[Coroutine[Any, Any, Any]]:
    """Whether a value is still to come."""
    return type(value) is CoroutineType


def then(value: Later[T], go_on: Callable[[T], Later[U]]) -> Later[U]:
    """What is made of a value, as soon as that is there."""
    return _then(value, go_on) if is_later(value) else go_on(cast("T", value))


def all_of(parts: Iterable[Callable[[], Later[T]]]) -> Later[list[T]]:
    """What each part gives, all that must be waited for at the same time.

    Raises:
        Exception: the first that a part raised.
    """
    values: list[Later[T]] = []
    try:
        values.extend(part() for part in parts)
    except Exception:
        _forget(values)
        raise
    waited = [place for place, value in enumerate(values) if is_later(value)]
    return _gathered(values, waited) if waited else cast("list[T]", values)


async def gathered(coroutines: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """What coroutines give, in a task for each where there are several; the first error gives up the others."""
    return [await coroutines[0]] if len(coroutines) == 1 else await gather_with_cancel(*coroutines)


async def _then(value: Coroutine[Any, Any, T], go_on: Callable[[T], Later[U]]) -> U:
    made = go_on(await value)
    return await made if is_later(made) else cast("U", made)


async def _gathered(values: list[Later[T]], waited: Sequence[int]) -> list[T]:
    there = await gathered([cast("Coroutine[Any, Any, T]", values[place]) for place in waited])
    for place, value in zip(waited, there, strict=True):
        values[place] = value
    return cast("list[T]", values)


def _forget(values: Iterable[object]) -> None:
    for value in values:
        if is_later(value):
            value.close()
