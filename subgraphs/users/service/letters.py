"""Letters: written in the transaction that causes them, and opened by the tokens in their links."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.errors import Refused
from subgraphs.common.ids import new_id
from subgraphs.users.keyring import Keyring, digest
from subgraphs.users.models import LetterKind, LetterRow
from subgraphs.users.refusals import token_expired, wrong_token

RESET_LASTS = timedelta(hours=1)
CONFIRMATION_LASTS = timedelta(hours=24)
NOTICE_LASTS = timedelta(days=3)
AT_MOST_EVERY = timedelta(minutes=1)


def letter_token(keyring: Keyring, letter_id: str) -> str:
    """The token in a letter's link. It is derived, so that nothing that opens an account is stored."""
    return keyring.derive("letter", letter_id)


def write_letter(
    session: AsyncSession,
    keyring: Keyring,
    kind: LetterKind,
    address: str,
    now: datetime,
    *,
    expires_at: datetime,
    user_id: str | None = None,
) -> None:
    """Puts a letter into the transaction at hand; the worker sends it."""
    letter_id = new_id("let")
    letter = LetterRow(
        id=letter_id,
        kind=kind,
        address=address,
        user_id=user_id,
        token_digest=digest(letter_token(keyring, letter_id)),
        created_at=now,
        expires_at=expires_at,
        due_at=now,
        attempts=0,
        sent_at=None,
        used_at=None,
    )
    session.add(letter)


async def written_lately(session: AsyncSession, kind: LetterKind, address: str, now: datetime) -> bool:
    """Whether a letter of this kind went to the address within the last minute: nobody's mailbox is to be filled."""
    lately = _to(address, kind) & (LetterRow.created_at > now - AT_MOST_EVERY)
    return bool(await session.scalar(select(exists().where(lately))))


async def open_letter(
    session: AsyncSession, token: str, kinds: tuple[LetterKind, ...], now: datetime
) -> LetterRow:
    """The letter of a token, locked until the transaction ends.

    Raises:
        Refused: there is none, it has been used, or its time is over.
    """
    found = select(LetterRow).where(LetterRow.token_digest == digest(token), LetterRow.kind.in_(kinds))
    letter = await session.scalar(found.with_for_update())
    if letter is None or letter.used_at is not None:
        raise Refused(wrong_token("token"))
    if letter.expires_at <= now:
        raise Refused(token_expired("This link is too old; ask for a new one.", "token"))
    return letter


async def void_letters(session: AsyncSession, kind: LetterKind, address: str, now: datetime) -> None:
    """Takes the links of all letters of this kind to the address out of use."""
    unused = update(LetterRow).where(_to(address, kind), LetterRow.used_at.is_(None))
    await session.execute(unused.values(used_at=now))


def _to(address: str, kind: LetterKind) -> ColumnElement[bool]:
    return (LetterRow.address == address) & (LetterRow.kind == kind)
