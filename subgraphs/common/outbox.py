"""Outbox and inbox: what a transaction has to tell, and what a consumer has already heard.

A change and the message about it are written in one transaction, so neither is there without the other. The
relay carries messages to the broker in the order in which they were written; a consumer notes each message's
id in the transaction in which it acts on it, so a message delivered twice takes effect once.
"""

import asyncio
from datetime import datetime
from functools import cache
from typing import Any

import structlog
from sqlalchemy import JSON, BigInteger, Index, Integer, Select, String, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from subgraphs.common.clock import Clock, utc_now
from subgraphs.common.database import Database, Timestamp, insert_into
from subgraphs.common.messages import Broker, Message
from subgraphs.common.pausing import happens_within

_log = structlog.get_logger(__name__)

BATCH = 200
IDLE_SECONDS = 0.1


class OutboxRow:
    """A message that waits for the relay (`published_at` is null) or has been carried away.

    Declare it as `class Outbox(OutboxRow, Base)`.
    """

    __tablename__ = "outbox"

    sequence: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    # As the sentinel it tells rows of one INSERT apart, so that all that a transaction tells goes in one statement.
    id: Mapped[str] = mapped_column(String(40), unique=True, insert_sentinel=True)
    kind: Mapped[str] = mapped_column(String(80))
    aggregate: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    occurred_at: Mapped[datetime] = mapped_column(Timestamp)
    published_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When the broker had it."""

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Index]:
        """The relay looks only at what waits."""
        waiting = text("published_at IS NULL")
        return (Index("ix_outbox_waiting", "sequence", postgresql_where=waiting, sqlite_where=waiting),)

    def message(self) -> Message:
        """The row as it goes to the broker."""
        return Message(self.id, self.kind, self.aggregate, self.payload, self.occurred_at)


class InboxRow:
    """The id of a message that has taken effect. Declare it as `class Inbox(InboxRow, Base)`."""

    __tablename__ = "inbox"

    message_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(Timestamp)


def record(session: AsyncSession, outbox: type[Any], message: Message) -> None:
    """Puts a message into the outbox of the transaction at hand."""
    session.add(
        outbox(
            id=message.id,
            kind=message.kind,
            aggregate=message.aggregate,
            payload=dict(message.payload),
            occurred_at=message.occurred_at,
        )
    )


async def first_delivery(session: AsyncSession, inbox: type[Any], message: Message, now: datetime) -> bool:
    """Notes the message in the transaction at hand; False when it has taken effect before."""
    row = {"message_id": message.id, "received_at": now}
    note = insert_into(session, inbox).values(row).on_conflict_do_nothing()
    noted = await session.execute(note.returning(inbox.message_id))
    return noted.first() is not None


async def relay(
    database: Database, outbox: type[Any], broker: Broker, stop: asyncio.Event, clock: Clock = utc_now
) -> None:
    """Carries waiting messages to the broker, oldest first, until `stop` is set.

    A broker that is away is asked again; nothing is marked as published before the broker has it.
    """
    while not stop.is_set():
        try:
            carried = await relay_once(database, outbox, broker, clock)
        except Exception as error:  # noqa: BLE001 - an outage of broker or database must not end the relay
            _log.warning("relay will try again", exc_info=error)
            carried = 0
        if carried < BATCH:
            await happens_within(stop, IDLE_SECONDS)


async def relay_once(database: Database, outbox: type[Any], broker: Broker, clock: Clock = utc_now) -> int:
    """Carries one batch to the broker and gives its size."""
    rows = [row for (row,) in await database.rows(_waiting(outbox))]
    if not rows:
        return 0
    await broker.publish([row.message() for row in rows])
    async with database.transaction() as session:
        # By their ids: a number may have been given again to a message that the broker has not seen.
        published = update(outbox).where(outbox.id.in_([row.id for row in rows]))
        await session.execute(published.values(published_at=clock()))
    return len(rows)


@cache
def _waiting(outbox: type[Any]) -> Select[Any]:
    """The oldest messages that the broker has not yet; looked for so often that this is made once."""
    return select(outbox).where(outbox.published_at.is_(None)).order_by(outbox.sequence).limit(BATCH)
