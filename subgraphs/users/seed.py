"""The demo world's people, put into an empty store."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from subgraphs.common.demo import (
    DemoMember,
    DemoReview,
    DemoWatchlistItem,
    collections,
    films,
    members,
    rentals,
    reviews,
    watchlists,
)
from subgraphs.users.models import (
    SCORES,
    AccountState,
    HeldHandleRow,
    LoanRow,
    RatingRow,
    ReviewRow,
    TitleRow,
    UserRoleRow,
    UserRow,
    UserWordRow,
    WatchlistItemRow,
)
from subgraphs.users.passwords import Passwords
from subgraphs.users.resources import Resources
from subgraphs.users.roles import Role
from subgraphs.users.service.directory import words_of

Rows = list[dict[str, Any]]


async def seed(resources: Resources, now: datetime) -> None:
    """Fills the store with the demo world's accounts, and what they have to do with titles, unless it holds any."""
    async with resources.database.read() as session:
        if await session.scalar(select(func.count()).select_from(UserRow)):
            return
    people, opinions = members(now), reviews(now)
    hashes = await _hashes(resources.passwords, people)
    tables: dict[type[Any], Rows] = {
        HeldHandleRow: [{"handle": member.handle} for member in people],
        UserRow: [_user(member, hashes.get(member.id)) for member in people],
        UserWordRow: [_word(member, word) for member in people for word in _words(member)],
        UserRoleRow: [_role(member, role) for member in people for role in _granted(member)],
        TitleRow: _titles(),
        ReviewRow: [_review(opinion) for opinion in opinions],
        RatingRow: _ratings(opinions),
        WatchlistItemRow: [_watchlist_item(item) for item in watchlists(now)],
        LoanRow: _loans(now),
    }
    async with resources.database.transaction() as session:
        for table, rows in tables.items():
            await session.execute(insert(table), rows)


async def _hashes(passwords: Passwords, people: Sequence[DemoMember]) -> dict[str, str]:
    opened = {member.id: member.password for member in people if member.password}
    hashes = await asyncio.gather(*(passwords.hash(password) for password in opened.values()))
    return dict(zip(opened, hashes, strict=True))


def _user(member: DemoMember, password_hash: str | None) -> dict[str, Any]:
    return {
        "id": member.id,
        "handle": member.handle,
        "display_name": member.display_name,
        "email": member.email,
        "password_hash": password_hash,
        "birth_date": member.birth_date,
        "tier": member.tier,
        "tier_since": member.member_since,
        "state": AccountState.OPEN,
        "created_at": member.member_since,
        "version": 1,
    }


def _words(member: DemoMember) -> Sequence[str]:
    return words_of(member.handle, member.display_name, member.email)


def _word(member: DemoMember, word: str) -> dict[str, Any]:
    return {"user_id": member.id, "word": word}


def _granted(member: DemoMember) -> list[str]:
    return [role for role in member.roles if role != Role.CUSTOMER]


def _role(member: DemoMember, role: str) -> dict[str, Any]:
    return {"user_id": member.id, "role": role}


def _titles() -> Rows:
    titles = [*films(), *collections()]
    return [{"id": title.id, "name": title.name, "retired": False, "version": 1} for title in titles]


def _review(opinion: DemoReview) -> dict[str, Any]:
    return {
        "id": opinion.id,
        "author_id": opinion.author.id,
        "title_id": opinion.title.id,
        "score": opinion.score,
        "headline": opinion.headline,
        "body": opinion.body,
        "spoiler": opinion.spoiler,
        "created_at": opinion.created_at,
        "updated_at": opinion.created_at,
        "version": 1,
    }


def _ratings(opinions: Sequence[DemoReview]) -> Rows:
    given = Counter((opinion.title.id, opinion.score) for opinion in opinions)
    return [
        {"title_id": title}
        | {column.key: given[title, score] for score, column in enumerate(SCORES, start=1)}
        for title in {title for title, _ in given}
    ]


def _watchlist_item(item: DemoWatchlistItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "user_id": item.member.id,
        "title_id": item.title.id,
        "note": item.note,
        "added_at": item.added_at,
    }


def _loans(now: datetime) -> Rows:
    return [
        {"rental_id": rental.id, "user_id": rental.member.id, "open": True, "version": 1}
        for rental in rentals(now)
        if rental.returned_at is None
    ]
