"""Forgetting who somebody was, once their account is closed."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.ids import new_id
from subgraphs.users import rules
from subgraphs.users.models import (
    AccountState,
    BalanceRow,
    ClosingRow,
    HeldHandleRow,
    LetterRow,
    LoanRow,
    RegistrationRow,
    ReviewRow,
    SessionRow,
    UserRoleRow,
    UserRow,
    UserWordRow,
    WatchlistItemRow,
)
from subgraphs.users.roles import MembershipTier
from subgraphs.users.service.signing_in import forget_attempts

FORMER_NAME = "Former member"
_OWNED = (
    WatchlistItemRow,
    UserRoleRow,
    UserWordRow,
    SessionRow,
    LoanRow,
    BalanceRow,
    ClosingRow,
    RegistrationRow,
)


async def erase(session: AsyncSession, account: UserRow, now: datetime) -> None:
    """Closes an account and erases what identifies its owner; their scores stay, without a word of theirs."""
    await _erase_belongings(session, account)
    await _erase_person(session, account, now)


async def _erase_belongings(session: AsyncSession, account: UserRow) -> None:
    for table in _OWNED:
        await session.execute(delete(table).where(table.user_id == account.id))
    await session.execute(
        delete(LetterRow).where((LetterRow.user_id == account.id) | (LetterRow.address == account.email))
    )
    await session.execute(delete(HeldHandleRow).where(HeldHandleRow.handle == account.handle))
    silenced = update(ReviewRow).where(ReviewRow.author_id == account.id)
    await session.execute(silenced.values(headline=None, body=None))
    await forget_attempts(session, account.handle)


async def _erase_person(session: AsyncSession, account: UserRow, now: datetime) -> None:
    account.handle = rules.FORMER + new_id("usr").removeprefix("usr_")
    account.display_name = FORMER_NAME
    account.email = account.password_hash = account.birth_date = None
    account.tier, account.tier_since = MembershipTier.STANDARD, now
    account.state = AccountState.CLOSED
    account.version += 1
    await session.flush()
