"""The directory: by which words staff find people."""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.users.models import UserRow, UserWordRow
from subgraphs.users.rules import plain

MOST_WORDS = 6
"""Words of a search that count; more would only narrow what is empty already."""
LONGEST_WORD = 254
_LAST = "\U0010ffff"
"""Sorts behind every other character, byte by byte."""


async def enter_words(session: AsyncSession, account: UserRow) -> None:
    """Lists the account under the words of its handle, name and address, and no others."""
    await leave_words(session, account.id)
    words = words_of(account.handle, account.display_name, account.email or "")
    await session.execute(insert(UserWordRow), [{"user_id": account.id, "word": word} for word in words])


async def leave_words(session: AsyncSession, user_id: str) -> None:
    """Takes the account out of the directory."""
    await session.execute(delete(UserWordRow).where(UserWordRow.user_id == user_id))


def words_of(handle: str, display_name: str, email: str) -> Sequence[str]:
    """By what somebody is found: each word of handle, name and address, and handle and address as a whole."""
    texts = (handle, display_name, email)
    parts = (part for text in texts for part in re.split(r"[\s@._+-]+", _small(text)))
    return sorted({word[:LONGEST_WORD] for word in (*_split(texts), *parts) if word})


def found_by(search: str) -> list[ColumnElement[bool]]:
    """That each word of the search begins a word of the account."""
    wanted = list(_split([search]))[:MOST_WORDS]
    return [UserRow.id.in_(_listed_under(word[:LONGEST_WORD])) for word in wanted]


def _listed_under(beginning: str):  # noqa: ANN202 - SQLAlchemy's type says no more than `select` does
    begins = (UserWordRow.word >= beginning, UserWordRow.word < beginning + _LAST)
    return select(UserWordRow.user_id).where(*begins)


def _split(texts: Iterable[str]) -> Iterable[str]:
    return (word for text in texts for word in _small(text).split())


def _small(text: str) -> str:
    return plain(text).casefold()
