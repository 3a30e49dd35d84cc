"""New copies, and why there are none."""

from typing import Any

import pytest
from sqlalchemy import update

from subgraphs.common.caller import ANONYMOUS, Caller
from subgraphs.common.demo.stock import check_digit
from subgraphs.common.ids import derived_id
from subgraphs.rentals.models import CopyRow, MovieRow
from tests.rentals.conftest import ADA, BAMBI, CLERK, NEW_YORK, UNKNOWN_FILM, Desk

ADD = """mutation($input: AddCopiesInput!) { addCopies(input: $input) {
    copies { id barcode format condition status store { name } movie { name } }
    errors { __typename ... on UserError { code message path } } } }"""


async def add(desk: Desk, **values: Any) -> dict[str, Any]:
    """What `addCopies` answers a clerk, for one DVD of Bambi unless told otherwise."""
    return (await desk.ask(ADD, CLERK, input=one(desk) | values))["addCopies"]


def one(desk: Desk) -> dict[str, Any]:
    """The input for one DVD of Bambi."""
    return {
        "movieId": BAMBI,
        "storeId": NEW_YORK,
        "format": "DVD",
        "count": 1,
        "idempotencyKey": desk.key(),
    }


async def test_new_copies_stand_on_the_shelf(desk: Desk) -> None:
    answer = await add(desk, count=3, format="UHD")
    assert answer["errors"] == []
    found = {(copy["format"], copy["condition"], copy["status"]) for copy in answer["copies"]}
    assert (len(answer["copies"]), found) == (3, {("UHD", "NEW", "AVAILABLE")})
    assert (await desk.offers(BAMBI))[0]["copiesAvailable"] == 3


async def test_a_new_copy_knows_its_store_and_its_film(desk: Desk) -> None:
    (copy,) = (await add(desk))["copies"]
    assert (copy["store"], copy["movie"]) == ({"name": "Hudson"}, {"name": "Bambi"})


async def test_new_copies_have_barcodes_that_a_scanner_takes(desk: Desk) -> None:
    barcodes = [copy["barcode"] for copy in (await add(desk, count=20))["copies"]]
    assert len(set(barcodes)) == 20
    assert all(code == code[:11] + check_digit(code[:11]) for code in barcodes)


async def test_adding_copies_is_told_once(desk: Desk) -> None:
    await add(desk, count=5)
    assert await desk.told() == ["availability.changed"]


@pytest.mark.parametrize("count", [0, -1, 101, 2**31 - 1])
async def test_a_count_out_of_bounds_is_invalid(desk: Desk, count: int) -> None:
    answer = await add(desk, count=count)
    assert (answer["copies"], answer["errors"][0]["path"]) == ([], ["input", "count"])
    assert answer["errors"][0]["code"] == "INVALID_INPUT"
    assert await desk.rows(CopyRow) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("movieId", UNKNOWN_FILM),
        ("storeId", derived_id("sto", "nowhere")),
        ("storeId", BAMBI),
    ],
)
async def test_what_is_not_there_is_not_found(desk: Desk, field: str, value: str) -> None:
    (error,) = (await add(desk, **{field: value}))["errors"]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", field])


async def test_a_retired_film_gets_no_copies(desk: Desk) -> None:
    async with desk.database.transaction() as session:
        await session.execute(update(MovieRow).where(MovieRow.id == BAMBI).values(retired=True))
    (error,) = (await add(desk))["errors"]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "movieId"])


async def test_a_repeated_request_adds_its_copies_once(desk: Desk) -> None:
    answers = [await add(desk, count=2, idempotencyKey="again") for _ in range(2)]
    assert answers[0] == answers[1]
    assert await desk.rows(CopyRow) == 2


async def test_the_key_of_another_request_is_refused(desk: Desk) -> None:
    await add(desk, idempotencyKey="again")
    (error,) = (await add(desk, idempotencyKey="again", count=2))["errors"]
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize(
    ("caller", "code"), [(ANONYMOUS, "UNAUTHENTICATED"), (ADA, "FORBIDDEN")], ids=["nobody", "a member"]
)
async def test_only_staff_add_copies(desk: Desk, caller: Caller, code: str) -> None:
    assert await desk.refused(ADD, caller, input=one(desk)) == code
