"""The business starts with one command, keeps its data, and tells across its processes what changes."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.journeys.conftest import SIGN_IN, Client, start, stop
from tests.journeys.test_renting import new_film_with_copies, offer

COUNT = "{ movies(first: 1) { totalCount } stores { name } viewer { handle } }"
RENT = """mutation ($input: RentMovieInput!) { rentMovie(input: $input) {
  rental { id copy { barcode } } errors { ... on UserError { code } } } }"""
TAKE_IN = """mutation ($input: ReturnCopyInput!) { returnCopy(input: $input) {
  rental { id } errors { ... on UserError { code } } } }"""
RENTAL_CHANGED = "subscription { rentalChanged { movie { name } } }"
AVAILABILITY_CHANGED = """subscription ($ids: [ID!]!) { availabilityChanged(movieIds: $ids) {
  name availability { copiesTotal } } }"""


@dataclass(frozen=True)
class Handover:
    """What a business in one process said, and the address of the four processes that took it over."""

    said: object
    settings: object
    url: str


def asked(url: str, query: str, **variables: object) -> dict[str, object]:
    """The data of an answer."""
    answer = httpx2.post(f"{url}/graphql", json={"query": query, "variables": variables}, timeout=30).json()
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


def settings_of_the_client(url: str) -> object:
    """What the shop is told of where it runs."""
    return httpx2.get(f"{url}/client.json").json()


@pytest.fixture(scope="module")
def handover(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handover]:
    """A business that ran as one process, and runs as four by now."""
    var = tmp_path_factory.mktemp("handover")
    one, url = start(var)
    said, settings = asked(url, COUNT), settings_of_the_client(url)
    assert stop(one) == 0
    four, url = start(var, "--processes")
    yield Handover(said, settings, url)
    assert stop(four) == 0


def test_four_processes_answer_as_one_does_and_find_what_it_kept(handover: Handover) -> None:
    assert asked(handover.url, COUNT) == handover.said
    session = asked(handover.url, SIGN_IN, input={"handle": "ada", "password": "popcorn-and-stairs-42"})
    assert session["signIn"]


def test_four_processes_tell_the_client_what_one_does(handover: Handover) -> None:
    assert settings_of_the_client(handover.url) == handover.settings == {"demo": True}


async def first_event(client: Client, query: str, **variables: Any) -> Any:
    """The data of the first event of a subscription."""
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {client.token}"}
    body = {"query": query, "variables": variables}
    async with client.http.stream("POST", "/graphql", json=body, headers=headers) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                return json.loads(line.removeprefix("data: "))["data"]
    raise AssertionError("the stream ended without an event")


async def test_who_subscribes_hears_of_a_change_in_another_process(handover: Handover) -> None:
    async with httpx2.AsyncClient(base_url=handover.url, timeout=60) as http:
        ada, clive = await Client(http).sign_in("ada"), await Client(http).sign_in("clive")
        slug = await new_film_with_copies(clive, 1)
        query = "query ($s: String!) { movie(slug: $s) { id name } }"
        movie = (await ada.data(query, s=slug))["movie"]

        async def rent_and_take_in() -> None:
            wanted = {"offerToken": (await offer(ada, slug))["token"], "idempotencyKey": uuid4().hex}
            barcode = (await ada.payload(RENT, input=wanted))["rental"]["copy"]["barcode"]
            await clive.payload(TAKE_IN, input={"barcode": barcode, "idempotencyKey": uuid4().hex})

        listening = [
            asyncio.create_task(first_event(ada, RENTAL_CHANGED)),
            asyncio.create_task(first_event(ada, AVAILABILITY_CHANGED, ids=[movie["id"]])),
        ]
        # A subscriber hears of what comes after it began, and nobody here can see when that is.
        for _ in range(20):
            await rent_and_take_in()
            done, _ = await asyncio.wait(listening, timeout=2)
            if len(done) == len(listening):
                break
        rental, stock = [(await asyncio.wait_for(task, 1)) for task in listening]
    assert rental == {"rentalChanged": {"movie": {"name": movie["name"]}}}
    assert stock == {"availabilityChanged": {"name": movie["name"], "availability": {"copiesTotal": 1}}}
