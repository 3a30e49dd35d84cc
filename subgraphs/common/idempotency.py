"""Idempotency keys: a request sent twice takes effect once.

The scope of a key is (who, mutation). It is looked up before any other check, and only successes are kept,
with a digest of the input, for 24 hours.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, String, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.common.database import Timestamp, insert_into
from subgraphs.common.errors import Refused, idempotency_key_reused

KEPT = timedelta(hours=24)


class IdempotencyRow:
    """A request that has succeeded. Declare it as `class Idempotency(IdempotencyRow, Base)`."""

    __tablename__ = "idempotency"

    who: Mapped[str] = mapped_column(String(80), primary_key=True)
    mutation: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Timestamp)


@dataclass(frozen=True, slots=True)
class Request:
    """One keyed request: who sends it, which mutation, its key, and its input as JSON values."""

    who: str
    mutation: str
    key: str
    input: Mapping[str, Any]

    def digest(self) -> str:
        """What tells this input from every other."""
        # The standard library's JSON, for it can also write text that is no UTF-8 (a lone surrogate).
        return hashlib.sha256(json.dumps(self.input, sort_keys=True, default=str).encode()).hexdigest()


async def earlier_result(
    session: AsyncSession, table: type[Any], request: Request, now: datetime
) -> Mapping[str, Any] | None:
    """Claims the key in the transaction at hand; gives the first result where the request succeeded before.

    None means: go on, and call `keep_result` before the transaction ends; a rollback frees the key. An equal
    request at the same instant waits here until this one has ended.

    Raises:
        Refused: the key was used with other input.
    """
    await session.execute(delete(table).where(*_scope(table, request), table.created_at < now - KEPT))
    row = {
        "who": request.who,
        "mutation": request.mutation,
        "key": request.key,
        "digest": request.digest(),
        "result": {},
        "created_at": now,
    }
    claimed = await session.execute(
        insert_into(session, table).values(row).on_conflict_do_nothing().returning(table.key)
    )
    if claimed.first() is not None:
        return None
    found = (await session.execute(select(table.digest, table.result).where(*_scope(table, request)))).one()
    if found.digest != row["digest"]:
        raise Refused(idempotency_key_reused())
    return found.result


async def keep_result(
    session: AsyncSession, table: type[Any], request: Request, result: Mapping[str, Any]
) -> None:
    """Keeps what the request came to (ids rather than things), to be given again."""
    await session.execute(update(table).where(*_scope(table, request)).values(result=dict(result)))


async def forget(session: AsyncSession, table: type[Any], request: Request) -> None:
    """Frees the key of a request that turned out to have failed after its transaction."""
    await session.execute(delete(table).where(*_scope(table, request)))


async def sweep(session: AsyncSession, table: type[Any], now: datetime) -> None:
    """Drops what was kept for long enough; a duty of workers, for `earlier_result` looks at its own key alone."""
    await session.execute(delete(table).where(table.created_at < now - KEPT))


def _scope(table: type[Any], request: Request) -> tuple[Any, ...]:
    return (table.who == request.who, table.mutation == request.mutation, table.key == request.key)
