"""What the counter learns from the others: films it may print and hold, members whose accounts it keeps.

A message may come twice, late or out of order: its id is noted in the transaction in which it takes effect, and
its version is compared with that of what is known.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import Database, insert_into
from subgraphs.common.messages import Message
from subgraphs.common.outbox import first_delivery
from subgraphs.listeners import FILMS, LISTENERS, MEMBERS
from subgraphs.rentals.domain import MembershipTier
from subgraphs.rentals.models import Inbox, MovieRow
from subgraphs.rentals.service.accounts import locked_account
from subgraphs.rentals.service.closing import answer_closing, close
from subgraphs.rentals.service.stocking import retire_copies

CLOSING = "user.closing"
CLOSED = "user.closed"


async def hear(database: Database, message: Message, now: datetime) -> None:
    """Takes a message of another subgraph into the counter's own tables."""
    async with database.transaction() as session:
        if not await first_delivery(session, Inbox, message, now):
            return
        if message.kind in LISTENERS[FILMS]:
            await _hear_of_movie(session, message, now)
        elif message.kind in LISTENERS[MEMBERS]:
            await _hear_of_user(session, message, now)


async def _hear_of_movie(session: AsyncSession, message: Message, now: datetime) -> None:
    payload = message.payload
    fresh = {
        "name": payload["name"],
        "certification": payload["certification"],
        "retired": payload["retired"],
        "version": payload["version"],
    }
    insert = insert_into(session, MovieRow).values(id=payload["id"], **fresh)
    written = await session.scalar(
        insert.on_conflict_do_update(
            index_elements=[MovieRow.id], set_=fresh, where=MovieRow.version < payload["version"]
        ).returning(MovieRow.id)
    )
    if written is not None and payload["retired"]:
        await retire_copies(session, payload["id"], now)


async def _hear_of_user(session: AsyncSession, message: Message, now: datetime) -> None:
    payload: Any = message.payload
    if message.kind == CLOSING:
        await answer_closing(session, payload["id"], payload["closingId"], now)
        return
    account = await locked_account(session, payload["id"])
    if account.closed_at is not None:
        return
    if message.kind == CLOSED:
        await close(session, account, now)
    elif payload["version"] > account.version:
        account.tier = MembershipTier(payload["tier"])
        account.version = payload["version"]
