"""Entities as a router asks for them, and what they cost."""

from typing import Any

import pytest

from subgraphs.common.demo import films, members
from subgraphs.common.ids import derived_id
from tests.users.conftest import ADA, ADAM, ANYBODY, NOW, People

ENTITIES = "query($them: [_Any!]!) {{ _entities(representations: $them) {{ {selection} }} }}"
BROWSE = ENTITIES.format(selection="... on Title { rating { average count } }")
FILM_PAGE = ENTITIES.format(
    selection="""... on Title {
        rating { average count histogram } onWatchlist
        reviews(first: 3) { totalCount edges { node { score headline author { displayName } } } }
    }"""
)
PEOPLE = ENTITIES.format(
    selection="""... on User {
        handle roles membership { tier } reviews(first: 2) { totalCount edges { node { score } } }
    }"""
)


def titles(count: int) -> list[dict[str, str]]:
    return [{"__typename": "Title", "id": film.id} for film in films()[:count]]


def users(count: int) -> list[dict[str, str]]:
    return [{"__typename": "User", "id": member.id} for member in members(NOW)[:count]]


@pytest.mark.parametrize("count", [5, 50])
async def test_browsing_costs_one_statement_however_many_films(people: People, count: int) -> None:
    assert len(await people.statements(BROWSE, ADA, them=titles(count))) == 1


@pytest.mark.parametrize("count", [1, 5, 50])
async def test_a_film_page_costs_three_statements_however_many_films(people: People, count: int) -> None:
    assert len(await people.statements(FILM_PAGE, ADA, them=titles(count))) == 3


@pytest.mark.parametrize("count", [5, 50])
async def test_people_cost_four_statements_however_many(people: People, count: int) -> None:
    assert len(await people.statements(PEOPLE, ADAM, them=users(count))) == 4


async def test_a_list_of_users_costs_two_statements_and_its_count_one_more(people: People) -> None:
    listed = "{ users(first: 50) { totalCount edges { node { handle roles } } } }"
    assert len(await people.statements(listed, ADAM)) == 3


async def test_entities_come_in_order_and_missing_ones_are_null(people: People) -> None:
    them = [
        {"__typename": "User", "handle": "kim"},
        {"__typename": "User", "id": "usr_nobody"},
        {"__typename": "User", "id": ADA.subject},
    ]
    answer = await people.data(ENTITIES.format(selection="... on User { handle }"), them=them)
    assert answer["_entities"] == [{"handle": "kim"}, None, {"handle": "ada"}]


async def test_a_review_is_an_entity(people: People) -> None:
    review = derived_id("rev", "none")
    them = [{"__typename": "Review", "id": review}]
    answer = await people.data(ENTITIES.format(selection="... on Review { score }"), them=them)
    assert answer["_entities"] == [None]


async def test_the_newest_reviews_of_each_title_come_first(people: People) -> None:
    selection = "... on Title { id reviews(first: 3) { edges { node { createdAt title { id } } } } }"
    answer = await people.data(ENTITIES.format(selection=selection), them=titles(20))
    for title in answer["_entities"]:
        nodes = [edge["node"] for edge in title["reviews"]["edges"]]
        assert all(node["title"]["id"] == title["id"] for node in nodes)
        assert nodes == sorted(nodes, key=lambda node: node["createdAt"], reverse=True)


async def test_all_reviews_of_a_title_are_found_page_by_page(people: People) -> None:
    pages = """query($them: [_Any!]!, $after: String) { _entities(representations: $them) { ... on Title {
        reviews(first: 1, after: $after) {
            totalCount edges { node { id } } pageInfo { hasNextPage endCursor }
        } } } }"""
    for title in titles(3):
        seen: list[str] = []
        page: dict[str, Any] = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
        while page["pageInfo"]["hasNextPage"]:
            answer = await people.data(pages, them=[title], after=page["pageInfo"]["endCursor"])
            page = answer["_entities"][0]["reviews"]
            seen += [edge["node"]["id"] for edge in page["edges"]]
        assert len(seen) == len(set(seen)) == page["totalCount"]


async def test_a_watchlist_mark_is_the_viewers_own(people: People) -> None:
    title = films()[0].id
    await people.mutate("addToWatchlist", "item { id }", ADAM, titleId=title)
    marked = ENTITIES.format(selection="... on Title { onWatchlist }")
    them = [{"__typename": "Title", "id": title}]
    seen = [
        (await people.data(marked, caller, them=them))["_entities"][0]["onWatchlist"]
        for caller in (ADAM, ANYBODY)
    ]
    assert seen == [True, None]


async def test_private_fields_stay_private_on_the_entity_path(people: People) -> None:
    selection = "... on User { email birthDate roles watchlist { totalCount } }"
    them = [{"__typename": "User", "handle": "kim"}]
    answer = await people.data(ENTITIES.format(selection=selection), ADA, them=them)
    assert set(answer["_entities"][0].values()) == {None}


async def test_a_bad_representation_spoils_only_itself(people: People) -> None:
    them = [{"__typename": "User"}, {"__typename": "User", "handle": "kim"}]
    answer = await people.ask(ENTITIES.format(selection="... on User { handle }"), them=them)
    assert answer["data"]["_entities"] == [None, {"handle": "kim"}]
    assert [error["path"] for error in answer["errors"]] == [["_entities", 0]]


async def test_text_that_no_store_can_hold_is_refused(people: People) -> None:
    asked = "query($handle: String!) { user(handle: $handle) { id } }"
    assert await people.code(asked, handle="\0") == "BAD_USER_INPUT"
