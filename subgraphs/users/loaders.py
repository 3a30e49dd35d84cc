"""One statement a batch: what fields of many people, titles and reviews need, fetched together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial

from sqlalchemy import Integer, String, bindparam, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from subgraphs.common.database import Database, Timestamp
from subgraphs.common.dataloader import DataLoader
from subgraphs.common.loading import KEYS, BatchLoaders, Rows, Slice, Statement, found_by, listed
from subgraphs.common.prepared import Values
from subgraphs.users.models import (
    SCORES,
    ClosingRow,
    RatingRow,
    ReviewRow,
    UserRoleRow,
    UserRow,
    WatchlistItemRow,
)
from subgraphs.users.moments import moment_place
from subgraphs.users.roles import Role, with_customer

UNRATED = (0,) * len(SCORES)


def _counted(owner: InstrumentedAttribute[str]) -> Statement:
    return select(owner, func.count()).where(owner.in_(KEYS)).group_by(owner)


USER = found_by(UserRow.id, UserRow)
USER_BY_HANDLE = found_by(UserRow.handle, UserRow)
CLOSING = found_by(ClosingRow.user_id, ClosingRow)
REVIEW = found_by(ReviewRow.id, ReviewRow)
ROLES = select(UserRoleRow.user_id, UserRoleRow.role).where(UserRoleRow.user_id.in_(KEYS))
HISTOGRAM = select(RatingRow.title_id, *SCORES).where(RatingRow.title_id.in_(KEYS))
ON_WATCHLIST = select(WatchlistItemRow.title_id).where(
    WatchlistItemRow.user_id == bindparam("viewer"), WatchlistItemRow.title_id.in_(KEYS)
)
AUTHOR_REVIEW_COUNT = _counted(ReviewRow.author_id)
WATCHLIST_COUNT = _counted(WatchlistItemRow.user_id)


@dataclass(frozen=True, slots=True)
class ReviewSlice(Slice):
    """Which reviews of an owner (a title or an author): after a cursor, so many; the newest first."""

    limit: int
    after: str | None = None

    def values(self) -> Values:
        """Where it begins, and how many there may be."""
        created_at, review_id = moment_place(self.after) if self.after is not None else (None, None)
        return {"created_at": created_at, "review_id": review_id, "limit": self.limit}


class Loaders(BatchLoaders):
    """The loaders of one request, whose caller has this user id."""

    def __init__(self, database: Database, viewer: str | None) -> None:
        super().__init__(database)
        self._viewer = viewer

    @cached_property
    def user(self) -> DataLoader[str, UserRow | None]:
        """An account by id, closed or not."""
        return self._row(USER)

    @cached_property
    def user_by_handle(self) -> DataLoader[str, UserRow | None]:
        """An account by handle."""
        return self._row(USER_BY_HANDLE)

    @cached_property
    def closing(self) -> DataLoader[str, ClosingRow | None]:
        """The latest request to close an account, by the account's id."""
        return self._row(CLOSING)

    @cached_property
    def review(self) -> DataLoader[str, ReviewRow | None]:
        """A review by id."""
        return self._row(REVIEW)

    @cached_property
    def roles(self) -> DataLoader[str, list[Role]]:
        """The roles of an account, the least first."""
        return self._each(ROLES, lambda rows: with_customer(listed(rows)))

    @cached_property
    def histogram(self) -> DataLoader[str, Sequence[int]]:
        """How many gave a title 1, 2, ... 10."""

        def answer(rows: Rows) -> Sequence[int]:
            return rows[0][1:] if rows else UNRATED

        return self._each(HISTOGRAM, answer)

    @cached_property
    def on_watchlist(self) -> DataLoader[str, bool]:
        """Whether a title is on the viewer's watchlist."""
        return self._each(ON_WATCHLIST, bool, viewer=self._viewer)

    @cached_property
    def title_reviews(self) -> DataLoader[ReviewSlice, list[ReviewRow]]:
        """Reviews of a title."""
        return self._reviews(ReviewRow.title_id)

    @cached_property
    def author_reviews(self) -> DataLoader[ReviewSlice, list[ReviewRow]]:
        """Reviews by an author."""
        return self._reviews(ReviewRow.author_id)

    @cached_property
    def author_review_count(self) -> DataLoader[str, int]:
        """How many reviews an author has written."""
        return self._number(AUTHOR_REVIEW_COUNT)

    @cached_property
    def watchlist_count(self) -> DataLoader[str, int]:
        """How many titles are on somebody's watchlist."""
        return self._number(WATCHLIST_COUNT)

    def _reviews(self, owner: InstrumentedAttribute[str]) -> DataLoader[ReviewSlice, list[ReviewRow]]:
        return self._each_slice(partial(_newest, owner), self._with_authors)

    def _with_authors(self, rows: Rows) -> list[ReviewRow]:
        """The reviews of rows that carry their authors too, who so need no statement of their own."""
        self.user.prime_many({author.id: author for _, _, author in rows})
        return [review for _, review, _ in rows]


def _newest(owner: InstrumentedAttribute[str], shape: ReviewSlice) -> Statement:
    return _newest_of(owner, is_later=shape.after is not None)


@cache
def _newest_of(owner: InstrumentedAttribute[str], *, is_later: bool) -> Statement:
    """The newest reviews of each owner with their authors, counted off within it."""
    order = (ReviewRow.created_at.desc(), ReviewRow.id.desc())
    place = func.row_number().over(partition_by=owner, order_by=order).label("place")
    counted = select(ReviewRow, place).where(owner.in_(KEYS))
    if is_later:
        before = tuple_(bindparam("created_at", type_=Timestamp), bindparam("review_id", type_=String))
        counted = counted.where(tuple_(ReviewRow.created_at, ReviewRow.id) < before)
    counted = counted.subquery()
    review = aliased(ReviewRow, counted)
    wanted = counted.c.place <= bindparam("limit", type_=Integer)
    written = select(counted.c[owner.key], review, UserRow).join(UserRow, UserRow.id == counted.c.author_id)
    return written.where(wanted).order_by(counted.c.place)
