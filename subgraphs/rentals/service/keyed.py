"""Requests with an idempotency key: sent twice, done once."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import Database
from subgraphs.common.errors import BadUserInput
from subgraphs.common.idempotency import Request, earlier_result, keep_result
from subgraphs.rentals.models import Idempotency

LONGEST_KEY = 200

Work = Callable[[AsyncSession], Awaitable[Mapping[str, Any]]]
"""What a request does in its transaction; gives the ids of what came of it."""


def keyed(who: str, mutation: str, key: str, **values: Any) -> Request:
    """A request with its key and the rest of its input.

    Raises:
        BadUserInput: the key is empty, too long or not printable.
    """
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise BadUserInput(f"`idempotencyKey` must be 1 to {LONGEST_KEY} printable characters.")
    return Request(who, mutation, key, values)


async def once(database: Database, request: Request, now: datetime, work: Work) -> Mapping[str, Any]:
    """The result of the request: of an equal one that succeeded before, else of doing the work now.

    Raises:
        Refused: the key was used with other input, or whatever the work is refused for.
    """
    async with database.transaction() as session:
        earlier = await earlier_result(session, Idempotency, request, now)
        if earlier is not None:
            return earlier
        result = await work(session)
        await keep_result(session, Idempotency, request, result)
        return result
