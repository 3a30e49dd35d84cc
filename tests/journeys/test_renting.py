"""A member rents a film, and gives it back."""

import asyncio
from typing import Any
from uuid import uuid4

from tests.journeys.conftest import Business, Client
from tests.journeys.test_browsing import operation

OFFERS = """query ($slug: String!) { movie(slug: $slug) { id name availability { copiesAvailable }
  offers { id token format copiesAvailable loanDays price { amountMinor currency } } viewerRental { id } } }"""
RETURN = """mutation ($input: ReturnRentalInput!) { returnRental(input: $input) {
  rental { id status sentBackAt } errors { ... on UserError { code } } } }"""
RENT = operation("RentMovie")


async def offer(client: Client, slug: str) -> dict[str, Any]:
    """The first offer of a film, to this client."""
    return (await client.data(OFFERS, slug=slug))["movie"]["offers"][0]


async def rent(client: Client, token: str, key: str = "") -> dict[str, Any]:
    """The payload of renting by an offer."""
    return await client.payload(RENT, input={"offerToken": token, "idempotencyKey": key or uuid4().hex})


async def test_a_film_rented_by_an_offer_costs_what_the_offer_said(member: Client) -> None:
    offered = await offer(member, "the-matrix-1999")
    payload = await rent(member, offered["token"])
    assert payload["errors"] == []
    assert payload["rental"]["price"] == offered["price"]
    assert payload["rental"]["movie"] == {"name": "The Matrix"}


async def test_a_rented_film_stands_in_my_rentals_with_facts_from_all_three_subgraphs(member: Client) -> None:
    rental = (await rent(member, (await offer(member, "alien-1979"))["token"]))["rental"]
    viewer = (await member.data(operation("MyRentals")))["viewer"]
    (mine,) = [edge["node"] for edge in viewer["rentals"]["edges"]]
    assert (mine["id"], mine["status"], mine["dueAt"]) == (rental["id"], "ACTIVE", rental["dueAt"])
    assert mine["movie"]["name"] == "Alien"
    assert viewer["displayName"] == "New Member"
    assert viewer["balance"]["amountMinor"] == rental["price"]["amountMinor"]


async def test_who_rents_a_film_and_then_asks_sees_one_copy_less(member: Client) -> None:
    before = (await member.data(OFFERS, slug="jaws-1975"))["movie"]
    rental = (await rent(member, before["offers"][0]["token"]))["rental"]
    after = (await member.data(OFFERS, slug="jaws-1975"))["movie"]
    assert after["availability"]["copiesAvailable"] == before["availability"]["copiesAvailable"] - 1
    assert after["viewerRental"] == {"id": rental["id"]}


async def test_a_rental_that_is_sent_back_is_returned_at_the_counter(member: Client, clerk: Client) -> None:
    rental = (await rent(member, (await offer(member, "casablanca-1942"))["token"]))["rental"]
    sent = await member.payload(RETURN, input={"rentalId": rental["id"], "idempotencyKey": uuid4().hex})
    assert (sent["rental"]["status"], sent["errors"]) == ("RETURNING", [])
    query = "query ($id: ID!) { rental(id: $id) { copy { barcode } } }"
    barcode = (await member.data(query, id=rental["id"]))["rental"]["copy"]["barcode"]
    taken = await clerk.payload(
        """mutation ($input: ReturnCopyInput!) { returnCopy(input: $input) {
             rental { id status copy { status } } errors { ... on UserError { code } } } }""",
        input={"barcode": barcode, "idempotencyKey": uuid4().hex},
    )
    assert taken["rental"] == {"id": rental["id"], "status": "RETURNED", "copy": {"status": "AVAILABLE"}}


async def test_the_same_request_twice_rents_once(member: Client) -> None:
    token = (await offer(member, "the-matrix-1999"))["token"]
    key = uuid4().hex
    first, second = await asyncio.gather(rent(member, token, key), rent(member, token, key))
    assert first == second
    viewer = (await member.data(operation("MyRentals")))["viewer"]
    assert len(viewer["rentals"]["edges"]) == 1


async def test_the_last_copy_goes_to_one_of_two(visitor: Client, clerk: Client, business: Business) -> None:
    slug = await new_film_with_copies(clerk, 1)
    ada, mona = await visitor.sign_in("ada"), await visitor.sign_in("mona")
    tokens = [(await offer(client, slug))["token"] for client in (ada, mona)]
    payloads = await asyncio.gather(rent(ada, tokens[0]), rent(mona, tokens[1]))
    won = [payload for payload in payloads if payload["rental"]]
    lost = [payload for payload in payloads if not payload["rental"]]
    assert len(won) == 1
    assert [error["code"] for payload in lost for error in payload["errors"]] == ["OUT_OF_STOCK"]


async def new_film_with_copies(clerk: Client, count: int) -> str:
    """The slug of a film that is new in the catalogue, with so many copies on the shelf."""
    created = await clerk.payload(
        """mutation ($input: CreateMovieInput!) { createMovie(input: $input) {
             movie { id slug } errors { ... on UserError { message path } } } }""",
        input={
            "name": f"Premiere {uuid4().hex[:8]}",
            "releaseDate": "2020-02-02",
            "certification": "PG",
            "genres": ["Drama"],
            "wholesaleCost": {"amountMinor": 1499, "currency": "USD"},
            "idempotencyKey": uuid4().hex,
        },
    )
    movie = created["movie"]
    await stocked(clerk, movie["id"], count)
    return movie["slug"]


async def stocked(clerk: Client, movie_id: str, count: int) -> None:
    """Puts copies of a film on the shelf, as soon as rentals has heard of it."""
    add = """mutation ($input: AddCopiesInput!) { addCopies(input: $input) {
      copies { barcode } errors { ... on UserError { code message } } } }"""
    store = (await clerk.data("{ stores { id } }"))["stores"][0]["id"]
    for _ in range(100):
        payload = await clerk.payload(
            add,
            input={
                "movieId": movie_id,
                "storeId": store,
                "format": "DVD",
                "count": count,
                "idempotencyKey": uuid4().hex,
            },
        )
        if len(payload["copies"]) == count:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"rentals has not heard of {movie_id}")
