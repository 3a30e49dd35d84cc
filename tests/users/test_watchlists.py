"""Watchlists: one's own, the newest first."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from subgraphs.common.demo import films
from subgraphs.common.messages import Message
from subgraphs.users.service.projections import take_in_title
from tests.databases import WHATEVER_THE_DATABASE
from tests.users.conftest import ADAM, NOW, People

ITEM = "item { note addedAt title { id } }"
LIST = """query($first: Int! = 20, $after: String) { viewer { watchlist(first: $first, after: $after) {
    totalCount edges { cursor node { note title { id } } } pageInfo { hasNextPage hasPreviousPage endCursor }
} } }"""
FILMS = [film.id for film in films()[:7]]


async def add(people: People, title: str, **given: Any) -> Any:
    return await people.mutate("addToWatchlist", ITEM, ADAM, titleId=title, **given)


async def shelf(people: People, **variables: Any) -> Any:
    return (await people.data(LIST, ADAM, **variables))["viewer"]["watchlist"]


async def tell(people: People, message_id: str, **told: Any) -> None:
    payload = {"id": FILMS[0], "name": "A name", "retired": False, "version": 2} | told
    message = Message(message_id, "movie.renamed", str(payload["id"]), payload, NOW)
    await take_in_title(people.resources, message, NOW)


async def test_a_title_goes_onto_the_watchlist(people: People) -> None:
    payload = await add(people, FILMS[0], note=" with Kim ")
    assert payload["item"] == {
        "note": "with Kim",
        "addedAt": "2026-05-01T12:00:00Z",
        "title": {"id": FILMS[0]},
    }
    assert (await shelf(people))["totalCount"] == 1


async def test_a_title_is_on_it_once_with_its_latest_note(people: People) -> None:
    await add(people, FILMS[0], note="one")
    await add(people, FILMS[0], note="two")
    await add(people, FILMS[0])
    assert [edge["node"]["note"] for edge in (await shelf(people))["edges"]] == ["two"]


async def test_a_title_added_many_times_at_once_is_on_it_once(people: People) -> None:
    await asyncio.gather(*(add(people, FILMS[0]) for _ in range(6)))
    assert (await shelf(people))["totalCount"] == 1


async def test_the_newest_come_first_page_by_page(people: People) -> None:
    for film in FILMS:
        people.now += timedelta(minutes=1)
        await add(people, film)
    seen, after = [], None
    while True:
        page = await shelf(people, first=3, after=after)
        seen += [edge["node"]["title"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == FILMS[::-1]


async def test_a_page_stays_right_while_titles_are_added(people: People) -> None:
    for film in FILMS[:4]:
        people.now += timedelta(minutes=1)
        await add(people, film)
    first = await shelf(people, first=2)
    people.now += timedelta(minutes=1)
    await add(people, FILMS[5])
    second = await shelf(people, first=2, after=first["pageInfo"]["endCursor"])
    assert [edge["node"]["title"]["id"] for edge in second["edges"]] == [FILMS[1], FILMS[0]]


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize("first", [0, -1, 101, 10_000])
async def test_a_page_has_a_size(people: People, first: int) -> None:
    assert await people.code(LIST, ADAM, first=first) == "BAD_USER_INPUT"


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize("after", ["x", "WzFd", "WyJ4IiwieSJd"])
async def test_a_cursor_is_one_that_was_given(people: People, after: str) -> None:
    assert await people.code(LIST, ADAM, after=after) == "BAD_USER_INPUT"


async def test_a_title_comes_off_the_watchlist(people: People) -> None:
    await add(people, FILMS[0], note="one")
    payload = await people.mutate("removeFromWatchlist", ITEM, ADAM, titleId=FILMS[0])
    assert payload["item"]["note"] == "one"
    assert (await shelf(people))["totalCount"] == 0


async def test_what_is_not_on_it_cannot_come_off(people: People) -> None:
    payload = await people.mutate("removeFromWatchlist", ITEM, ADAM, titleId=FILMS[0])
    assert payload["errors"][0]["code"] == "NOT_FOUND"


async def test_a_title_that_the_catalogue_lacks_is_not_found(people: People) -> None:
    assert (await add(people, "mov_nothing"))["errors"][0]["path"] == ["input", "titleId"]


async def test_a_note_has_a_length(people: People) -> None:
    assert (await add(people, FILMS[0], note="x" * 501))["errors"][0]["path"] == ["input", "note"]


async def test_a_title_that_the_catalogue_tells_of_can_be_added(people: People) -> None:
    await tell(people, "msg_1", id="mov_new", version=1)
    assert (await add(people, "mov_new"))["errors"] == []


async def test_a_retired_title_is_not_found(people: People) -> None:
    await tell(people, "msg_1", retired=True)
    assert (await add(people, FILMS[0]))["errors"][0]["code"] == "NOT_FOUND"


async def test_old_news_of_a_title_changes_nothing(people: People) -> None:
    await tell(people, "msg_2", retired=True, version=3)
    await tell(people, "msg_1", retired=False, version=2)
    assert (await add(people, FILMS[0]))["errors"][0]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("field", ["addToWatchlist", "removeFromWatchlist"])
async def test_a_watchlist_is_somebodys(people: People, field: str) -> None:
    change = f'mutation {{ {field}(input: {{titleId: "x"}}) {{ item {{ id }} }} }}'
    assert await people.code(change) == "UNAUTHENTICATED"
