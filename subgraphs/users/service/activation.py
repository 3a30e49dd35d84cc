"""Opening an account, or a new address, by the link that was mailed."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.errors import Refused, invalid_input
from subgraphs.common.outbox import record
from subgraphs.users.events import USER_OPENED, user_event
from subgraphs.users.models import (
    AccountState,
    HeldHandleRow,
    LetterKind,
    LetterRow,
    Outbox,
    RegistrationRow,
    RegistrationState,
    UserRow,
)
from subgraphs.users.refusals import wrong_token
from subgraphs.users.resources import Resources
from subgraphs.users.service.directory import enter_words
from subgraphs.users.service.letters import NOTICE_LASTS, open_letter, write_letter
from subgraphs.users.service.sessions import OpenedSession, open_session

_OPENED_BY_LINK = (LetterKind.ACTIVATION, LetterKind.ADDRESS_CONFIRMATION)
_LIVE = (RegistrationState.ACCEPTED, RegistrationState.AWAITING_ACTIVATION)


async def activate(resources: Resources, token: str, now: datetime) -> OpenedSession:
    """Follows a mailed link: opens the account, or makes the new address hold, and signs its owner in.

    Raises:
        Refused: the token is none, used or too old, or the address has come to belong to another account.
    """
    try:
        async with resources.database.transaction() as session:
            letter = await open_letter(session, token, _OPENED_BY_LINK, now)
            account = await _addressee(session, letter)
            if letter.kind == LetterKind.ACTIVATION:
                await _open(session, account, now)
            else:
                await _move(session, resources, account, letter, now)
            letter.used_at = now
            await session.flush()
            return await open_session(session, resources, account, now)
    except IntegrityError as error:  # the database lets one open account own an address
        raise Refused(
            invalid_input("This address has an account already; sign in with that one.", "token")
        ) from error


async def expire_registrations(session: AsyncSession, now: datetime) -> int:
    """Ends registrations whose time is over: handles are free again, and what they said is erased."""
    over = select(RegistrationRow).where(RegistrationRow.state.in_(_LIVE), RegistrationRow.expires_at <= now)
    expired = (await session.scalars(over.with_for_update(skip_locked=True))).all()
    for registration in expired:
        _erase(registration, RegistrationState.EXPIRED)
    pending = [row.user_id for row in expired if row.user_id]
    handles = [row.handle for row in expired]
    await session.flush()
    await session.execute(delete(UserRow).where(UserRow.id.in_(pending)))
    await session.execute(delete(HeldHandleRow).where(HeldHandleRow.handle.in_(handles)))
    return len(expired)


async def _addressee(session: AsyncSession, letter: LetterRow) -> UserRow:
    wanted = AccountState.PENDING if letter.kind == LetterKind.ACTIVATION else AccountState.OPEN
    found = select(UserRow).where(UserRow.id == letter.user_id, UserRow.state == wanted)
    account = await session.scalar(found.with_for_update())
    if account is None:
        raise Refused(wrong_token("token"))
    return account


async def _open(session: AsyncSession, account: UserRow, now: datetime) -> None:
    account.state = AccountState.OPEN
    await session.flush()
    record(session, Outbox, user_event(USER_OPENED, account, now))
    await session.execute(
        update(RegistrationRow)
        .where(RegistrationRow.user_id == account.id)
        .values(state=RegistrationState.ACTIVE, email=None)
    )


async def _move(
    session: AsyncSession, resources: Resources, account: UserRow, letter: LetterRow, now: datetime
) -> None:
    if account.email:
        write_letter(
            session,
            resources.keyring,
            LetterKind.ADDRESS_CHANGED,
            account.email,
            now,
            expires_at=now + NOTICE_LASTS,
            user_id=account.id,
        )
    account.email = letter.address
    account.version += 1
    await enter_words(session, account)


def _erase(registration: RegistrationRow, state: RegistrationState) -> None:
    registration.state = state
    registration.display_name = registration.email = None
    registration.password_hash = registration.birth_date = None
