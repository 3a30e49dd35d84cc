"""How many SQL statements a request costs: the same for 5 things and for 50."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert

from subgraphs.common.caller import ANONYMOUS, Caller
from subgraphs.common.ids import derived_id
from subgraphs.rentals.models import AccountRow, CopyRow, LedgerRow, MovieRow, RentalRow
from tests.rentals.conftest import ADA, BAMBI, BEN, CLERK, NEW_YORK, Desk, film
from tests.statements import Sent, noted

MANY = 60


def movie(number: int) -> str:
    """The id of one of many films."""
    return derived_id("mov", f"one of many {number}")


def copy(number: int, serial: int) -> str:
    """The id of one of three copies of a film."""
    return derived_id("cpy", f"one of many {number}/{serial}")


def member(number: int) -> str:
    """The id of one of many members; the first is Ada."""
    return ADA.subject or "" if number == 0 else derived_id("usr", f"one of many {number}")


@pytest.fixture
async def stocked(desk: Desk) -> Desk:
    """A counter with many films, three copies each, of which one is out: with Ada, and with a member of its own."""
    due, lost = desk.now.replace(day=11), desk.now.replace(day=25)
    numbers = range(MANY)
    movies = [
        {"id": movie(number), "name": f"Film {number}", "certification": "G", "retired": False, "version": 1}
        for number in numbers
    ]
    accounts = [{"id": member(number), "tier": "STANDARD", "version": 1} for number in numbers[1:]]
    copies = [
        {
            "id": copy(number, serial),
            "barcode": f"{number:03}{serial}",
            "movie_id": movie(number),
            "store_id": NEW_YORK,
            "format": "DVD",
            "condition": "GOOD",
            "on_shelf": serial == 2,
        }
        for number in numbers
        for serial in range(3)
    ]
    rentals = [
        {
            "id": derived_id("ren", f"{number}/{serial}"),
            "account_id": member(number * serial),
            "copy_id": copy(number, serial),
            "movie_id": movie(number),
            "store_id": NEW_YORK,
            "rented_at": desk.now,
            "due_at": due,
            "lost_at": lost,
            "price": 100,
            "loan_days": 7,
            "late_fee_per_day": 50,
            "replacement_fee": 2000,
            "extensions_used": 0,
            "late_fee_waived": False,
            "version": 1,
        }
        for number in numbers
        for serial in range(2)
    ]
    ledger = [
        {
            "id": derived_id("led", rental["id"]),
            "account_id": rental["account_id"],
            "rental_id": rental["id"],
            "kind": "RENTAL_CHARGE",
            "amount": 100,
            "created_at": desk.now,
        }
        for rental in rentals
    ]
    async with desk.database.transaction() as session:
        tables = (MovieRow, movies), (AccountRow, accounts), (CopyRow, copies), (RentalRow, rentals)
        for table, rows in (*tables, (LedgerRow, ledger)):
            await session.execute(insert(table), rows)
    desk.pass_days(9)
    return desk


async def cost(desk: Desk, selection: str, representations: list[dict[str, Any]], caller: Caller) -> int:
    """How many statements an entity fetch takes."""
    with noted(desk.database) as statements:
        found = await desk.entities(selection, *representations, caller=caller)
    assert None not in found
    return len(statements)


BROWSE_PAGE = """... on Movie {
    offers { id format price { amountMinor currency } } availability { inStock copiesAvailable } }"""
FILM_PAGE = """... on Movie {
    offers { id token format store { name } price { amountMinor currency } expiresAt }
    availability { copiesAvailable nextDueAt } viewerRental { dueAt } }"""
MY_RENTALS = """... on User { balance { amountMinor currency } rentals(status: OVERDUE) { edges { node {
    id status dueAt lateFee { accrued { amountMinor } } movie { id } } } } }"""
STAFF_VIEW = """... on User { balance { amountMinor } rentalAllowance { limit inUse }
    rentals(first: 3) { totalCount edges { node { copy { barcode status store { name } movie { name } }
    lateFee { daysLate } ledger { kind } } } } }"""
COPIES = "... on Copy { status store { name } movie { name } currentRental { id dueAt } }"
RENTALS = "... on Rental { dueAt status lateFee { daysLate } copy { barcode } }"

Representation = Callable[[int], dict[str, Any]]


def a_film(number: int) -> dict[str, Any]:
    """A film as the router sends it."""
    return film(movie(number))


def a_member(number: int) -> dict[str, Any]:
    """A member as the router sends them."""
    return {"__typename": "User", "id": member(number), "membership": {"tier": "PLUS"}}


def a_copy(number: int) -> dict[str, Any]:
    """A copy by its barcode."""
    return {"__typename": "Copy", "barcode": f"{number:03}0"}


def a_rental(number: int) -> dict[str, Any]:
    """A rental by its id."""
    return {"__typename": "Rental", "id": derived_id("ren", f"{number}/0")}


@pytest.mark.parametrize(
    ("selection", "representation", "caller", "statements"),
    [
        pytest.param(BROWSE_PAGE, a_film, ANONYMOUS, 2, id="BrowsePage"),
        pytest.param(FILM_PAGE, a_film, BEN, 3, id="FilmPage"),
        pytest.param(MY_RENTALS, a_member, CLERK, 3, id="MyRentals"),
        pytest.param(STAFF_VIEW, a_member, CLERK, 9, id="a member seen by staff"),
        pytest.param(COPIES, a_copy, CLERK, 4, id="CounterScan"),
        pytest.param(RENTALS, a_rental, CLERK, 3, id="rentals"),
    ],
)
async def test_an_entity_fetch_costs_the_same_for_5_as_for_50(
    stocked: Desk, selection: str, representation: Representation, caller: Caller, statements: int
) -> None:
    costs = [
        await cost(stocked, selection, [representation(number) for number in range(size)], caller)
        for size in (5, 50)
    ]
    assert costs == [statements, statements]


async def test_offers_of_one_store_and_format_cost_no_more_than_all(stocked: Desk) -> None:
    here = f'offers(storeId: "{NEW_YORK}") {{ id }}'
    selection = f"... on Movie {{ offers {{ id }} here: {here} dvd: offers(format: DVD) {{ id }} }}"
    assert await cost(stocked, selection, [a_film(number) for number in range(50)], ANONYMOUS) == 1


@pytest.mark.parametrize(
    ("document", "caller", "statements"),
    [
        ("{ stores { name } }", ANONYMOUS, 1),
        ("{ inStock(first: FIRST) { edges { node { id name } } } }", ANONYMOUS, 2),
        (
            "{ overdueRentals(first: FIRST) { totalCount edges { node { lateFee { daysLate } copy { barcode } } } } }",
            CLERK,
            4,
        ),
    ],
)
async def test_a_list_costs_the_same_for_5_as_for_50(
    stocked: Desk, document: str, caller: Caller, statements: int
) -> None:
    costs = []
    for size in (5, 50):
        with noted(stocked.database) as executed:
            await stocked.ask(document.replace("FIRST", str(size)), caller)
        costs.append(len(executed))
    assert costs == [statements, statements]


OFFERS = "{ _entities(representations: [FILM]) { ... on Movie { offers { id } } } }"
VIEWER_RENTAL = "{ _entities(representations: [FILM]) { ... on Movie { viewerRental { id } } } }"
AVAILABILITY = "{ _entities(representations: [FILM]) { ... on Movie { availability { copiesTotal } } } }"
ALLOWANCE = "{ _entities(representations: [MEMBER]) { ... on User { rentalAllowance { inUse } } } }"
BALANCE = "{ _entities(representations: [MEMBER]) { ... on User { balance { amountMinor } } } }"


@pytest.mark.parametrize(
    ("document", "index"),
    [
        (OFFERS, "ix_copies_on_shelf"),
        (AVAILABILITY, "ix_copies_by_movie"),
        (AVAILABILITY, "ix_rentals_by_copy"),
        (VIEWER_RENTAL, "ix_rentals_by_account"),
        (ALLOWANCE, "ix_rentals_open"),
        (BALANCE, "ix_ledger_by_account"),
        ("{ overdueRentals { edges { node { id } } } }", "ix_rentals_out"),
        ("{ inStock { edges { node { id } } } }", "ix_movies_by_name"),
    ],
)
async def test_the_database_reads_by_an_index(stocked: Desk, document: str, index: str) -> None:
    cost = 'wholesaleCost: {amountMinor: 2000, currency: "USD"}'
    document = document.replace("FILM", f'{{__typename: "Movie", id: "{movie(1)}", {cost}}}')
    document = document.replace("MEMBER", f'{{__typename: "User", id: "{member(1)}"}}')
    with noted(stocked.database) as sent:
        await stocked.ask(document, CLERK)
    asked = [each for each in sent if each.sql.startswith("SELECT")]
    plan = await explained(stocked, asked)
    assert any(index in step for step in plan), plan
    assert not any(step.startswith("SCAN") and "USING" not in step for step in plan), plan


async def explained(desk: Desk, asked: list[Sent]) -> list[str]:
    """The steps by which SQLite carries the statements out."""
    async with desk.database.read() as session:
        connection = await session.connection()
        return [
            str(row.detail)
            for _, statement, parameters in asked
            for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


async def test_renting_costs_eight_statements_and_five_for_all_that_is_shown_of_the_rental(
    desk: Desk,
) -> None:
    await desk.stock(BAMBI)
    (offer,) = await desk.offers(BAMBI)
    with noted(desk.database) as statements:
        assert (await desk.rent(token=offer["token"]))["errors"] == []
    assert len(statements) == 8 + 5
    assert sum(each.sql.startswith("INSERT INTO outbox") for each in statements) == 1
