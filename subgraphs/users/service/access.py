"""Who the caller is, and what they may do; the router has asked before, but a service relies on nobody."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.caller import Caller
from subgraphs.common.errors import Forbidden, Unauthenticated
from subgraphs.users.models import AccountState, ClosingRow, SessionRow, UserRow


def require_subject(caller: Caller) -> str:
    """The caller's user id.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    if caller.subject is None:
        raise Unauthenticated
    return caller.subject


def require_scope(caller: Caller, scope: str) -> None:
    """Lets a caller pass who holds the scope.

    Raises:
        Forbidden: this one does not.
    """
    if not caller.may(scope):
        raise Forbidden


async def own_account(session: AsyncSession, caller: Caller) -> UserRow:
    """The caller's account, locked until the transaction ends.

    An access token outlives its session by ten minutes at most, and can read as long; it changes nothing here.

    Raises:
        Unauthenticated: nobody is signed in, the session is over, or the account has been closed since.
    """
    account = await open_account(session, require_subject(caller))
    if account is None or await _is_over(session, caller):
        raise Unauthenticated
    return account


async def open_account(session: AsyncSession, user_id: str) -> UserRow | None:
    """An open account, locked until the transaction ends; None where there is none."""
    found = select(UserRow).where(UserRow.id == user_id, UserRow.state == AccountState.OPEN)
    return await session.scalar(found.with_for_update())


async def is_closing(session: AsyncSession, user_id: str) -> bool:
    """Whether the account's owner has asked to leave, and the counter has not answered yet."""
    waiting = select(ClosingRow.id).where(ClosingRow.user_id == user_id, ClosingRow.decided_at.is_(None))
    return await session.scalar(waiting) is not None


async def _is_over(session: AsyncSession, caller: Caller) -> bool:
    if caller.session is None:  # a token for a direct look belongs to no session
        return False
    ended = select(SessionRow.id).where(SessionRow.id == caller.session, SessionRow.ended_at.is_not(None))
    return await session.scalar(ended) is not None


async def account_at(session: AsyncSession, address: str) -> UserRow | None:
    """The open account that owns the address, locked until the transaction ends; None where there is none."""
    found = select(UserRow).where(UserRow.email == address, UserRow.state == AccountState.OPEN)
    return await session.scalar(found.with_for_update())
