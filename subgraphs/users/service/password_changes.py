"""New passwords: by the old one, or by a mailed link."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.caller import Caller
from subgraphs.common.errors import Refused, Unauthenticated
from subgraphs.users import rules
from subgraphs.users.models import LetterKind, UserRow
from subgraphs.users.refusals import wrong_token
from subgraphs.users.resources import Resources
from subgraphs.users.service.access import account_at, open_account
from subgraphs.users.service.letters import (
    NOTICE_LASTS,
    RESET_LASTS,
    open_letter,
    void_letters,
    write_letter,
    written_lately,
)
from subgraphs.users.service.sessions import OpenedSession, end_sessions, open_session
from subgraphs.users.service.signing_in import forget_attempts, prove_own_password

_RESET = (LetterKind.PASSWORD_RESET,)


async def request_reset(resources: Resources, email: str, now: datetime) -> None:
    """Writes a letter with a link to the address, whoever owns it; it is sent only where somebody does.

    So the work is the same for a known address and an unknown one.
    """
    address = rules.address_key(email)
    if rules.address_problem(address):
        return
    async with resources.database.transaction() as session:
        if not await written_lately(session, LetterKind.PASSWORD_RESET, address, now):
            write_letter(
                session,
                resources.keyring,
                LetterKind.PASSWORD_RESET,
                address,
                now,
                expires_at=now + RESET_LASTS,
            )


async def reset_password(resources: Resources, token: str, password: str, now: datetime) -> OpenedSession:
    """Sets the password by a mailed link, ends every session, and opens a fresh one.

    Raises:
        Refused: the token is none, used or too old; or the password breaks a rule.
    """
    async with resources.database.transaction() as session:
        account = await _addressee(session, token, now)
    password_hash = await _hash(resources, account, password, "password")
    async with resources.database.transaction() as session:
        account = await _addressee(session, token, now)
        await forget_attempts(session, account.handle)
        return await _set(session, resources, account, password_hash, now)


async def change_password(
    resources: Resources, caller: Caller, current: str, password: str, now: datetime
) -> OpenedSession:
    """Sets the password by the present one, ends every session, and opens a fresh one in the caller's place.

    Raises:
        Refused: the present password is another, or the new one breaks a rule.
    """
    account = await prove_own_password(resources, caller, current, now, "currentPassword")
    password_hash = await _hash(resources, account, password, "newPassword")
    async with resources.database.transaction() as session:
        present = await open_account(session, account.id)
        if present is None or present.password_hash != account.password_hash:
            raise Unauthenticated
        return await _set(session, resources, present, password_hash, now)


async def _addressee(session: AsyncSession, token: str, now: datetime) -> UserRow:
    letter = await open_letter(session, token, _RESET, now)
    account = await account_at(session, letter.address)
    if account is None:
        raise Refused(wrong_token("token"))
    return account


async def _hash(resources: Resources, account: UserRow, password: str, field: str) -> str:
    known = (account.handle, account.email or "", account.display_name)
    problem = await resources.passwords.problem(password, *known)
    if wrong := rules.problems({field: problem}):
        raise Refused(*wrong)
    return await resources.passwords.hash(password)


async def _set(
    session: AsyncSession, resources: Resources, account: UserRow, password_hash: str, now: datetime
) -> OpenedSession:
    account.password_hash = password_hash
    await end_sessions(session, account.id, now)
    if account.email:
        await void_letters(session, LetterKind.PASSWORD_RESET, account.email, now)
        write_letter(
            session,
            resources.keyring,
            LetterKind.PASSWORD_CHANGED,
            account.email,
            now,
            expires_at=now + NOTICE_LASTS,
            user_id=account.id,
        )
    return await open_session(session, resources, account, now)
