"""Collections: made and renamed by staff, each change told to those who keep titles."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import insert_into
from subgraphs.common.errors import InvalidInput, Refused, invalid_input, not_found, version_conflict
from subgraphs.common.idempotency import Request, earlier_result, keep_result
from subgraphs.common.ids import new_id
from subgraphs.common.outbox import record
from subgraphs.movies.events import COLLECTION_CREATED, COLLECTION_RENAMED, collection_event
from subgraphs.movies.models import CollectionRow, Idempotency, Outbox
from subgraphs.movies.service.changes import name_fault
from subgraphs.movies.service.editing import Edit
from subgraphs.movies.wording import slug


async def create_collection(
    session: AsyncSession, name: str, request: Request, now: datetime
) -> CollectionRow:
    """Makes a collection without films; the same request again gives the same collection.

    Raises:
        Refused: `InvalidInput` or `IdempotencyKeyReused`.
    """
    earlier = await earlier_result(session, Idempotency, request, now)
    if earlier is not None:
        return await session.get_one(CollectionRow, earlier["collection"])
    _check(name)
    row = {"id": new_id("col"), "slug": slug(name), "name": name, "version": 1}
    made = insert_into(session, CollectionRow).values(row).on_conflict_do_nothing()
    if await session.scalar(made.returning(CollectionRow.id)) is None:
        raise Refused(_name_fault(f"There is a collection at {row['slug']!r} already."))
    collection = await session.get_one(CollectionRow, row["id"])
    record(session, Outbox, collection_event(COLLECTION_CREATED, collection, now))
    await keep_result(session, Idempotency, request, {"collection": collection.id})
    return collection


async def rename_collection(session: AsyncSession, edit: Edit, name: str, now: datetime) -> CollectionRow:
    """Gives a collection another name, if nobody else changed it meanwhile.

    Raises:
        Refused: `InvalidInput`, `NotFound` or `VersionConflict`.
    """
    _check(name)
    renamed = await session.execute(
        update(CollectionRow)
        .where(CollectionRow.id == edit.id, CollectionRow.version == edit.expected_version)
        .values(name=name, version=edit.expected_version + 1)
        .returning(CollectionRow.id)
    )
    won = renamed.first() is not None
    collection = await session.get(CollectionRow, edit.id, populate_existing=True)
    if collection is None:
        raise Refused(not_found("collection", "id"))
    if not won:
        raise Refused(version_conflict(collection.version))
    record(session, Outbox, collection_event(COLLECTION_RENAMED, collection, now))
    return collection


def _check(name: str) -> None:
    if message := name_fault(name):
        raise Refused(_name_fault(message))


def _name_fault(message: str) -> InvalidInput:
    return invalid_input(message, "name")
