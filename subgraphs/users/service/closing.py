"""How people leave: they ask, the counter is asked, and what it says decides.

Only the counter knows whether something is out or owed at this very moment. So the account counts as closing until its
answer is here: it is closed and its owner forgotten, or it stays open, and they see why.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.caller import Caller
from subgraphs.common.errors import Refused, Unauthenticated
from subgraphs.common.ids import new_id
from subgraphs.common.messages import Message
from subgraphs.common.outbox import first_delivery, record
from subgraphs.users.events import CLOSING_CONFIRMED, USER_CLOSED, user_closing, user_event
from subgraphs.users.models import BalanceRow, ClosingRow, Inbox, LoanRow, Outbox, UserRow
from subgraphs.users.refusals import (
    BalanceOutstanding,
    RentalsOutstanding,
    balance_outstanding,
    rentals_outstanding,
)
from subgraphs.users.resources import Resources
from subgraphs.users.service.access import open_account
from subgraphs.users.service.erasing import erase
from subgraphs.users.service.signing_in import prove_own_password

LOOKS = 30
LOOK_EVERY_S = 0.1
"""Whoever asks waits for the counter a moment, for it mostly answers in one."""


async def close_account(
    resources: Resources, caller: Caller, password: str, now: datetime
) -> ClosingRow | None:
    """Asks for the caller's account to be closed; None once it is, else the request that waits for the counter.

    Asking again while that waits asks nothing new.

    Raises:
        Refused: the password is another, something is still on loan, or something is owed.
        Unauthenticated: nobody is signed in.
    """
    proved = await prove_own_password(resources, caller, password, now, "password")
    async with resources.database.transaction() as session:
        account = await open_account(session, proved.id)
        if account is None:
            raise Unauthenticated
        closing = await _request(session, account.id, now)
    return await _outcome(resources, closing)


async def decide(resources: Resources, message: Message, now: datetime) -> None:
    """Takes in what the counter says: closes the account, or lets it stay open with the reason.

    A refusal counts for the request that it names alone. A confirmation always counts, for the counter lends nothing
    to the account from then on.
    """
    told = message.payload
    async with resources.database.transaction() as session:
        if not await first_delivery(session, Inbox, message, now):
            return
        account = await open_account(session, told["userId"])
        if account is None:
            return
        if message.kind == CLOSING_CONFIRMED:
            await _close(session, account, now)
        else:
            await _let_stay(session, account, told, now)


def refusals_of(closing: ClosingRow) -> Sequence[RentalsOutstanding | BalanceOutstanding]:
    """Why the counter did not agree."""
    return _refusals(closing.open_rentals, closing.owed)


async def _request(session: AsyncSession, user_id: str, now: datetime) -> ClosingRow:
    """The request that waits, else a new one in the place of an earlier one. Call it under the account's lock."""
    closing = await session.get(ClosingRow, user_id)
    if closing is not None and closing.decided_at is None:
        return closing
    if known := await _known_refusals(session, user_id):
        raise Refused(*known)
    fresh = ClosingRow(
        user_id=user_id, id=new_id("clo"), requested_at=now, decided_at=None, open_rentals=0, owed=0
    )
    record(session, Outbox, user_closing(fresh, now))
    return await session.merge(fresh)


async def _known_refusals(
    session: AsyncSession, user_id: str
) -> Sequence[RentalsOutstanding | BalanceOutstanding]:
    """What was heard from the counter before, so that it need not be asked."""
    loans = select(func.count()).select_from(LoanRow).where(LoanRow.user_id == user_id, LoanRow.open)
    owed = select(BalanceRow.amount).where(BalanceRow.user_id == user_id)
    return _refusals(await session.scalar(loans) or 0, await session.scalar(owed) or 0)


def _refusals(open_rentals: int, owed: int) -> Sequence[RentalsOutstanding | BalanceOutstanding]:
    return [
        *([rentals_outstanding(open_rentals)] if open_rentals else ()),
        *([balance_outstanding(owed)] if owed > 0 else ()),
    ]


async def _outcome(resources: Resources, closing: ClosingRow) -> ClosingRow | None:
    """The request as it stands once the counter has answered, or after a while; None once the account is closed."""
    for _ in range(LOOKS):
        await resources.pause(LOOK_EVERY_S)
        async with resources.database.read() as session:
            present = await session.get(ClosingRow, closing.user_id)
        if present is None:
            return None
        if present.decided_at is not None:
            raise Refused(*refusals_of(present))
    return closing


async def _close(session: AsyncSession, account: UserRow, now: datetime) -> None:
    await erase(session, account, now)
    record(session, Outbox, user_event(USER_CLOSED, account, now))


async def _let_stay(session: AsyncSession, account: UserRow, told: Mapping[str, Any], now: datetime) -> None:
    closing = await session.get(ClosingRow, account.id)
    if closing is not None and closing.id == told["closingId"] and closing.decided_at is None:
        closing.decided_at = now
        closing.open_rentals, closing.owed = told["openRentals"], told["balanceMinor"]
