"""A clerk keeps the catalogue and the counter; a manager may do more there."""

from uuid import uuid4

from tests.journeys.conftest import Client
from tests.journeys.staging import Stage, stage
from tests.journeys.test_browsing import listed, operation
from tests.journeys.test_renting import new_film_with_copies

__all__ = ["stage"]

UPDATE = """mutation ($input: UpdateMovieInput!) { updateMovie(input: $input) {
  movie { name version } errors { ... on UserError { code } ... on VersionConflict { currentVersion } } } }"""
FILM = "query ($slug: String!) { movie(slug: $slug) { id name version offers { token } } }"


async def test_a_new_film_with_copies_can_be_found_and_has_offers(clerk: Client, visitor: Client) -> None:
    slug = await new_film_with_copies(clerk, 2)
    film = (await visitor.data(FILM, slug=slug))["movie"]
    assert film["name"] in await listed(visitor, search=film["name"])
    assert len(film["offers"]) == 1


async def test_of_two_changes_to_the_same_version_the_second_is_told(clerk: Client) -> None:
    film = (await clerk.data(FILM, slug=await new_film_with_copies(clerk, 1)))["movie"]
    edit = {"id": film["id"], "expectedVersion": film["version"]}
    first = await clerk.payload(UPDATE, input={**edit, "synopsis": "A first one."})
    second = await clerk.payload(UPDATE, input={**edit, "synopsis": "A second one."})
    assert first["movie"]["version"] == film["version"] + 1
    assert second["errors"] == [{"code": "VERSION_CONFLICT", "currentVersion": film["version"] + 1}]


async def test_a_scanned_box_tells_its_film_without_asking_the_catalogue(clerk: Client) -> None:
    slug = await new_film_with_copies(clerk, 1)
    film = (await clerk.data(FILM, slug=slug))["movie"]
    add = """mutation ($input: AddCopiesInput!) { addCopies(input: $input) { copies { barcode } } }"""
    store = (await clerk.data("{ stores { id } }"))["stores"][0]["id"]
    copies = (
        await clerk.payload(
            add,
            input={
                "movieId": film["id"],
                "storeId": store,
                "format": "UHD",
                "count": 1,
                "idempotencyKey": uuid4().hex,
            },
        )
    )["copies"]
    scanned = (await clerk.data(operation("CounterScan"), barcode=copies[0]["barcode"]))["copy"]
    assert (scanned["movie"]["name"], scanned["status"]) == (film["name"], "AVAILABLE")


async def test_a_retired_film_leaves_the_catalogue(clerk: Client, visitor: Client) -> None:
    film = (await clerk.data(FILM, slug=await new_film_with_copies(clerk, 1)))["movie"]
    retire = """mutation ($input: RetireMovieInput!) { retireMovie(input: $input) {
      movie { retiredAt } errors { ... on UserError { code } } } }"""
    payload = await clerk.payload(retire, input={"id": film["id"], "expectedVersion": film["version"]})
    assert payload["movie"]["retiredAt"]
    assert film["name"] not in await listed(visitor, search=film["name"])


RETURN = """mutation ($input: ReturnRentalInput!) { returnRental(input: $input) {
  rental { version } errors { ... on UserError { code } } } }"""
WAIVE = """mutation ($input: WaiveLateFeeInput!) { waiveLateFee(input: $input) {
  rental { id lateFee { waived } } errors { ... on UserError { code } } } }"""


async def test_a_manager_forgives_a_late_fee_which_a_clerk_may_not(stage: Stage) -> None:
    async def owed() -> int:
        viewer = (await stage.member.data("{ viewer { balance { amountMinor } } }"))["viewer"]
        return viewer["balance"]["amountMinor"]

    rental = await stage.rented(stage.member)
    before = await owed()
    await stage.make_late(rental)
    given_back = {"rentalId": rental["id"], "idempotencyKey": uuid4().hex}
    sent = await stage.member.payload(RETURN, input=given_back)
    with_fee = await owed()
    wanted = {
        "rentalId": rental["id"],
        "expectedVersion": sent["rental"]["version"],
        "reason": "Snow",
        "idempotencyKey": uuid4().hex,
    }
    refused = await stage.clerk.ask(WAIVE, input=wanted)
    waived = await (await stage.as_("mona")).payload(WAIVE, input=wanted)
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["UNAUTHORIZED_FIELD_OR_TYPE"]
    assert waived == {"rental": {"id": rental["id"], "lateFee": {"waived": True}}, "errors": []}
    assert (with_fee > before, await owed()) == (True, before)
