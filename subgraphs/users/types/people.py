"""People, and what they keep and say about titles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry import federation as fed

from subgraphs.common.connections import CountedConnection, Page, PageInfo, page_of, page_size
from subgraphs.common.dataloader import loading
from subgraphs.common.directives import SIZED_BY_FIRST
from subgraphs.common.federation import key_of
from subgraphs.users.context import UsersInfo
from subgraphs.users.loaders import ReviewSlice
from subgraphs.users.models import AccountState, ClosingRow, ReviewRow, UserRow, WatchlistItemRow
from subgraphs.users.moments import moment_cursor
from subgraphs.users.refusals import BalanceOutstanding, RentalsOutstanding
from subgraphs.users.roles import READ_USERS, MembershipTier, Role
from subgraphs.users.service.closing import refusals_of
from subgraphs.users.service.watchlist import list_watchlist

strawberry.enum(Role)
strawberry.enum(MembershipTier)

FOR_STAFF_TOO = "For the person and for staff who may read users; null for all others."


@strawberry.type
class Membership:
    """How good a customer somebody is."""

    tier: MembershipTier
    since: datetime


ClosingRefusal = Annotated[RentalsOutstanding | BalanceOutstanding, strawberry.union("ClosingRefusal")]


@strawberry.type
class AccountClosing:
    """A request to close an account."""

    requested_at: datetime
    refusals: list[ClosingRefusal] | None

    @classmethod
    def of(cls, row: ClosingRow) -> AccountClosing:
        """The request of a row."""
        decided = row.decided_at is not None
        return cls(requested_at=row.requested_at, refusals=list(refusals_of(row)) if decided else None)


@fed.type(keys=["id", "handle"])
class User:
    """A person with an account."""

    row: strawberry.Private[UserRow]
    id: strawberry.ID
    handle: str
    display_name: str
    created_at: datetime
    version: int

    @classmethod
    def of(cls, row: UserRow) -> User:
        """The person of a row."""
        return cls(
            row=row,
            id=strawberry.ID(row.id),
            handle=row.handle,
            display_name=row.display_name,
            created_at=row.created_at,
            version=row.version,
        )

    @classmethod
    async def resolve_reference(cls, representation: Mapping[str, Any], info: UsersInfo) -> User | None:
        """The person of an id or a handle; a closed account is still somebody's renter or author."""
        key, value = key_of(representation, "id", "handle")
        loaders = info.context.loaders
        row = await (loaders.user if key == "id" else loaders.user_by_handle).load(value)
        return cls.of(row) if row and row.state != AccountState.PENDING else None

    @fed.field(authenticated=True, description=FOR_STAFF_TOO)
    def email(self, info: UsersInfo) -> str | None:
        """Where the person can be reached."""
        return self.row.email if self._is_open_to(info) else None

    @fed.field(authenticated=True, description=FOR_STAFF_TOO)
    def birth_date(self, info: UsersInfo) -> date | None:
        """What certifications are checked against."""
        return self.row.birth_date if self._is_open_to(info) else None

    @fed.field(authenticated=True, description=FOR_STAFF_TOO)
    @loading
    async def roles(self, info: UsersInfo) -> list[Role] | None:
        """What the person is to the shop, the least first."""
        return await info.context.loaders.roles.load(self.row.id) if self._is_open_to(info) else None

    @fed.field(authenticated=True, description=FOR_STAFF_TOO)
    @loading
    async def closing(self, info: UsersInfo) -> AccountClosing | None:
        """Whether the person has asked to leave."""
        row = await info.context.loaders.closing.load(self.row.id) if self._is_open_to(info) else None
        return row and AccountClosing.of(row)

    @strawberry.field
    def membership(self) -> Membership:
        """From the row."""
        return Membership(tier=MembershipTier(self.row.tier), since=self.row.tier_since)

    @fed.field(
        authenticated=True,
        directives=[SIZED_BY_FIRST],
        description="The person's own; null for all others.",
    )
    async def watchlist(
        self, info: UsersInfo, first: int = 20, after: str | None = None
    ) -> WatchlistConnection | None:
        """The newest first."""
        if info.context.caller.subject != self.row.id:
            return None
        async with info.context.database.read() as session:
            page = await list_watchlist(session, self.row.id, page_size(first), after)
        return WatchlistConnection.of(page, self.row.id)

    @fed.field(directives=[SIZED_BY_FIRST])
    @loading
    async def reviews(
        self, info: UsersInfo, first: int = 20, after: str | None = None
    ) -> CountedConnection[Review]:
        """The newest first."""
        loaders = info.context.loaders
        rows = await loaders.author_reviews.load(ReviewSlice(self.row.id, page_size(first) + 1, after))
        page = page_of(rows, first, _place, after=after)
        return page.counted(Review.of, partial(loaders.author_review_count.load, self.row.id))

    def _is_open_to(self, info: UsersInfo) -> bool:
        return info.context.caller.is_or_may(self.row.id, READ_USERS)


@strawberry.type
class RatingSummary:
    """What a title's reviews add up to."""

    average: float | None = strawberry.field(description="1.0 to 10.0; null while there is no review.")
    count: int
    histogram: list[int] = strawberry.field(description="How many gave 1, 2, ... 10.")

    @classmethod
    def of(cls, histogram: list[int]) -> RatingSummary:
        """The summary of how many gave each score."""
        count = sum(histogram)
        total = sum(score * given for score, given in enumerate(histogram, start=1))
        return cls(average=total / count if count else None, count=count, histogram=histogram)


@fed.interface_object(keys=["id"])
class Title:
    """A title of the catalogue, as far as people have to do with it."""

    id: strawberry.ID

    @classmethod
    def resolve_reference(cls, representation: Mapping[str, Any], _info: UsersInfo) -> Title:
        """The title of an id; the catalogue knows whether there is one."""
        return cls(id=strawberry.ID(key_of(representation, "id")[1]))

    @strawberry.field
    @loading
    async def rating(self, info: UsersInfo) -> RatingSummary | None:
        """All scores together."""
        return RatingSummary.of(list(await info.context.loaders.histogram.load(self.id)))

    @fed.field(directives=[SIZED_BY_FIRST])
    @loading
    async def reviews(
        self, info: UsersInfo, first: int = 10, after: str | None = None
    ) -> CountedConnection[Review] | None:
        """The newest first."""
        loaders = info.context.loaders
        rows = await loaders.title_reviews.load(ReviewSlice(self.id, page_size(first) + 1, after))
        return page_of(rows, first, _place, after=after).counted(Review.of, partial(self._count, info))

    @fed.field(description="Whether it is on the viewer's watchlist; null when signed out.")
    @loading
    async def on_watchlist(self, info: UsersInfo) -> bool | None:
        """From the viewer's watchlist."""
        if info.context.caller.subject is None:
            return None
        return await info.context.loaders.on_watchlist.load(self.id)

    async def _count(self, info: UsersInfo) -> int:
        # Every review gives one score, so the ratings have counted them.
        return sum(await info.context.loaders.histogram.load(self.id))


@fed.type(keys=["id"])
class Review:
    """What somebody thinks of a title."""

    row: strawberry.Private[ReviewRow]
    id: strawberry.ID
    score: int = strawberry.field(description="1 to 10.")
    headline: str | None
    body: str | None
    spoiler: bool
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, row: ReviewRow) -> Review:
        """The review of a row."""
        return cls(
            row=row,
            id=strawberry.ID(row.id),
            score=row.score,
            headline=row.headline,
            body=row.body,
            spoiler=row.spoiler,
            created_at=row.created_at,
            updated_at=row.updated_at,
            version=row.version,
        )

    @classmethod
    async def resolve_reference(cls, representation: Mapping[str, Any], info: UsersInfo) -> Review | None:
        """The review of an id; None where there is none."""
        row = await info.context.loaders.review.load(key_of(representation, "id")[1])
        return row and cls.of(row)

    @strawberry.field
    @loading
    async def author(self, info: UsersInfo) -> User:
        """A review cannot be without its author: the database sees to it."""
        row = await info.context.loaders.user.load(self.row.author_id)
        if row is None:
            raise LookupError("a review without its author")
        return User.of(row)

    @strawberry.field
    def title(self) -> Title | None:
        """What it is about."""
        return Title(id=strawberry.ID(self.row.title_id))


@strawberry.type
class WatchlistItem:
    """A title that somebody means to watch."""

    title_id: strawberry.Private[str]
    id: strawberry.ID
    note: str | None
    added_at: datetime

    @classmethod
    def of(cls, row: WatchlistItemRow) -> WatchlistItem:
        """The item of a row."""
        return cls(title_id=row.title_id, id=strawberry.ID(row.id), note=row.note, added_at=row.added_at)

    @strawberry.field
    def title(self) -> Title | None:
        """What is to be watched."""
        return Title(id=strawberry.ID(self.title_id))


@strawberry.type
class WatchlistEdge:
    """One item of a watchlist, and its place."""

    cursor: str
    node: WatchlistItem


@strawberry.type
class WatchlistConnection:
    """One page of a watchlist."""

    owner: strawberry.Private[str]
    edges: list[WatchlistEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[WatchlistItemRow], owner: str) -> WatchlistConnection:
        """The connection of a page of the owner's watchlist."""
        pairs = zip(page.cursors, page.rows, strict=True)
        edges = [WatchlistEdge(cursor=cursor, node=WatchlistItem.of(row)) for cursor, row in pairs]
        return cls(owner=owner, edges=edges, page_info=page.info)

    @strawberry.field
    @loading
    async def total_count(self, info: UsersInfo) -> int | None:
        """How many titles are on it."""
        return await info.context.loaders.watchlist_count.load(self.owner)


def _place(row: ReviewRow) -> str:
    return moment_cursor(row.created_at, row.id)
