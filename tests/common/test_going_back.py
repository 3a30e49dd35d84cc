"""Going back to earlier revisions and up again with a whole shop in the databases: what is lost is named."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, select, text
from typer.testing import CliRunner

from subgraphs.common.command import subgraph_command
from subgraphs.common.database import Database
from subgraphs.common.ids import derived_id
from subgraphs.common.migrations import NoWayBack, UnknownRevision, heads, migrate
from subgraphs.movies.models import Base as Movies
from subgraphs.movies.seed import seed as seed_movies
from subgraphs.rentals.models import Base as Rentals
from subgraphs.rentals.seed import seed as seed_rentals
from subgraphs.users.keyring import Keyring
from subgraphs.users.models import Base as Users
from subgraphs.users.resources import Resources
from subgraphs.users.seed import seed as seed_users
from subgraphs.users.settings import Settings
from tests.databases import KINDS, empty_database
from tests.users.conftest import cheap_passwords

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ADA = derived_id("usr", "ada")
Contents = dict[str, list[dict[str, Any]]]


async def fill_movies(database: Database, _folder: Path) -> None:
    await seed_movies(database, NOW)
    await change(
        database,
        "UPDATE movies SET synopsis_source = 'https://example.com/page' WHERE slug = 'alien-1979'",
        "UPDATE collections SET version = 3",
    )


async def fill_users(database: Database, folder: Path) -> None:
    settings = Settings(var=folder)
    await seed_users(Resources(settings, database, Keyring(settings), cheap_passwords()), NOW)
    await change(
        database,
        f"INSERT INTO balances (user_id, amount, version) VALUES ('{ADA}', 229, 1)",  # noqa: S608 - our own words
        "INSERT INTO closings (user_id, id, requested_at, open_rentals, owed) "  # noqa: S608 - our own words
        f"VALUES ('{ADA}', 'clo_1', '2026-05-01 12:00:00', 0, 0)",
    )


async def fill_rentals(database: Database, _folder: Path) -> None:
    await seed_rentals(database, NOW)


@dataclass(frozen=True)
class Shop:
    """One subgraph's models, what fills its database, what going back to the first revision loses, and what is
    indexed beside the models."""

    package: str
    models: MetaData
    fill: Callable[[Database, Path], Awaitable[None]]
    lost: frozenset[str] = frozenset()
    texts: str = ""

    async def to(self, database: Database, revision: str) -> list[str]:
        """What was named as lost on the way there."""
        return [
            line.partition(": ")[0] for line in await migrate(database, self.package, self.models, revision)
        ]


SHOPS = {
    shop.package: shop
    for shop in (
        Shop(
            "subgraphs.movies",
            Movies.metadata,
            fill_movies,
            frozenset({"movies.synopsis_source", "collections.version"}),
            "SELECT movie_id, names, people, synopsis FROM movie_texts",
        ),
        Shop("subgraphs.users", Users.metadata, fill_users, frozenset({"balances", "closings"})),
        Shop("subgraphs.rentals", Rentals.metadata, fill_rentals),
    )
}


@pytest.fixture(params=KINDS)
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with nothing in it."""
    async with empty_database(request.param, tmp_path) as url:
        database = Database(url)
        yield database
        await database.close()


async def change(database: Database, *statements: str) -> None:
    async with database.transaction() as session:
        for statement in statements:
            await session.execute(text(statement))


async def contents(database: Database, shop: Shop) -> Contents:
    """All rows of all tables, each in an order of its own."""
    found: Contents = {}
    async with database.read() as session:
        for name, table in shop.models.tables.items():
            rows = await session.execute(select(table))
            found[name] = sorted((dict(row) for row in rows.mappings()), key=str)
        if shop.texts:
            # Things are found by the words of their texts, in whatever order these stand there.
            rows = await session.execute(text(shop.texts))
            found["texts"] = sorted(({"words": sorted(" ".join(row).split())} for row in rows), key=str)
    return found


def without(found: Contents, lost: frozenset[str]) -> Contents:
    """The contents but for these tables and columns."""
    return {
        table: [
            {column: value for column, value in row.items() if f"{table}.{column}" not in lost}
            for row in rows
        ]
        for table, rows in found.items()
        if table not in lost
    }


def differing(before: Contents, after: Contents, lost: frozenset[str]) -> set[str]:
    """Which of the tables and columns are not as they were."""
    changed = set()
    for name in lost:
        table, _, column = name.partition(".")
        pairs = [[row[column] if column else row for row in each[table]] for each in (before, after)]
        if pairs[0] != pairs[1]:
            changed.add(name)
    return changed


def revisions(package: str) -> list[str]:
    """All revisions but the newest, the newest first."""
    return [f"{number:04}" for number in range(int(heads(package)[0]) - 1, 0, -1)]


@pytest.mark.parametrize("package", SHOPS)
async def test_what_is_not_named_as_lost_survives_the_way_back_and_up_again(
    empty: Database, tmp_path: Path, package: str
) -> None:
    shop = SHOPS[package]
    await shop.to(empty, "head")
    await shop.fill(empty, tmp_path)
    before = await contents(empty, shop)
    named: list[str] = []
    for revision in revisions(package):
        named += await shop.to(empty, revision)
    assert await shop.to(empty, "head") == []
    after = await contents(empty, shop)
    assert without(after, shop.lost) == without(before, shop.lost)
    assert set(named) == differing(before, after, shop.lost) == shop.lost


async def test_a_ledger_that_an_earlier_revision_has_no_room_for_is_not_cut_down(empty: Database) -> None:
    shop = SHOPS["subgraphs.rentals"]
    await shop.to(empty, "head")
    await seed_rentals(empty, NOW)
    fees = "SELECT rental_id, account_id FROM ledger WHERE kind = 'REPLACEMENT' LIMIT 1"
    await change(
        empty,
        "INSERT INTO ledger (id, account_id, rental_id, kind, amount, created_at) "  # noqa: S608 - our own words
        f"SELECT 'led_1', account_id, rental_id, 'LATE_FEE', 100, '2026-05-01 12:00:00' FROM ({fees}) AS fees",
    )
    before = await contents(empty, shop)
    with pytest.raises(NoWayBack, match="1 rentals have a late fee and a replacement fee"):
        await shop.to(empty, "0001")
    assert await contents(empty, shop) == before


async def test_a_revision_that_there_is_not_is_named_with_those_that_there_are(empty: Database) -> None:
    with pytest.raises(UnknownRevision, match="no revision 0815; there are 0001, 0002"):
        await SHOPS["subgraphs.users"].to(empty, "0815")


def test_the_command_names_what_a_way_back_has_lost() -> None:
    async def back(revision: str) -> list[str]:
        return [f"closings: all before {revision}"]

    async def nothing(_stop: Any) -> None:
        return

    made = subgraph_command("users", 1, Settings, nothing, back)
    result = CliRunner().invoke(made, ["migrate", "--to", "0002"])
    assert (result.exit_code, result.output) == (0, "lost closings: all before 0002\n")


def test_the_command_says_why_there_is_no_way_back() -> None:
    async def back(_revision: str) -> list[str]:
        raise NoWayBack("Stay where you are.")

    async def nothing(_stop: Any) -> None:
        return

    made = subgraph_command("users", 1, Settings, nothing, back)
    result = CliRunner().invoke(made, ["migrate", "--to", "0001"])
    assert (result.exit_code, result.output) == (1, "Stay where you are.\n")
