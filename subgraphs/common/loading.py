"""Loaders that read in batches: one statement each, whatever the number of keys.

A loader is a statement that selects the key first and what belongs to it behind, where that key is one of `KEYS`, and
how an answer is made of the rows that were found for a key. Statements are made once: that takes longer than most of
them run.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from subgraphs.common.database import Database
from subgraphs.common.dataloader import DataLoader
from subgraphs.common.prepared import NOTHING, Record, Values

KEYS = bindparam("keys", expanding=True)
"""The keys of a batch, in the statement of a loader."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of what an owner has; a subclass says from where and how many."""

    owner: str

    def values(self) -> Values:
        """What a statement for slices of this shape is asked with, beside the owners."""
        return NOTHING


V = TypeVar("V")
S = TypeVar("S", bound=Slice)

Rows = Sequence[Row[*tuple[Any, ...]] | Record]
Statement = Select[*tuple[Any, ...]]
SliceStatement = Callable[[S], Statement]
"""What reads slices that are alike but for their owners and values; to be made once for all such ones."""


def found_by(key: InstrumentedAttribute[Any], table: type[Any], *where: ColumnElement[bool]) -> Statement:
    """The rows that have a key in this column."""
    return select(key, table).where(key.in_(KEYS), *where)


class BatchLoaders:
    """The loaders of one request: a subclass says the statements."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _row(self, statement: Statement) -> DataLoader[str, Any]:
        """The one row that is found for a key, else None."""
        return self._each(statement, one)

    def _rows(self, statement: Statement, **values: Any) -> DataLoader[str, list[Any]]:
        """All that is found for a key, in the statement's order."""
        return self._each(statement, listed, **values)

    def _number(self, statement: Statement, **values: Any) -> DataLoader[str, int]:
        """The number that is found for a key, else 0."""
        return self._each(statement, number, **values)

    def _each(self, statement: Statement, answer: Callable[[Rows], V], **values: Any) -> DataLoader[str, V]:
        """What `answer` makes of the rows that are found for a key, which may be none; `values` are the statement's."""

        async def load(keys: list[str]) -> list[V]:
            found = await self._found(statement, keys, values)
            return [answer(found.get(key, ())) for key in keys]

        return DataLoader(load)

    def _slices(self, statement: SliceStatement[S], **values: Any) -> DataLoader[S, list[Any]]:
        """What is found for a slice, in the statement's order; a statement for each shape of slices."""
        return self._each_slice(statement, listed, **values)

    def _slice_number(self, statement: SliceStatement[S], **values: Any) -> DataLoader[S, int]:
        """The number that is found for a slice, else 0."""
        return self._each_slice(statement, number, **values)

    def _each_slice(
        self, statement: SliceStatement[S], answer: Callable[[Rows], V], **values: Any
    ) -> DataLoader[S, V]:
        async def load(slices: list[S]) -> list[V]:
            alike: dict[S, list[str]] = defaultdict(list)
            for wanted in slices:
                alike[_shape(wanted)].append(wanted.owner)
            found = {
                shape: await self._found(statement(shape), owners, {**values, **shape.values()})
                for shape, owners in alike.items()
            }
            return [answer(found[_shape(wanted)].get(wanted.owner, ())) for wanted in slices]

        return DataLoader(load)

    async def _found(self, statement: Statement, keys: Sequence[str], values: Values) -> dict[str, Rows]:
        grouped: dict[str, list[Row[*tuple[Any, ...]] | Record]] = defaultdict(list)
        for row in await self._database.rows(statement, {**values, KEYS.key: keys}):
            grouped[row[0]].append(row)
        return {**grouped}


def one(rows: Rows) -> Any:
    """What stands behind the key in the first row; None where there is no row."""
    return rows[0][1] if rows else None


def listed(rows: Rows) -> list[Any]:
    """What stands behind the key in each row."""
    return [row[1] for row in rows]


def number(rows: Rows) -> int:
    """The number behind the key; 0 where there is no row."""
    return int(rows[0][1]) if rows else 0


def _shape(wanted: S) -> S:
    return replace(wanted, owner="")
