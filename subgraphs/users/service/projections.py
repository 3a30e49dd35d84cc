"""What this subgraph keeps of others' things: titles for watchlists and reviews, what members have and owe."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import insert_into
from subgraphs.common.messages import Message
from subgraphs.common.outbox import first_delivery
from subgraphs.users.models import AccountState, BalanceRow, Inbox, LoanRow, TitleRow, UserRow
from subgraphs.users.resources import Resources


async def take_in_title(resources: Resources, message: Message, now: datetime) -> None:
    """Keeps what the catalogue tells of a title; older news than what is known changes nothing."""
    told = message.payload
    values = {
        "id": told["id"],
        "name": told["name"],
        "retired": told["retired"],
        "version": told["version"],
    }
    await _keep(resources, message, TitleRow, values, now)


async def take_in_loan(resources: Resources, message: Message, now: datetime) -> None:
    """Keeps whether a member still has a film; news that is older, or of somebody who has left, changes nothing."""
    told = message.payload
    values = {
        "rental_id": told["id"],
        "user_id": told["renterId"],
        "open": told["open"],
        "version": told["version"],
    }
    await _keep(resources, message, LoanRow, values, now)


async def take_in_balance(resources: Resources, message: Message, now: datetime) -> None:
    """Keeps what a member owes; news that is older, or of somebody who has left, changes nothing."""
    told = message.payload
    values = {"user_id": told["userId"], "amount": told["balanceMinor"], "version": told["entries"]}
    await _keep(resources, message, BalanceRow, values, now)


async def _keep(
    resources: Resources, message: Message, table: type[Any], values: Mapping[str, Any], now: datetime
) -> None:
    key = table.__table__.primary_key.columns
    async with resources.database.transaction() as session:
        if not await first_delivery(session, Inbox, message, now):
            return
        if "user_id" in values and await _has_left(session, values["user_id"]):
            return
        keep = insert_into(session, table).values(dict(values))
        await session.execute(
            keep.on_conflict_do_update(
                index_elements=list(key),
                set_={name: value for name, value in values.items() if name not in key},
                where=table.version < values["version"],
            )
        )


async def _has_left(session: AsyncSession, user_id: str) -> bool:
    """Whether the account is closed; one that is not stays open until the transaction ends."""
    state = select(UserRow.state).where(UserRow.id == user_id).with_for_update(read=True)
    return await session.scalar(state) == AccountState.CLOSED
