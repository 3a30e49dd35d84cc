"""Pages of a list stay right while films come and go between them."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from subgraphs.common.database import Database
from subgraphs.movies.models import MovieRow
from subgraphs.movies.service.adding import NewFilm, add_films
from subgraphs.movies.service.listing import Wanted, list_movies, select_movies
from subgraphs.movies.service.listing_statements import MovieSortKey, Order
from tests.databases import Template
from tests.movies.conftest import NOW, Catalogue, served

Drawn = tuple[str, int, int | None]
DRAWN = st.tuples(
    st.sampled_from(["Kestrel", "Kestrel Down", "A Kestrel", "Old Kestrel"]),
    st.integers(1990, 1993),
    st.one_of(st.none(), st.integers(90, 92)),
)
EXAMPLES = settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def film(drawn: Drawn, number: int) -> NewFilm:
    """A film whose sort keys many others share."""
    name, year, minutes = drawn
    return NewFilm(
        id=f"mov_kestrel{number:06d}",
        slug=f"kestrel-{number}",
        name=name,
        release_year=year,
        runtime_minutes=minutes,
        genres=(),
        credits=(),
        palette=("#000000", "#ffffff", "#888888"),
        layout=0,
    )


async def read(
    database: Database, order: Order, size: int, after: str | None
) -> tuple[list[str], str | None]:
    """The ids of one page, and the cursor of the next."""
    selection = await select_movies(database, Wanted(search="kestrel"), after)
    page = await list_movies(database, selection, order, size, after)
    return [row.id for row in page.rows], page.info.end_cursor if page.info.has_next_page else None


@pytest.mark.parametrize("key", MovieSortKey)
@EXAMPLES
@given(
    begin=st.lists(DRAWN, min_size=3, max_size=12),
    come=st.lists(DRAWN, max_size=6),
    go=st.sets(st.integers(0, 11), max_size=4),
    size=st.integers(1, 4),
    descending=st.booleans(),
)
async def test_a_film_that_stays_is_read_exactly_once_and_in_order(
    seeded: Template,
    key: MovieSortKey,
    *,
    begin: list[Drawn],
    come: list[Drawn],
    go: set[int],
    size: int,
    descending: bool,
) -> None:
    order = Order(key, descending=descending)
    with tempfile.TemporaryDirectory() as folder:
        async with served(await seeded.to_change(Path(folder)), Path(folder)) as catalogue:
            there = [film(drawn, number) for number, drawn in enumerate(begin)]
            async with catalogue.database.transaction() as session:
                await add_films(session, there, NOW)
            gone = [there[number].id for number in go if number < len(there)]
            whole, seen = await _read_while_changing(catalogue, order, size, come, gone)
    assert len(seen) == len(set(seen))
    stayed = [movie_id for movie_id in whole if movie_id not in gone]
    assert [movie_id for movie_id in seen if movie_id in set(stayed)] == stayed


async def _read_while_changing(
    catalogue: Catalogue, order: Order, size: int, come: list[Drawn], gone: list[str]
) -> tuple[list[str], list[str]]:
    """The list as it was at first, and as page after page gave it, a film coming and one going after each."""
    coming = [film(drawn, 1_000 + number) for number, drawn in enumerate(come)]
    going, seen, after = list(gone), [], None
    whole, _ = await read(catalogue.database, order, 100, None)
    while True:
        page, after = await read(catalogue.database, order, size, after)
        seen += page
        if after is None:
            return whole, seen
        async with catalogue.database.transaction() as session:
            if coming:
                await add_films(session, [coming.pop()], NOW)
            if going:
                gone_now = update(MovieRow).where(MovieRow.id == going.pop()).values(retired_at=NOW)
                await session.execute(gone_now)
