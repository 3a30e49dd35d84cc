"""Loading a catalogue from a file: what comes in, what stays outside and why, and what a second load does."""

import asyncio
import gzip
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from subgraphs.common.database import Database
from subgraphs.common.ids import derived_id
from subgraphs.common.migrations import migrate
from subgraphs.movies.__main__ import command
from subgraphs.movies.app import PACKAGE
from subgraphs.movies.models import Base, CreditRow, MovieRow, Outbox
from subgraphs.movies.service import importing
from subgraphs.movies.service.catalogue_file import UnreadableFile, read_catalogue
from subgraphs.movies.service.importing import Tally, import_catalogue
from tests.conftest import SHARED
from tests.databases import KINDS, WHATEVER_THE_DATABASE, Template, empty_database
from tests.movies.conftest import NOW, Catalogue, served
from tests.statements import noted

GOOD: dict[str, Any] = {
    "title": "Señal Perdida",
    "year": 1951,
    "director": "Ágnes Wyxberg",
    "cast": ["Zephyr Quillon", "Ágnes Wyxberg"],
    "genres": ["Drama", "Sports"],
    "extract": "A signal is lost at sea.",
    "wikipedia": "https://en.wikipedia.org/wiki/Se%C3%B1al",
}
FILM = """query ($id: ID!) { movie(id: $id) { name slug releaseDate releaseYear certification synopsis
  wholesaleCost { amountMinor } genres { name } directors { name } version
  credits(kind: CAST) { edges { node { billing person { name } } } } } }"""


@pytest.fixture
async def catalogue(seeded: Template, tmp_path: Path) -> AsyncIterator[Catalogue]:
    """The demo catalogue, into which films are loaded."""
    async with served(await seeded.to_change(tmp_path), tmp_path) as catalogue:
        yield catalogue


def write(folder: Path, *lines: dict[str, Any] | str | bytes) -> Path:
    """A catalogue file of these lines."""
    path = folder / "catalogue.jsonl"
    encoded = [line if isinstance(line, str | bytes) else json.dumps(line) for line in lines]
    path.write_bytes(b"\n".join(line.encode() if isinstance(line, str) else line for line in encoded))
    return path


async def load(database: Database, path: Path) -> tuple[Tally, list[str]]:
    """The tally of loading a file, and what is said of its lines."""
    said: list[str] = []
    tally = await import_catalogue(
        database, read_catalogue(path), NOW, lambda remark: said.append(str(remark)), lambda *_: None
    )
    return tally, said


async def contents(database: Database) -> list[Any]:
    """Every film, credit and message, so that two states can be compared."""
    async with database.read() as session:
        films = (await session.execute(select(MovieRow.id, MovieRow.version, MovieRow.slug))).all()
        made = (await session.execute(select(CreditRow.id, CreditRow.person_id))).all()
        told = (await session.execute(select(Outbox.kind, Outbox.aggregate, Outbox.id))).all()
    return [sorted(map(tuple, rows)) for rows in (films, made, told)]


def movie_id(line: dict[str, Any]) -> str:
    """The id that a line's film gets."""
    return derived_id("mov", f"import:{line['wikipedia']}")


async def test_a_line_becomes_a_film_with_all_that_it_names(catalogue: Catalogue, tmp_path: Path) -> None:
    tally, said = await load(catalogue.database, write(tmp_path, GOOD))
    assert (tally, said) == (Tally(added=1), [])
    film = (await catalogue.data(FILM, id=movie_id(GOOD)))["movie"]
    assert film == {
        "name": "Señal Perdida",
        "slug": "senal-perdida-1951",
        "releaseDate": None,
        "releaseYear": 1951,
        "certification": "UNRATED",
        "synopsis": "A signal is lost at sea.",
        "wholesaleCost": None,
        "genres": [{"name": "Drama"}, {"name": "Sport"}]
        if any(genre["name"] == "Sport" for genre in film["genres"])
        else [{"name": "Drama"}, {"name": "Sports"}],
        "directors": [{"name": "Ágnes Wyxberg"}],
        "version": 1,
        "credits": {
            "edges": [
                {"node": {"billing": 1, "person": {"name": "Zephyr Quillon"}}},
                {"node": {"billing": 2, "person": {"name": "Ágnes Wyxberg"}}},
            ]
        },
    }


async def test_a_loaded_film_is_found_and_told_of_like_one_that_staff_made(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    await load(catalogue.database, write(tmp_path, GOOD))
    data = await catalogue.data(
        """{ movies(search: "wyxberg signal") { edges { node { id } } }
             people(search: "quilon") { edges { node { name } } } }"""
    )
    assert data["movies"]["edges"] == [{"node": {"id": movie_id(GOOD)}}]
    assert data["people"]["edges"] == [{"node": {"name": "Zephyr Quillon"}}]
    async with catalogue.database.read() as session:
        told = (await session.scalars(select(Outbox))).one()
    assert (told.kind, told.aggregate) == ("movie.created", movie_id(GOOD))
    assert told.payload == {
        "id": movie_id(GOOD),
        "slug": "senal-perdida-1951",
        "name": "Señal Perdida",
        "certification": "UNRATED",
        "retired": False,
        "version": 1,
    }


async def test_a_second_load_changes_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write(tmp_path, GOOD, GOOD | {"title": "Another", "wikipedia": None})
    await load(catalogue.database, path)
    before = await contents(catalogue.database)
    tally, _ = await load(catalogue.database, path)
    assert tally == Tally(known=2)
    assert await contents(catalogue.database) == before


async def test_a_film_that_staff_made_is_not_loaded_beside_it(catalogue: Catalogue, tmp_path: Path) -> None:
    heat = {
        "title": "Heat",
        "year": 1995,
        "director": "Michael Mann",
        "wikipedia": "https://example.org/heat",
    }
    remake = heat | {"director": "Somebody Else", "wikipedia": "https://example.org/heat-2"}
    tally, _ = await load(catalogue.database, write(tmp_path, heat, remake))
    assert tally == Tally(added=1, known=1)


@WHATEVER_THE_DATABASE
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "It is no JSON"),
        (b"\xff\xfe", "It is no JSON"),
        ("[1]", "It is no JSON object."),
        ({"year": 1990}, "`title` is missing."),
        ({"title": "!?", "year": 1990}, "`title` is missing."),
        ({"title": "A", "year": "1990"}, "`year` must be a whole number from 1888 to 2199, not '1990'."),
        ({"title": "A", "year": 1700}, "`year` must be a whole number"),
        ({"title": ["A"], "year": 1990}, "`title` must be text"),
        ({"title": "A" * 301, "year": 1990}, "`name`: At most 300 characters."),
        ({"title": "A\0", "year": 1990}, "It has text with U+0000"),
        ({"title": "A", "year": 1990, "cast": "Zephyr"}, "`cast` must be a list"),
        ({"title": "A", "year": 1990, "certification": "X"}, "`certification` must be one of G, PG"),
        ({"title": "A", "year": 1990, "releaseDate": "1990"}, "`releaseDate` must be a day"),
        ({"title": "A", "year": 1990, "releaseDate": "1991-01-01"}, "`releaseDate` 1991-01-01 is not in"),
        ({"title": "A", "year": 1990, "runtimeMinutes": 0}, "`runtimeMinutes`: 1 to"),
        ({"title": "A", "year": 1990, "wholesaleCostMinor": -1}, "`wholesaleCost`: A cost is 0 to"),
        (GOOD, "it is the film of line 1 again."),
    ],
)
async def test_a_line_that_is_no_film_is_refused_with_its_number_and_the_rest_is_loaded(
    catalogue: Catalogue, tmp_path: Path, line: Any, reason: str
) -> None:
    last = GOOD | {"title": "The Last", "wikipedia": "https://example.org/last"}
    tally, said = await load(catalogue.database, write(tmp_path, GOOD, "", line, last))
    assert tally == Tally(added=2, refused=1)
    assert len(said) == 1
    assert said[0].startswith(f"line 3: refused: {reason}")


@WHATEVER_THE_DATABASE
async def test_a_source_that_is_no_web_page_is_left_out_and_said(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    _, said = await load(catalogue.database, write(tmp_path, GOOD | {"wikipedia": "Heat_(film)"}))
    assert said == [
        "line 1: loaded: left out 'Heat_(film)' of `wikipedia` as the synopsis's source: it is no web address."
    ]
    async with catalogue.database.read() as session:
        film = await session.scalar(select(MovieRow).where(MovieRow.name == GOOD["title"]))
    assert film is not None
    assert (film.synopsis, film.synopsis_source) == (GOOD["extract"], None)


@WHATEVER_THE_DATABASE
async def test_a_name_that_is_none_is_left_out_and_said(catalogue: Catalogue, tmp_path: Path) -> None:
    path = write(tmp_path, GOOD | {"cast": ["Zephyr Quillon", "Q", 7, "zephyr  quillon"], "genres": ["!"]})
    tally, said = await load(catalogue.database, path)
    assert tally.added == 1
    assert said == [
        "line 1: loaded: left out '!' of `genres`: it is no name.",
        "line 1: loaded: left out 'Q' of `cast`: it is no name.",
        "line 1: loaded: left out 7 of `cast`: it is no name.",
    ]


@WHATEVER_THE_DATABASE
async def test_genres_that_differ_by_a_plural_are_one(catalogue: Catalogue, tmp_path: Path) -> None:
    lines = [
        GOOD | {"title": f"Film {name}", "genres": [name], "wikipedia": f"https://example.org/{name}"}
        for name in ("Wrestling", "Wrestlings", "Heists", "Heist")
    ]
    await load(catalogue.database, write(tmp_path, *lines))
    genres = [genre["name"] for genre in (await catalogue.data("{ genres { name } }"))["genres"]]
    assert {"Wrestling", "Heists"} <= set(genres)
    assert not {"Wrestlings", "Heist"} & set(genres)


async def test_a_film_that_the_database_refuses_takes_no_other_with_it(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    lines = [GOOD | {"title": f"Film {n}", "wikipedia": f"https://example.org/{n}"} for n in range(3)]
    parsed = list(read_catalogue(write(tmp_path, *lines)))
    assert parsed[1].film is not None
    object.__setattr__(parsed[1].film, "certification", "NONSENSE")
    said: list[str] = []
    tally = await import_catalogue(
        catalogue.database, parsed, NOW, lambda remark: said.append(str(remark)), lambda *_: None
    )
    assert tally == Tally(added=2, refused=1)
    assert said[0].startswith("line 2: refused: the database refuses it")
    async with catalogue.database.read() as session:
        assert await session.get(MovieRow, parsed[1].film.id) is None
        half = select(CreditRow.id).where(CreditRow.movie_id == parsed[1].film.id)
        assert (await session.scalars(half)).all() == []


async def test_a_load_that_broke_off_is_taken_up_by_loading_again(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    lines = [GOOD | {"title": f"Film {n}", "wikipedia": f"https://example.org/{n}"} for n in range(5)]
    path = write(tmp_path, *lines)

    def stop(_position: int, tally: Tally) -> None:
        if tally.added == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await import_catalogue(catalogue.database, read_catalogue(path), NOW, lambda _: None, stop)
    assert (await load(catalogue.database, path))[0] == Tally(added=1, known=4)


@WHATEVER_THE_DATABASE
async def test_a_gzipped_file_that_ends_in_the_middle_gives_what_came_before(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    lines = [GOOD | {"title": f"Film {n}", "wikipedia": f"https://example.org/{n}"} for n in range(500)]
    zipped = gzip.compress(write(tmp_path, *lines).read_bytes())
    path = tmp_path / "catalogue.jsonl.gz"
    path.write_bytes(zipped[: len(zipped) // 2])
    with pytest.raises(UnreadableFile, match="cannot be read"):
        await load(catalogue.database, path)
    path.write_bytes(zipped)
    tally, _ = await load(catalogue.database, path)
    assert tally.added + tally.known == 500
    assert tally.known > 0


async def test_films_that_want_one_slug_get_slugs_of_their_own(catalogue: Catalogue, tmp_path: Path) -> None:
    titles = ["Twice", "Twice", "Twice 1990 2", "Heat"]
    lines = [
        {"title": title, "year": 1995 if title == "Heat" else 1990, "director": f"Director {n}"}
        for n, title in enumerate(titles)
    ]
    assert (await load(catalogue.database, write(tmp_path, *lines)))[0].added == len(lines)
    async with catalogue.database.read() as session:
        names = select(MovieRow.slug).where(MovieRow.name.in_(titles)).order_by(MovieRow.slug)
        slugs = list(await session.scalars(names))
    assert slugs == ["heat-1995", "heat-1995-2", "twice-1990", "twice-1990-2", "twice-1990-2-1990"]


IMPORTING = [sys.executable, "-m", "subgraphs.movies", "import"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_load_that_is_killed_is_taken_up_where_it_was(tmp_path: Path, kind: str) -> None:
    lines = [
        GOOD | {"title": f"Film {n}", "cast": [f"Actor {n}"], "wikipedia": f"https://example.org/{n}"}
        for n in range(1_500)
    ]
    file = write(tmp_path, *lines)
    async with empty_database(kind, tmp_path) as url:
        environment = os.environ | {"SUPERGRAPH_VAR": str(tmp_path), "MOVIES_DATABASE_URL": url}
        database = Database(url)
        await migrate(database, PACKAGE, Base.metadata)
        killed = await asyncio.create_subprocess_exec(*IMPORTING, str(file), env=environment, stderr=DEVNULL)
        async with asyncio.timeout(300):
            while not (loaded := await count(database, MovieRow)) and killed.returncode is None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        killed.kill()
        await killed.wait()
        loaded = await count(database, MovieRow)
        assert 0 < loaded < len(lines)
        for table in (CreditRow, Outbox):  # an actor's and a director's credit each, and a message
            assert await count(database, table) == loaded * (2 if table is CreditRow else 1)
        again = await asyncio.create_subprocess_exec(*IMPORTING, str(file), env=environment, stdout=PIPE)
        said, _ = await again.communicate()
        left = len(lines) - loaded
        assert said.decode() == f"{left:,} films added, {loaded:,} there already, 0 lines refused.\n"
        assert [await count(database, table) for table in (MovieRow, Outbox)] == [len(lines)] * 2
        await database.close()


async def count(database: Database, table: type[Base]) -> int:
    """How many rows a table has."""
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("films", [5, 100])
async def test_a_batch_costs_the_same_statements_however_many_films(
    catalogue: Catalogue, tmp_path: Path, films: int
) -> None:
    lines = [
        GOOD
        | {"title": f"Film {n}", "cast": [f"Actor {n}", "Zephyr"], "wikipedia": f"https://example.org/{n}"}
        for n in range(films)
    ]
    path = write(tmp_path, *lines)
    with noted(catalogue.database) as sent:
        await load(catalogue.database, path)
    seen = [each.sql for each in sent]
    assert seen.pop() == "ANALYZE"
    assert (
        len([statement for statement in seen if "timeout" not in statement]) == 17
    )  # one for the whole file


@pytest.mark.needs("shared")
async def test_the_beginning_of_a_real_catalogue_is_loaded_and_found(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    with gzip.open(SHARED / "data" / "catalogue-1k.jsonl.gz", "rb") as lines:
        path = write(tmp_path, *islice(lines, 200))
    tally, said = await load(catalogue.database, path)
    assert (tally.added + tally.known, tally.refused, said) == (200, 0, [])
    assert tally.known < 10
    data = await catalogue.data(
        """query { movies(search: "airport seaton") { edges { node {
             name releaseYear synopsisSource genres { name } directors { name } } } } }"""
    )
    assert data["movies"]["edges"][0]["node"] == {
        "name": "Airport",
        "releaseYear": 1970,
        "synopsisSource": "https://en.wikipedia.org/wiki/Airport_(1970_film)",
        "genres": [{"name": "Disaster"}, {"name": "Drama"}],
        "directors": [{"name": "George Seaton"}],
    }


def test_the_command_loads_a_file_and_reports_its_dirt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPERGRAPH_VAR", str(tmp_path))
    report = tmp_path / "report.txt"
    path = write(tmp_path, GOOD, "{")
    done = CliRunner().invoke(command, ["import", str(path), "--report", str(report)])
    assert (done.exit_code, done.stdout) == (1, "1 films added, 0 there already, 1 lines refused.\n")
    assert report.read_text().startswith("line 2: refused: It is no JSON")


def test_the_command_says_how_to_go_on_where_the_database_breaks_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken_off(*_: object) -> Tally:
        raise DBAPIError("SELECT 1", {}, TimeoutError("statement timeout"))

    monkeypatch.setenv("SUPERGRAPH_VAR", str(tmp_path))
    monkeypatch.setattr("subgraphs.movies.__main__.import_catalogue", broken_off)
    done = CliRunner().invoke(command, ["import", str(write(tmp_path, GOOD))])
    assert done.exit_code == 1
    assert "statement timeout" in done.stderr
    assert "Load the file again" in done.stderr


def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERGRAPH_VAR", str(tmp_path))
    done = CliRunner().invoke(command, ["import", str(tmp_path / "none.jsonl")])
    assert done.exit_code == 1
    assert "none.jsonl cannot be read" in done.stderr
