"""Making operations ready before clients ask for them: those that were used most lately, and those of the operators."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from time import perf_counter

from graphql import GraphQLError, OperationDefinitionNode, parse

from supergraph.execution import Engine, RequestRefused

SHARE = 0.25
"""Of the time of one core, so much is for making ready while requests are answered."""


async def warm(
    engine: Engine, former: Engine | None, documents: Iterable[str], *, operations: int, seconds: float
) -> int:
    """Prepares and plans operations of the former engine, the most lately used first, then those of the documents.

    At most so many `operations`, and none once that many `seconds` have passed. It works beside the event loop, and
    where there is a former engine, which has requests to answer, it rests three times as long as it works. Gives
    how many are ready. One that the new supergraph refuses is left out.
    """
    began, ready = perf_counter(), 0
    for make_ready in _wanted(engine, former, documents, operations):
        started = perf_counter()
        if started - began > seconds:
            break
        ready += await asyncio.to_thread(_succeeds, make_ready)
        if former is not None:
            await asyncio.sleep((perf_counter() - started) * (1 / SHARE - 1))
    return ready


def _wanted(
    engine: Engine, former: Engine | None, documents: Iterable[str], most: int
) -> Iterator[Callable[[], None]]:
    seen = set[tuple[str, str | None]]()
    for prepared in () if former is None else former.lately():
        if len(seen) < most:
            seen.add((prepared.query, prepared.operation_name))
            yield partial(engine.make_ready, prepared.query, prepared.operation_name, prepared)
    for document in documents:
        for name in _names(document):
            if len(seen) < most and (document, name) not in seen:
                seen.add((document, name))
                yield partial(engine.make_ready, document, name)


def _succeeds(make_ready: Callable[[], None]) -> bool:
    try:
        make_ready()
    except RequestRefused:
        return False
    return True


def _names(document: str) -> list[str | None]:
    """The names by which a document's operations are asked for: its only one by none too."""
    try:
        definitions = parse(document, no_location=True).definitions
    except GraphQLError:
        return []
    operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
    names: list[str | None] = [node.name.value for node in operations if node.name is not None]
    return [*names, None] if len(operations) == 1 else names
