"""The duty that sends waiting letters."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.users.mail.posts import Post
from subgraphs.users.mail.wording import Addressee, Letter, word
from subgraphs.users.models import AccountState, LetterKind, LetterRow, UserRow
from subgraphs.users.resources import Resources
from subgraphs.users.service.access import account_at
from subgraphs.users.service.letters import letter_token

_log = structlog.get_logger(__name__)

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=2)


async def send_next(resources: Resources, post: Post, now: datetime) -> bool:
    """Sends one letter that is due; False when none is.

    Whoever takes a letter has it for a minute, then another may try: a sender that dies loses none, and a
    letter whose sending nobody could note goes out again under the same Message-ID.
    """
    async with resources.database.transaction() as session:
        taken = await _take(session, now)
        addressee = await _addressee(session, taken) if taken else None
    if taken is None:
        return False
    if addressee is not None and not await _sent(resources, post, taken, addressee):
        return True
    async with resources.database.transaction() as session:
        await session.execute(update(LetterRow).where(LetterRow.id == taken.id).values(sent_at=now))
    return True


async def _take(session: AsyncSession, now: datetime) -> LetterRow | None:
    due = select(LetterRow).where(LetterRow.sent_at.is_(None), LetterRow.due_at <= now)
    due = due.order_by(LetterRow.due_at, LetterRow.id).limit(1)
    letter = await session.scalar(due.with_for_update(skip_locked=True))
    if letter is not None:
        letter.due_at = now + min(FIRST_RETRY * 2 ** min(letter.attempts, 10), LONGEST_RETRY)
        letter.attempts += 1
    return letter


async def _addressee(session: AsyncSession, letter: LetterRow) -> Addressee | None:
    """Nobody, where the account is gone or no account owns the address: such a letter is not sent."""
    if letter.user_id is None:
        account = await account_at(session, letter.address)
    else:
        account = await session.get(UserRow, letter.user_id)
    if account is None or account.state == AccountState.CLOSED:
        return None
    return Addressee(letter.address, account.display_name, account.handle)


async def _sent(resources: Resources, post: Post, row: LetterRow, addressee: Addressee) -> bool:
    letter = Letter(
        id=row.id,
        kind=LetterKind(row.kind),
        addressee=addressee,
        token=letter_token(resources.keyring, row.id),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
    try:
        await post.send(word(letter, resources.settings))
    except Exception as error:  # noqa: BLE001 - whatever keeps this letter back, the others must go out
        _log.warning("letter will be sent again", letter=row.id, again_at=row.due_at, exc_info=error)
        return False
    return True
