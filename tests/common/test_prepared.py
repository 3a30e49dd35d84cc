"""A statement that was made ready finds what a session finds, and objects that read alike."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Integer, Select, String, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import DeclarativeBase, Mapped, aliased, mapped_column
from sqlalchemy.orm.exc import UnmappedInstanceError

from subgraphs.common.database import Database, Timestamp
from subgraphs.common.prepared import Prepared
from tests.databases import KINDS, empty_database
from tests.statements import noted

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Base(DeclarativeBase):
    """Tables of all kinds of columns."""


class Film(Base):
    """Has what rows are read from."""

    __tablename__ = "films"

    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    label: Mapped[str | None] = mapped_column("named", String(10))
    colours: Mapped[list[str]] = mapped_column(JSON)
    is_kept: Mapped[bool]
    at: Mapped[datetime | None] = mapped_column(Timestamp)

    @property
    def title(self) -> str:
        """What the object makes of its attributes."""
        return f"{self.id}: {self.label}"


FILMS = [
    Film(id="a", label="one", colours=["red"], is_kept=True, at=MOMENT),
    Film(id="b", label=None, colours=[], is_kept=False, at=None),
    Film(id="c", label="ünï", colours=["x", "y"], is_kept=True, at=MOMENT + timedelta(days=1)),
]
OTHER = aliased(Film)
KEYS = bindparam("keys", expanding=True)
ONE_AND_ANOTHER = bindparam("one"), bindparam("another")


@asynccontextmanager
async def filled(kind: str, folder: Path) -> AsyncIterator[Database]:
    """A database with the films."""
    async with empty_database(kind, folder) as url:
        database = Database(url)
        async with database.transaction() as session:
            await (await session.connection()).run_sync(Base.metadata.create_all)
            for film in FILMS:
                await session.merge(film)
        yield database
        await database.close()


def told(value: Any) -> Any:
    """A value of a row, so that it can be compared: of an object, all that it has."""
    if not isinstance(value, Film):
        return value
    return value.id, value.label, value.colours, value.is_kept, value.at, value.title


STATEMENTS: list[tuple[Select[*tuple[Any, ...]], dict[str, Any]]] = [
    (select(Film.id, Film).where(Film.id.in_(KEYS)).order_by(Film.id), {"keys": ["a", "b", "c"]}),
    (select(Film.id, Film).where(Film.id.in_(KEYS)).order_by(Film.id), {"keys": ["c"]}),
    (select(Film.id, Film).where(Film.id.in_(KEYS)), {"keys": []}),
    (select(Film.at, Film.is_kept, Film.colours).order_by(Film.id), {}),
    (select(Film.id, Film.id, Film).where(Film.at == bindparam("at", type_=Timestamp)), {"at": MOMENT}),
    (
        select(Film.id).where(Film.at == bindparam("at", type_=Timestamp)),
        {"at": MOMENT.astimezone(timezone(timedelta(hours=5)))},
    ),
    (select(Film, OTHER).join(OTHER, OTHER.id > Film.id).order_by(Film.id, OTHER.id), {}),
    (select(func.count(), func.max(Film.at)).select_from(Film).where(Film.is_kept), {}),
    (select(Film.id).where(Film.is_kept.in_([True])).order_by(Film.id.desc()).limit(1), {}),
    (select(Film.id).where(Film.id.in_(KEYS), ~Film.label.in_(KEYS)), {"keys": ["a", "c", "d"]}),
    (
        select(Film.id).where(or_(Film.id == ONE_AND_ANOTHER[0], Film.id == ONE_AND_ANOTHER[0])),
        {"one": "a"},
    ),
    (
        select(Film.id)
        .where(tuple_(Film.id, Film.label) > tuple_(*ONE_AND_ANOTHER))
        .order_by(Film.id)
        .limit(bindparam("limit", type_=Integer)),
        {"one": "a", "another": "x", "limit": 1},
    ),
    (select(OTHER.id, Film).outerjoin(Film, and_(Film.id == OTHER.id, Film.is_kept)).order_by(OTHER.id), {}),
]


@pytest.mark.parametrize("kind", KINDS)
async def test_rows_are_those_of_a_session(kind: str, tmp_path: Path) -> None:
    async with filled(kind, tmp_path) as database:
        for statement, values in STATEMENTS:
            async with database.read() as session:
                expected = (await session.execute(statement, values)).all()
            found = await database.rows(statement, values)
            assert [[told(value) for value in row] for row in found] == [
                [told(value) for value in row] for row in expected
            ], str(statement)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_statement_is_asked_with_other_values_and_as_many_as_there_are(
    kind: str, tmp_path: Path
) -> None:
    statement = select(Film.id).where(Film.id.in_(KEYS)).order_by(Film.id)
    async with filled(kind, tmp_path) as database:
        for keys in (["a"], ["b"], ["a", "b", "c"], [], ["c", "b"]):
            assert await database.rows(statement, {"keys": keys}) == [(key,) for key in sorted(keys)]


async def test_lists_of_nearly_the_same_length_are_the_same_to_a_database(tmp_path: Path) -> None:
    statement = select(Film.id).where(Film.id.in_(KEYS))
    async with filled("sqlite", tmp_path) as database:
        with noted(database) as sent:
            for size in range(1, 65):
                await database.rows(statement, {"keys": [f"{number}" for number in range(size)]})
    assert len({each.sql for each in sent}) == 7  # of 1, 2, 4, ... 64


async def test_an_object_of_a_row_can_be_neither_changed_nor_saved(tmp_path: Path) -> None:
    async with filled("sqlite", tmp_path) as database:
        ((film,),) = await database.rows(select(Film).where(Film.id == "a"))
        with pytest.raises(AttributeError):
            film.label = "other"
        async with database.transaction() as session:
            with pytest.raises(UnmappedInstanceError):
                session.add(film)


async def test_a_value_that_is_missing_is_refused(tmp_path: Path) -> None:
    async with filled("sqlite", tmp_path) as database:
        prepared = Prepared(select(Film.id).where(Film.id == bindparam("one")), database.engine.dialect)
        with pytest.raises(InvalidRequestError):
            prepared.asked({})
