"""What can be looked up at the counter, and by whom."""

from typing import Any

import pytest

from subgraphs.common.caller import ANONYMOUS, Caller
from subgraphs.common.ids import derived_id
from tests.rentals.conftest import (
    ADA,
    ALIEN,
    BAMBI,
    BEN,
    CLERK,
    CLUE,
    LOS_ANGELES,
    NEW_YORK,
    UNKNOWN_FILM,
    Desk,
    film,
)

RENTAL = "query($id: ID!) { rental(id: $id) { id } }"
COPY = """query($barcode: String!) { copy(barcode: $barcode) {
    barcode status condition format store { name timeZone } movie { id name } currentRental { id dueAt } } }"""
OVERDUE = """query($storeId: ID, $first: Int! = 20, $after: String) {
    overdueRentals(storeId: $storeId, first: $first, after: $after) {
        totalCount edges { cursor node { id status } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
IN_STOCK = """query($storeId: ID, $format: Format, $first: Int! = 20, $after: String) {
    inStock(storeId: $storeId, format: $format, first: $first, after: $after) {
        edges { node { id name } } pageInfo { hasNextPage endCursor } } }"""
MINE = """... on User { id rentals(STATUS first: 2, after: AFTER) {
    totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } }"""


def member(caller: Caller, tier: str | None = None) -> dict[str, Any]:
    """The representation of a member."""
    found: dict[str, Any] = {"__typename": "User", "id": caller.subject}
    return found | ({"membership": {"tier": tier}} if tier else {})


async def mine(desk: Desk, caller: Caller, status: str = "", after: str | None = None) -> dict[str, Any]:
    """A page of two of the caller's rentals."""
    selection = MINE.replace("STATUS", status and f"status: {status},")
    selection = selection.replace("AFTER", f'"{after}"' if after else "null")
    (user,) = await desk.entities(selection, member(caller), caller=caller)
    assert user is not None
    return user["rentals"]


def ids(page: dict[str, Any]) -> list[str]:
    """The ids of a page's nodes."""
    return [edge["node"]["id"] for edge in page["edges"]]


async def test_a_member_sees_their_own_rental(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    assert (await desk.ask(RENTAL, ADA, id=rental["id"]))["rental"] == {"id": rental["id"]}


async def test_staff_who_may_read_rentals_see_any(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    assert (await desk.ask(RENTAL, CLERK, id=rental["id"]))["rental"] == {"id": rental["id"]}


async def test_anothers_rental_is_as_if_it_did_not_exist(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    absent = await desk.ask(RENTAL, BEN, id=derived_id("ren", "none"))
    assert await desk.ask(RENTAL, BEN, id=rental["id"]) == absent == {"rental": None}


@pytest.mark.parametrize("rental_id", ["", "ren_1", BAMBI])
async def test_what_is_no_rentals_id_finds_none(either_desk: Desk, rental_id: str) -> None:
    assert await either_desk.ask(RENTAL, ADA, id=rental_id) == {"rental": None}


async def test_a_rental_needs_somebody_who_is_signed_in(desk: Desk) -> None:
    assert await desk.refused(RENTAL, id="ren_1") == "UNAUTHENTICATED"


@pytest.mark.parametrize("caller", [BEN, ANONYMOUS], ids=["another member", "nobody"])
async def test_a_rental_is_hidden_from_others_by_every_path(desk: Desk, caller: Caller) -> None:
    rental = await desk.rented(BAMBI)
    selection = """__typename ... on Rental { id } ... on Copy { currentRental { id } }
        ... on User { rentals { totalCount } balance { amountMinor } rentalAllowance { inUse } }"""
    found = await desk.entities(
        selection,
        {"__typename": "Rental", "id": rental["id"]},
        {"__typename": "Copy", "barcode": rental["copy"]["barcode"]},
        member(ADA),
        caller=caller,
    )
    assert found == [
        None,
        {"__typename": "Copy", "currentRental": None},
        {"__typename": "User", "rentals": None, "balance": None, "rentalAllowance": None},
    ]


async def test_staff_see_a_members_rentals_balance_and_allowance(desk: Desk) -> None:
    await desk.rented(BAMBI)
    selection = "... on User { rentals { totalCount } balance { amountMinor } rentalAllowance { inUse } }"
    (user,) = await desk.entities(selection, member(ADA), caller=CLERK)
    assert user == {
        "rentals": {"totalCount": 1},
        "balance": {"amountMinor": 229},
        "rentalAllowance": {"inUse": 1},
    }


async def test_an_allowance_follows_the_tier_in_the_representation(desk: Desk) -> None:
    selection = "... on User { rentalAllowance { limit inUse discountPercent creditLimit { amountMinor } } }"
    (user,) = await desk.entities(selection, member(ADA, "PREMIER"), caller=ADA)
    assert user == {
        "rentalAllowance": {
            "limit": 8,
            "inUse": 0,
            "discountPercent": 20,
            "creditLimit": {"amountMinor": 10000},
        }
    }


async def test_ones_rentals_come_newest_first_page_by_page(desk: Desk) -> None:
    rentals = []
    for _ in range(3):
        rentals.append((await desk.rented(BAMBI))["id"])
        desk.pass_days(0.5)
    first = await mine(desk, ADA)
    second = await mine(desk, ADA, after=first["pageInfo"]["endCursor"])
    assert ids(first) + ids(second) == rentals[::-1]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    assert second["pageInfo"]["hasNextPage"] is False


async def test_a_page_stays_right_while_rentals_are_added(desk: Desk) -> None:
    rentals = [(await desk.rented(BAMBI, BEN))["id"] for _ in range(3)]
    first = await mine(desk, BEN)
    desk.pass_days(1)
    await desk.rented(CLUE, BEN)
    second = await mine(desk, BEN, after=first["pageInfo"]["endCursor"])
    assert ids(first) + ids(second) == rentals[::-1]


@pytest.mark.parametrize(
    ("days", "act", "status"),
    [
        (0, "", "ACTIVE"),
        (8, "", "OVERDUE"),
        (22, "", "LOST"),
        (0, "send back", "RETURNING"),
        (0, "take in", "RETURNED"),
    ],
)
async def test_ones_rentals_of_one_status(either_desk: Desk, days: int, act: str, status: str) -> None:
    desk = either_desk
    rental = await desk.rented(BAMBI)
    desk.pass_days(days)
    if act == "send back":
        await desk.send_back(rental)
    elif act:
        await desk.take_in(rental)
    found = {wanted: await mine(desk, ADA, wanted) for wanted in STATUSES}
    assert {wanted: page["totalCount"] for wanted, page in found.items()} == {
        wanted: int(wanted == status) for wanted in STATUSES
    }
    assert ids(found[status]) == [rental["id"]]


STATUSES = ("ACTIVE", "OVERDUE", "RETURNING", "RETURNED", "LOST")


async def test_each_member_of_a_batch_gets_their_own_page(desk: Desk) -> None:
    await desk.rented(BAMBI, ADA)
    for _ in range(2):
        await desk.rented(BAMBI, BEN)
    selection = "... on User { rentals(first: 5) { totalCount edges { node { renter { id } } } } }"
    users = await desk.entities(selection, member(BEN), member(ADA), caller=CLERK)
    found = [user and {edge["node"]["renter"]["id"] for edge in user["rentals"]["edges"]} for user in users]
    assert found == [{BEN.subject}, {ADA.subject}]


@pytest.mark.parametrize("first", [0, 101, -1, 10_000])
@pytest.mark.parametrize(
    ("document", "caller"), [(OVERDUE, CLERK), (IN_STOCK, ANONYMOUS)], ids=["overdue", "in stock"]
)
async def test_a_page_of_any_other_size_is_bad_input(
    desk: Desk, document: str, caller: Caller, first: int
) -> None:
    assert await desk.refused(document, caller, first=first) == "BAD_USER_INPUT"


@pytest.mark.parametrize("after", ["", "nonsense", "WzFd", "WyJhIiwiYiJd", "WyJcdTAwMDAiLCJiIl0"])
async def test_a_foreign_cursor_is_bad_input(either_desk: Desk, after: str) -> None:
    assert await either_desk.refused(OVERDUE, CLERK, after=after) == "BAD_USER_INPUT"


@pytest.mark.parametrize("barcode", ["\0", "\ud800"])
async def test_text_that_no_store_can_hold_is_bad_input(either_desk: Desk, barcode: str) -> None:
    assert await either_desk.refused(COPY, CLERK, barcode=barcode) == "BAD_USER_INPUT"


async def test_overdue_rentals_come_the_longest_overdue_first(desk: Desk) -> None:
    rentals = []
    for caller in (BEN, ADA, BEN):
        rentals.append((await desk.rented(BAMBI, caller))["id"])
        desk.pass_days(1)
    desk.pass_days(8)
    first = (await desk.ask(OVERDUE, CLERK, first=2))["overdueRentals"]
    second = (await desk.ask(OVERDUE, CLERK, first=2, after=first["pageInfo"]["endCursor"]))["overdueRentals"]
    assert ids(first) + ids(second) == rentals
    assert (first["totalCount"], second["pageInfo"]["hasPreviousPage"]) == (3, True)


async def test_what_is_in_time_on_its_way_back_or_lost_is_not_overdue(desk: Desk) -> None:
    await desk.rented(BAMBI)
    desk.pass_days(20)
    await desk.send_back(await desk.rented(BAMBI))
    await desk.rented(BAMBI)
    desk.pass_days(6)
    page = (await desk.ask(OVERDUE, CLERK))["overdueRentals"]
    assert (page["totalCount"], page["edges"]) == (0, [])


async def test_overdue_rentals_of_one_store(desk: Desk) -> None:
    await desk.rented(BAMBI)
    desk.pass_days(8)
    counts = [
        (await desk.ask(OVERDUE, CLERK, storeId=store))["overdueRentals"]["totalCount"]
        for store in (NEW_YORK, LOS_ANGELES)
    ]
    assert counts == [1, 0]


@pytest.mark.parametrize(
    ("caller", "code"), [(ANONYMOUS, "UNAUTHENTICATED"), (ADA, "FORBIDDEN")], ids=["nobody", "a member"]
)
async def test_only_staff_see_what_is_overdue(desk: Desk, caller: Caller, code: str) -> None:
    assert await desk.refused(OVERDUE, caller) == code


async def test_the_counter_scans_a_box(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    barcode = rental["copy"]["barcode"]
    assert (await desk.ask(COPY, CLERK, barcode=barcode))["copy"] == {
        "barcode": barcode,
        "status": "ON_LOAN",
        "condition": "GOOD",
        "format": "DVD",
        "store": {"name": "Hudson", "timeZone": "America/New_York"},
        "movie": {"id": BAMBI, "name": "Bambi"},
        "currentRental": {"id": rental["id"], "dueAt": rental["dueAt"]},
    }


async def test_a_box_on_the_shelf_has_no_rental(desk: Desk) -> None:
    (barcode,) = await desk.stock(BAMBI)
    copy = (await desk.ask(COPY, CLERK, barcode=barcode))["copy"]
    assert (copy["status"], copy["currentRental"]) == ("AVAILABLE", None)


@pytest.mark.parametrize("barcode", ["999", "", "٣"])
async def test_what_is_no_boxs_barcode_finds_none(either_desk: Desk, barcode: str) -> None:
    assert await either_desk.ask(COPY, CLERK, barcode=barcode) == {"copy": None}


@pytest.mark.parametrize(
    ("caller", "code"), [(ANONYMOUS, "UNAUTHENTICATED"), (ADA, "FORBIDDEN")], ids=["nobody", "a member"]
)
async def test_only_staff_scan(desk: Desk, caller: Caller, code: str) -> None:
    assert await desk.refused(COPY, caller, barcode="1") == code


async def test_stores_come_by_name(desk: Desk) -> None:
    assert await desk.ask("{ stores { id name timeZone } }") == {
        "stores": [
            {"id": NEW_YORK, "name": "Hudson", "timeZone": "America/New_York"},
            {"id": LOS_ANGELES, "name": "Venice", "timeZone": "America/Los_Angeles"},
        ]
    }


async def test_films_in_stock_come_by_name_page_by_page(desk: Desk) -> None:
    for movie_id in (CLUE, ALIEN, BAMBI):
        await desk.stock(movie_id, copies=2)
    first = (await desk.ask(IN_STOCK, first=2))["inStock"]
    second = (await desk.ask(IN_STOCK, first=2, after=first["pageInfo"]["endCursor"]))["inStock"]
    names = [edge["node"]["name"] for page in (first, second) for edge in page["edges"]]
    assert names == ["Alien", "Bambi", "Clue"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"storeId": NEW_YORK}, [BAMBI]),
        ({"storeId": LOS_ANGELES}, [CLUE]),
        ({"format": "UHD"}, [CLUE]),
        ({"storeId": NEW_YORK, "format": "UHD"}, []),
    ],
)
async def test_films_in_stock_of_one_store_or_format(
    desk: Desk, wanted: dict[str, Any], found: list[str]
) -> None:
    await desk.stock(BAMBI, NEW_YORK, "DVD")
    await desk.stock(CLUE, LOS_ANGELES, "UHD")
    assert ids((await desk.ask(IN_STOCK, **wanted))["inStock"]) == found


async def test_a_film_whose_copies_are_all_out_is_not_in_stock(desk: Desk) -> None:
    await desk.rented(BAMBI)
    assert ids((await desk.ask(IN_STOCK))["inStock"]) == []


AVAILABILITY = "... on Movie { availability { inStock copiesAvailable copiesTotal nextDueAt } }"


async def availability(desk: Desk, movie_id: str = BAMBI) -> dict[str, Any]:
    """A film's availability."""
    (movie,) = await desk.entities(AVAILABILITY, film(movie_id))
    assert movie is not None
    return movie["availability"]


async def test_availability_counts_copies_in_all_stores(desk: Desk) -> None:
    await desk.stock(BAMBI, LOS_ANGELES)
    rental = await desk.rented(BAMBI)
    assert await availability(desk) == {
        "inStock": True,
        "copiesAvailable": 1,
        "copiesTotal": 2,
        "nextDueAt": rental["dueAt"],
    }


async def test_a_lost_copy_counts_no_longer_and_is_due_no_more(desk: Desk) -> None:
    await desk.rented(BAMBI)
    desk.pass_days(30)
    assert await availability(desk) == {
        "inStock": False,
        "copiesAvailable": 0,
        "copiesTotal": 0,
        "nextDueAt": None,
    }


async def test_an_overdue_copy_promises_no_due_date(desk: Desk) -> None:
    await desk.rented(BAMBI)
    desk.pass_days(9)
    found = await availability(desk)
    assert (found["copiesTotal"], found["nextDueAt"]) == (1, None)


async def test_a_film_that_the_counter_never_had_is_not_in_stock(desk: Desk) -> None:
    assert (await availability(desk, UNKNOWN_FILM))["copiesTotal"] == 0


async def test_the_viewer_sees_their_open_rental_of_a_film(desk: Desk) -> None:
    rental = await desk.rented(BAMBI)
    selection = "... on Movie { viewerRental { id } }"
    seen = {
        caller.subject: await desk.entities(selection, film(BAMBI), film(CLUE), caller=caller)
        for caller in (ADA, BEN, ANONYMOUS)
    }
    assert seen == {
        ADA.subject: [{"viewerRental": {"id": rental["id"]}}, {"viewerRental": None}],
        BEN.subject: [{"viewerRental": None}, {"viewerRental": None}],
        None: [{"viewerRental": None}, {"viewerRental": None}],
    }


async def test_a_returned_rental_is_the_viewers_no_more(desk: Desk) -> None:
    await desk.take_in(await desk.rented(BAMBI))
    (movie,) = await desk.entities("... on Movie { viewerRental { id } }", film(BAMBI), caller=ADA)
    assert movie == {"viewerRental": None}


async def test_stores_and_copies_are_found_by_each_of_their_keys(desk: Desk) -> None:
    (barcode,) = await desk.stock(BAMBI)
    found = await desk.entities(
        "... on Store { name } ... on Copy { barcode }",
        {"__typename": "Store", "id": NEW_YORK},
        {"__typename": "Copy", "id": derived_id("cpy", barcode)},
        {"__typename": "Copy", "barcode": barcode},
        {"__typename": "Copy", "barcode": "0"},
        {"__typename": "Store", "id": derived_id("sto", "nowhere")},
    )
    assert found == [{"name": "Hudson"}, {"barcode": barcode}, {"barcode": barcode}, None, None]
