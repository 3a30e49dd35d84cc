"""What staff do with other people's accounts."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.caller import Caller
from subgraphs.common.connections import Page, decode_cursor, encode_cursor, page_of
from subgraphs.common.database import insert_into
from subgraphs.common.errors import Refused, invalid_input, not_found
from subgraphs.common.outbox import record
from subgraphs.users.events import USER_CHANGED, user_event
from subgraphs.users.models import AccountState, Outbox, UserRoleRow, UserRow
from subgraphs.users.resources import Resources
from subgraphs.users.roles import ADMINISTER_USERS, READ_USERS, MembershipTier, Role
from subgraphs.users.service.access import open_account, require_scope
from subgraphs.users.service.directory import found_by


async def list_users(
    session: AsyncSession, caller: Caller, search: str, first: int, after: str | None
) -> Page[UserRow]:
    """Open accounts by handle, those with a word in handle, name or address for each of the search.

    Raises:
        Forbidden: the caller may not read users.
    """
    require_scope(caller, READ_USERS)
    listed = select(UserRow).where(_open(search)).order_by(UserRow.handle).limit(first + 1)
    if after is not None:
        listed = listed.where(UserRow.handle > str(decode_cursor(after, 1)[0]))
    rows = (await session.scalars(listed)).all()
    return page_of(rows, first, lambda row: encode_cursor(row.handle), after=after)


async def count_users(session: AsyncSession, search: str) -> int:
    """How many `list_users` lists on all pages together."""
    counted = select(func.count()).select_from(UserRow).where(_open(search))
    return (await session.execute(counted)).scalar_one()


async def grant_role(
    resources: Resources, caller: Caller, user_id: str, role: Role, now: datetime
) -> UserRow:
    """Gives somebody a role; it counts from their next access token on.

    Raises:
        Refused: there is no such account.
        Forbidden: the caller may not administer users.
    """
    async with resources.database.transaction() as session:
        account = await _account(session, caller, user_id)
        if role is not Role.CUSTOMER:
            grant = insert_into(session, UserRoleRow).values(user_id=user_id, role=role)
            await session.execute(grant.on_conflict_do_nothing())
        _changed(session, account, now)
    return account


async def revoke_role(
    resources: Resources, caller: Caller, user_id: str, role: Role, now: datetime
) -> UserRow:
    """Takes a role from somebody; it counts from their next access token on.

    Raises:
        Refused: there is no such account; everybody is a customer; or nobody else is an administrator.
        Forbidden: the caller may not administer users.
    """
    async with resources.database.transaction() as session:
        account = await _account(session, caller, user_id)
        if role is Role.CUSTOMER:
            raise Refused(invalid_input("Everybody is a customer; close the account to end that.", "role"))
        if role is Role.ADMIN and not await _another_admin(session, user_id):
            raise Refused(invalid_input("The last administrator stays one; appoint another first.", "role"))
        taken = delete(UserRoleRow).where(UserRoleRow.user_id == user_id, UserRoleRow.role == role)
        await session.execute(taken)
        _changed(session, account, now)
    return account


async def change_membership(
    resources: Resources, caller: Caller, user_id: str, tier: MembershipTier, now: datetime
) -> UserRow:
    """Moves somebody to a tier; the same tier again changes nothing.

    Raises:
        Refused: there is no such account.
        Forbidden: the caller may not administer users.
    """
    async with resources.database.transaction() as session:
        account = await _account(session, caller, user_id)
        if account.tier != tier:
            account.tier, account.tier_since = tier, now
            _changed(session, account, now)
    return account


def _open(search: str) -> ColumnElement[bool]:
    return and_(UserRow.state == AccountState.OPEN, *found_by(search))


async def _account(session: AsyncSession, caller: Caller, user_id: str) -> UserRow:
    require_scope(caller, ADMINISTER_USERS)
    account = await open_account(session, user_id)
    if account is None:
        raise Refused(not_found("user", "userId"))
    return account


async def _another_admin(session: AsyncSession, user_id: str) -> bool:
    # Locking all of them keeps two administrators from dismissing each other at once.
    admins = select(UserRoleRow.user_id).where(UserRoleRow.role == Role.ADMIN).with_for_update()
    return any(admin != user_id for admin in await session.scalars(admins))


def _changed(session: AsyncSession, account: UserRow, now: datetime) -> None:
    account.version += 1
    record(session, Outbox, user_event(USER_CHANGED, account, now))
