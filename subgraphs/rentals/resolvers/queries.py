"""What can be looked up at the counter."""

from functools import partial

import strawberry
from strawberry import federation as fed

from subgraphs.common.connections import (
    CountedConnection,
    page_of,
    page_size,
)
from subgraphs.common.directives import SIZED_BY_FIRST
from subgraphs.rentals.context import Context, RentalsInfo
from subgraphs.rentals.domain import Format
from subgraphs.rentals.resolvers.access import member, staff
from subgraphs.rentals.service.looking import count_overdue, list_in_stock, list_overdue, list_stores
from subgraphs.rentals.types.cursors import due_cursor, name_cursor, name_place, rental_place
from subgraphs.rentals.types.directives import INVENTORY_READ, RENTALS_READ, STAFF
from subgraphs.rentals.types.entities import Copy, Movie, Rental, StockConnection, StockEdge
from subgraphs.rentals.types.store import Store


@strawberry.type
class Query:
    """What can be looked up at the counter."""

    @fed.field(
        description="One's own, or any for staff who may read rentals; null otherwise.",
        authenticated=True,
    )
    async def rental(self, info: RentalsInfo, id: strawberry.ID) -> Rental | None:
        """What is not the caller's to see is null, as if it did not exist."""
        member(info)
        return await Rental.resolve_reference({"id": id}, info)

    @fed.field(requires_scopes=[[RENTALS_READ]], tags=STAFF, directives=[SIZED_BY_FIRST])
    async def overdue_rentals(
        self,
        info: RentalsInfo,
        store_id: strawberry.ID | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> CountedConnection[Rental] | None:
        """The longest overdue first."""
        staff(info, RENTALS_READ)
        size, place = page_size(first), rental_place(after)
        context = info.context
        async with context.counter.database.read() as session:
            rows = await list_overdue(session, store_id, place, size + 1, context.now)
        page = page_of(rows, size, due_cursor, after=after)
        return page.counted(partial(Rental.of, now=context.now), partial(_overdue_count, context, store_id))

    @fed.field(requires_scopes=[[INVENTORY_READ]], tags=STAFF)
    async def copy(self, info: RentalsInfo, barcode: str) -> Copy | None:
        """The box under the scanner."""
        staff(info, INVENTORY_READ)
        return await Copy.resolve_reference({"barcode": barcode}, info)

    @strawberry.field
    async def stores(self, info: RentalsInfo) -> list[Store] | None:
        """By name."""
        async with info.context.counter.database.read() as session:
            return [Store.of(row) for row in await list_stores(session)]

    @fed.field(description="Films with a copy on the shelf now.", directives=[SIZED_BY_FIRST])
    async def in_stock(
        self,
        info: RentalsInfo,
        store_id: strawberry.ID | None = None,
        format: Format | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> StockConnection | None:
        """By name."""
        size, place = page_size(first), name_place(after)
        async with info.context.counter.database.read() as session:
            rows = await list_in_stock(session, store_id, format, place, size + 1)
        page = page_of(rows, size, name_cursor, after=after)
        edges = [
            StockEdge(cursor=cursor, node=Movie(id=strawberry.ID(row.id)))
            for cursor, row in zip(page.cursors, page.rows, strict=True)
        ]
        return StockConnection(edges=edges, page_info=page.info)


async def _overdue_count(context: Context, store_id: str | None) -> int:
    async with context.counter.database.read() as session:
        return await count_overdue(session, store_id, context.now)
