"""Sessions: access tokens, and the refresh tokens that rotate under them."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.errors import Refused
from subgraphs.common.ids import new_id
from subgraphs.users.keyring import Keyring, digest
from subgraphs.users.models import AccountState, RefreshTokenRow, SessionRow, UserRoleRow, UserRow
from subgraphs.users.refusals import (
    InvalidCredentials,
    TokenExpired,
    closing_underway,
    token_expired,
    wrong_token,
)
from subgraphs.users.resources import Resources
from subgraphs.users.roles import Role, scopes_of, with_customer
from subgraphs.users.service.access import is_closing

ACCESS_LASTS = timedelta(minutes=10)
REFRESH_LASTS = timedelta(days=30)
GRACE = timedelta(seconds=10)
"""Two tabs of one browser may refresh at once; both get the same successor."""


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A signed-in account with its tokens; `expires_at` is the access token's end."""

    account: UserRow
    access_token: str
    expires_at: datetime
    refresh_token: str


async def open_session(
    session: AsyncSession, resources: Resources, account: UserRow, now: datetime
) -> OpenedSession:
    """Signs the account in.

    Raises:
        Refused: the account is being closed.
    """
    opened = SessionRow(
        id=new_id("ses"),
        user_id=account.id,
        created_at=now,
        expires_at=now + REFRESH_LASTS,
        ended_at=None,
    )
    session.add(opened)
    await session.flush()
    token = secrets.token_urlsafe(32)
    session.add(_refresh_token(token, opened.id, now))
    return await _opened(session, resources, account, opened.id, token, now)


async def refresh(resources: Resources, token: str, now: datetime) -> OpenedSession:
    """Trades a refresh token for its successor and a fresh access token.

    Within the grace a token that was traded gives the same successor again; after it, somebody else must have
    got hold of the token, and the whole session ends.

    Raises:
        Refused: the token is none of ours, its session is over, it was used too late, or the account is being closed.
    """
    async with resources.database.transaction() as session:
        outcome = await _trade(session, resources, token, now)
    if isinstance(outcome, OpenedSession):
        return outcome
    raise Refused(outcome)


async def sign_out(resources: Resources, token: str, now: datetime) -> None:
    """Ends the session of a refresh token."""
    async with resources.database.transaction() as session:
        family = select(RefreshTokenRow.session_id).where(RefreshTokenRow.digest == digest(token))
        await session.execute(
            update(SessionRow)
            .where(SessionRow.id.in_(family), SessionRow.ended_at.is_(None))
            .values(ended_at=now)
        )


async def end_sessions(session: AsyncSession, user_id: str, now: datetime) -> None:
    """Signs the account out everywhere."""
    going_on = update(SessionRow).where(SessionRow.user_id == user_id, SessionRow.ended_at.is_(None))
    await session.execute(going_on.values(ended_at=now))


async def roles_of(session: AsyncSession, user_id: str) -> list[Role]:
    """The roles of an account, the least first."""
    return with_customer(
        await session.scalars(select(UserRoleRow.role).where(UserRoleRow.user_id == user_id))
    )


async def _trade(
    session: AsyncSession, resources: Resources, token: str, now: datetime
) -> OpenedSession | InvalidCredentials | TokenExpired:
    # A refusal is returned, not raised: what it changes must be committed.
    presented = await session.get(RefreshTokenRow, digest(token), with_for_update=True)
    if presented is None:
        return wrong_token("refreshToken")
    family = await session.get_one(SessionRow, presented.session_id, with_for_update=True)
    account = await session.get_one(UserRow, family.user_id)
    if family.ended_at is not None or account.state != AccountState.OPEN:
        return wrong_token("refreshToken")
    if family.expires_at <= now:
        return token_expired("The session is over; sign in again.", "refreshToken")
    if presented.rotated_at is not None and now - presented.rotated_at > GRACE:
        family.ended_at = now
        return wrong_token("refreshToken")
    successor = _successor(session, resources.keyring, token, presented, now)
    family.expires_at = now + REFRESH_LASTS
    return await _opened(session, resources, account, family.id, successor, now)


def _successor(
    session: AsyncSession, keyring: Keyring, token: str, presented: RefreshTokenRow, now: datetime
) -> str:
    """The token that follows, derived from the one presented, a secret, and a salt that its row keeps.

    So it can be given again, though neither token is stored; and no one of the three is enough to find it.
    """
    if presented.salt is not None:
        return keyring.derive("refresh", token, presented.salt)
    salt = secrets.token_hex(16)
    presented.salt, presented.rotated_at = salt, now
    successor = keyring.derive("refresh", token, salt)
    session.add(_refresh_token(successor, presented.session_id, now))
    return successor


def _refresh_token(token: str, session_id: str, now: datetime) -> RefreshTokenRow:
    return RefreshTokenRow(
        digest=digest(token), session_id=session_id, issued_at=now, rotated_at=None, salt=None
    )


async def _opened(
    session: AsyncSession,
    resources: Resources,
    account: UserRow,
    session_id: str,
    refresh_token: str,
    now: datetime,
) -> OpenedSession:
    if await is_closing(session, account.id):
        raise Refused(closing_underway())
    expires_at = now + ACCESS_LASTS
    roles = await roles_of(session, account.id)
    claims = {
        "iss": resources.settings.issuer,
        "aud": resources.settings.audience,
        "jti": uuid4().hex,
        "iat": now,
        "exp": expires_at,
        "sub": account.id,
        "sid": session_id,
        "scope": " ".join(sorted(scopes_of(roles))),
        "tier": account.tier,
        "birthdate": account.birth_date.isoformat() if account.birth_date else None,
        "roles": [str(role) for role in roles],
    }
    access_token = resources.keyring.sign({name: value for name, value in claims.items() if value})
    return OpenedSession(account, access_token, expires_at, refresh_token)
