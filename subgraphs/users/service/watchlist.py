"""What people mean to watch."""

from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.caller import Caller
from subgraphs.common.connections import Page, page_of
from subgraphs.common.database import insert_into
from subgraphs.common.errors import Refused, not_found
from subgraphs.common.ids import new_id
from subgraphs.users import rules
from subgraphs.users.models import TitleRow, WatchlistItemRow
from subgraphs.users.moments import moment_cursor, moment_key
from subgraphs.users.resources import Resources
from subgraphs.users.service.access import own_account

LONGEST_NOTE = 500


async def add_to_watchlist(
    resources: Resources, caller: Caller, title_id: str, note: str | None, now: datetime
) -> WatchlistItemRow:
    """Puts a title on the caller's watchlist; one that is there already stays, with the new note if there is one.

    Raises:
        Refused: the note is too long, or the catalogue has no such title (any more).
        Unauthenticated: nobody is signed in.
    """
    if wrong := rules.problems({"note": rules.text_problem("A note", note or "", LONGEST_NOTE)}):
        raise Refused(*wrong)
    async with resources.database.transaction() as session:
        account = await own_account(session, caller)
        title = await session.get(TitleRow, title_id)
        if title is None or title.retired:
            raise Refused(not_found("title", "titleId"))
        item = WatchlistItemRow(
            id=new_id("wli"),
            user_id=account.id,
            title_id=title_id,
            note=rules.plain(note or "") or None,
            added_at=now,
        )
        return await _put(session, item)


async def remove_from_watchlist(resources: Resources, caller: Caller, title_id: str) -> WatchlistItemRow:
    """Takes a title off the caller's watchlist, and gives what was there.

    Raises:
        Refused: it is not on it.
        Unauthenticated: nobody is signed in.
    """
    async with resources.database.transaction() as session:
        account = await own_account(session, caller)
        found = delete(WatchlistItemRow).where(
            WatchlistItemRow.user_id == account.id, WatchlistItemRow.title_id == title_id
        )
        item = (await session.execute(found.returning(WatchlistItemRow))).scalar_one_or_none()
    if item is None:
        raise Refused(not_found("title on your watchlist", "titleId"))
    return item


async def list_watchlist(
    session: AsyncSession, user_id: str, first: int, after: str | None
) -> Page[WatchlistItemRow]:
    """A person's watchlist, the newest first."""
    place = (WatchlistItemRow.added_at, WatchlistItemRow.id)
    listed = select(WatchlistItemRow).where(WatchlistItemRow.user_id == user_id)
    listed = listed.order_by(*(column.desc() for column in place)).limit(first + 1)
    if after is not None:
        listed = listed.where(tuple_(*place) < tuple_(*moment_key(after)))
    rows = (await session.scalars(listed)).all()
    return page_of(rows, first, lambda row: moment_cursor(row.added_at, row.id), after=after)


async def _put(session: AsyncSession, item: WatchlistItemRow) -> WatchlistItemRow:
    values = {column.key: getattr(item, column.key) for column in WatchlistItemRow.__table__.columns}
    put = insert_into(session, WatchlistItemRow).values(values)
    put = put.on_conflict_do_update(
        index_elements=[WatchlistItemRow.user_id, WatchlistItemRow.title_id],
        set_={"note": item.note or WatchlistItemRow.note},
    )
    return (await session.scalars(put.returning(WatchlistItemRow))).one()
