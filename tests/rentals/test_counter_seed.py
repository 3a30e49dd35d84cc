"""The demo world's counter is one that the rules could have made."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from subgraphs.common.database import Database
from subgraphs.common.demo import members
from subgraphs.common.migrations import migrate
from subgraphs.rentals.domain import ALLOWANCES, MembershipTier, RentalStatus
from subgraphs.rentals.models import AccountRow, Base, CopyRow, LedgerRow, RentalRow, StoreRow
from subgraphs.rentals.seed import seed
from subgraphs.rentals.service.transitions import tell_transitions
from tests.rentals.conftest import PACKAGE, Desk

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the demo world in it."""
    import asyncio

    file = tmp_path_factory.mktemp("seed") / "rentals.sqlite"

    async def make() -> None:
        database = Database(f"sqlite+aiosqlite:///{file}")
        await migrate(database, PACKAGE, Base.metadata)
        await seed(database, NOW)
        await database.close()

    asyncio.run(make())
    return file


@pytest.fixture
async def demo(seeded: Path) -> AsyncIterator[Desk]:
    """The demo world's counter, to be looked at only."""
    desk = Desk(Database(f"sqlite+aiosqlite:///{seeded}"), now=NOW)
    yield desk
    await desk.database.close()


async def fetched(desk: Desk, statement: Any) -> list[Any]:
    """The rows of a statement."""
    async with desk.database.read() as session:
        return list((await session.execute(statement)).all())


async def test_a_second_seeding_changes_nothing(demo: Desk) -> None:
    before = await demo.rows(RentalRow)
    await seed(demo.database, NOW + timedelta(days=30))
    assert await demo.rows(RentalRow) == before


async def test_a_copy_is_off_the_shelf_while_it_is_out_and_only_then(demo: Desk) -> None:
    out = {
        row[0]
        for row in await fetched(demo, select(RentalRow.copy_id).where(RentalRow.returned_at.is_(None)))
    }
    gone = select(CopyRow.id).where(~CopyRow.on_shelf, CopyRow.retired_at.is_(None))
    assert {row[0] for row in await fetched(demo, gone)} <= out
    assert out
    shelved = {row[0] for row in await fetched(demo, select(CopyRow.id).where(CopyRow.on_shelf))}
    assert not out & shelved


async def test_every_rental_is_charged_its_price_and_its_fee(demo: Desk) -> None:
    zones = {row.id: row.time_zone for (row,) in await fetched(demo, select(StoreRow))}
    rentals = [row for (row,) in await fetched(demo, select(RentalRow))]
    booked: dict[tuple[str, str], int] = {}
    for (row,) in await fetched(demo, select(LedgerRow).where(LedgerRow.rental_id.is_not(None))):
        booked[row.rental_id, row.kind] = row.amount
    due: dict[tuple[str, str], int] = {}
    for rental in rentals:
        due[rental.id, "RENTAL_CHARGE"] = rental.price
        fee = rental.fee(NOW, zones[rental.store_id])
        final = rental.returned_at is not None or rental.status(NOW) is RentalStatus.LOST
        if fee.days_late and final:
            due[rental.id, fee.kind] = fee.amount
    assert booked == due


async def test_nobody_has_more_films_out_than_their_tier_allows(demo: Desk) -> None:
    tiers = {row.id: MembershipTier(row.tier) for (row,) in await fetched(demo, select(AccountRow))}
    held = Counter(
        row.account_id for (row,) in await fetched(demo, select(RentalRow).where(RentalRow.where_in_use(NOW)))
    )
    assert all(number <= ALLOWANCES[tiers[who]].limit for who, number in held.items())


async def test_nobody_has_paid_more_than_they_owe(demo: Desk) -> None:
    owed = select(LedgerRow.account_id, func.sum(LedgerRow.amount)).group_by(LedgerRow.account_id)
    assert all(amount >= 0 for _, amount in await fetched(demo, owed))


async def test_the_worker_finds_nothing_to_tell(demo: Desk) -> None:
    assert await tell_transitions(demo.database, NOW) == 0


async def test_ada_has_films_at_home_and_may_take_more(demo: Desk) -> None:
    ada = next(member for member in members(NOW) if member.handle == "ada")
    home = select(RentalRow).where(RentalRow.account_id == ada.id, RentalRow.returned_at.is_(None))
    statuses = [row.status(NOW) for (row,) in await fetched(demo, home)]
    assert statuses == [RentalStatus.ACTIVE, RentalStatus.ACTIVE]


async def test_every_status_that_time_makes_is_there_to_be_seen(demo: Desk) -> None:
    rentals = [row for (row,) in await fetched(demo, select(RentalRow))]
    found = {rental.status(NOW) for rental in rentals}
    assert found == set(RentalStatus) - {RentalStatus.RETURNING}
