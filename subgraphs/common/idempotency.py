"""Idempotency keys: a request sent twice takes effect once.

The scope of a key is (who, mutation). It is looked up before any other check, and only successes are kept,
with a digest of the input, for 24 hours.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import JSON, String, Update, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from subgraphs.common.database import Timestamp, insert_for, is_on_sqlite
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
    row = {
        "who": request.who,
        "mutation": request.mutation,
        "key": request.key,
        "digest": request.digest(),
        "result": {},
        "created_at": now,
    }
    claim = _claim(table, is_sqlite=is_on_sqlite(session))
    if (await session.execute(claim, {**row, "over": now - KEPT})).first() is not None:
        return None
    found = (await session.execute(select(table.digest, table.result).where(*_scope(table, request)))).one()
    if found.digest != row["digest"]:
        raise Refused(idempotency_key_reused())
    return found.result


async def keep_result(
    session: AsyncSession, table: type[Any], request: Request, result: Mapping[str, Any]
) -> None:
    """Keeps what the request came to (ids rather than things), to be given again."""
    scope = {"of_who": request.who, "of_mutation": request.mutation, "of_key": request.key}
    await session.execute(_keep(table), {**scope, "result": dict(result)})


async def forget(session: AsyncSession, table: type[Any], request: Request) -> None:
    """Frees the key of a request that turned out to have failed after its transaction."""
    await session.execute(delete(table).where(*_scope(table, request)))


async def sweep(session: AsyncSession, table: type[Any], now: datetime) -> None:
    """Drops what was kept for long enough; a duty of workers, for `earlier_result` looks at its own key alone."""
    await session.execute(delete(table).where(table.created_at < now - KEPT))


@cache
def _claim(table: type[Any], *, is_sqlite: bool) -> ReturningInsert[Any]:
    """Puts a request's row in, also in place of one that is over, and returns its key where it did."""
    of = table.__table__
    insert = insert_for(of, is_sqlite=is_sqlite)
    return insert.on_conflict_do_update(
        index_elements=[of.c.who, of.c.mutation, of.c.key],
        set_={name: insert.excluded[name] for name in ("digest", "result", "created_at")},
        where=of.c.created_at < bindparam("over", type_=Timestamp),
    ).returning(of.c.key)


@cache
def _keep(table: type[Any]) -> Update:
    of = table.__table__
    scope = (
        of.c.who == bindparam("of_who"),
        of.c.mutation == bindparam("of_mutation"),
        of.c.key == bindparam("of_key"),
    )
    return update(of).where(*scope).values(result=bindparam("result", type_=JSON))


def _scope(table: type[Any], request: Request) -> tuple[Any, ...]:
    return (table.who == request.who, table.mutation == request.mutation, table.key == request.key)
