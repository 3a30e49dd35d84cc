"""A visitor looks around the shop."""

from pathlib import Path

import pytest

from tests.journeys.conftest import Client

OPERATIONS = Path(__file__).parent.parent.parent / "schema" / "operations"
LIST = """query ($search: String, $filter: MovieFilter, $sort: MovieSort, $first: Int! = 50, $after: String) {
  movies(search: $search, filter: $filter, sort: $sort, first: $first, after: $after) {
    totalCount edges { node { name slug releaseYear genres { slug } } } pageInfo { hasNextPage endCursor } } }"""


def operation(name: str) -> str:
    """One of the shop's own operations."""
    return (OPERATIONS / f"{name}.graphql").read_text()


async def listed(visitor: Client, **variables: object) -> list[str]:
    """The names of the films in a list."""
    data = await visitor.data(LIST, **variables)
    return [edge["node"]["name"] for edge in data["movies"]["edges"]]


async def test_the_browse_page_shows_films_with_what_all_three_subgraphs_know(visitor: Client) -> None:
    page = (await visitor.data(operation("BrowsePage")))["movies"]
    assert len(page["edges"]) == 50
    nodes = [edge["node"] for edge in page["edges"]]
    assert all(node["rating"] is not None and node["availability"] is not None for node in nodes)
    assert any(node["offers"] for node in nodes)
    assert any(node["rating"]["count"] for node in nodes)


@pytest.mark.parametrize(
    ("search", "name"),
    [("godfather", "The Godfather"), ("amelie", "Amélie"), ("al pacino", "Heat"), ("godf", "The Godfather")],
)
async def test_a_film_is_found_by_title_or_person(visitor: Client, search: str, name: str) -> None:
    assert name in await listed(visitor, search=search)


async def test_a_list_can_be_filtered_and_sorted(visitor: Client) -> None:
    data = await visitor.data(
        LIST,
        filter={"genres": ["Drama"], "releaseYear": {"gte": 1990, "lte": 1999}},
        sort={"key": "RELEASE_DATE", "direction": "DESC"},
    )
    nodes = [edge["node"] for edge in data["movies"]["edges"]]
    years = [node["releaseYear"] for node in nodes]
    assert years == sorted(years, reverse=True)
    assert set(years) <= set(range(1990, 2000))
    assert all("drama" in [genre["slug"] for genre in node["genres"]] for node in nodes)


async def test_a_list_is_paged_without_gap_or_repeat(visitor: Client) -> None:
    slugs: list[str] = []
    after = None
    while True:
        movies = (await visitor.data(LIST, first=100, after=after))["movies"]
        slugs += [edge["node"]["slug"] for edge in movies["edges"]]
        if not movies["pageInfo"]["hasNextPage"]:
            break
        after = movies["pageInfo"]["endCursor"]
    assert len(slugs) == len(set(slugs)) == movies["totalCount"]


async def test_a_film_page_shows_credits_offers_availability_rating_and_reviews(visitor: Client) -> None:
    film = (await visitor.data(operation("FilmPage"), slug="heat-1995"))["movie"]
    assert film["directors"] == [{"name": "Michael Mann"}]
    assert "Al Pacino" in [edge["node"]["person"]["name"] for edge in film["credits"]["edges"]]
    assert film["offers"]
    assert film["availability"]["copiesAvailable"] >= len(film["offers"])
    assert 1 <= film["rating"]["average"] <= 10
    assert film["reviews"]["edges"][0]["node"]["author"]["displayName"]


async def test_what_is_only_for_members_is_null_for_a_visitor(visitor: Client) -> None:
    film = (await visitor.data(operation("FilmPage"), slug="heat-1995"))["movie"]
    assert (film["onWatchlist"], film["viewerRental"]) == (None, None)
    assert (await visitor.data("{ viewer { handle } }"))["viewer"] is None
