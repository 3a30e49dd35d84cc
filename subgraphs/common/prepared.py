"""Statements that are made ready for a driver once, and asked with other values as often as one likes.

SQLAlchemy looks a statement over whenever it executes it, keeps an account of each object that it gives, and takes
several times as long for that as the driver for its part. What is only looked at needs none of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Select, inspect
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.util import AliasedInsp
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

Values = Mapping[str, Any]
Record = tuple[Any, ...]
Processor = Callable[[Any], Any]
NOTHING: Values = {}


class Asked(NamedTuple):
    """A statement in the driver's words, and the values that go with it."""

    sql: str
    values: Sequence[Any]


class Place(NamedTuple):
    """Whose value, or list of values, comes next in a statement, and how each is written."""

    name: str
    is_list: bool
    write: Processor | None

    def values(self, given: Values) -> Iterable[Any]:
        """The values as the driver takes them."""
        values = given[self.name] if self.is_list else (given[self.name],)
        return values if self.write is None else map(self.write, values)


class Prepared:
    """A SELECT as one database's driver takes it, and how rows are made of what that finds.

    The rows are those of a session that is closed again: objects can be read, and neither changed nor saved.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        columns = list[ColumnElement[Any]]()
        self._parts = [_part(described["expr"], columns) for described in statement.column_descriptions]
        # Each with a name of its own, so that none is left out because it was named before.
        named = [column.label(f"c{number}") for number, column in enumerate(columns)]
        self._dialect = dialect
        self._compiled: Any = statement.with_only_columns(*named).compile(dialect=dialect)
        self._binds = dict(self._compiled.binds)
        self._fixed = {name: bind.effective_value for name, bind in self._binds.items() if not bind.required}
        self._lists = [name for name, bind in self._binds.items() if bind.expanding]
        self._worded: dict[tuple[int, ...], tuple[str, list[Place]]] = {}
        self._reads = [
            (number, read)
            for number, column in enumerate(columns)
            if (read := _impl(column.type, dialect).result_processor(dialect, None)) is not None
        ]

    def asked(self, values: Values) -> Asked:
        """The statement with these values."""
        given = {**self._fixed, **values}
        for name in self._lists:
            given[name] = _filled(given[name])
        lengths = tuple([len(given[name]) for name in self._lists])
        if (worded := self._worded.get(lengths)) is None:
            worded = self._worded[lengths] = self._in_words(given)
        sql, places = worded
        return Asked(sql, [value for place in places for value in place.values(given)])

    def rows(self, found: Iterable[Sequence[Any]]) -> list[Record]:
        """The rows of what the driver found."""
        if not self._reads and all(type(part) is int for part in self._parts):
            return [tuple(values) for values in found]
        return [self._row(values) for values in found]

    def _row(self, found: Sequence[Any]) -> Record:
        values = list(found)
        for number, read in self._reads:
            values[number] = read(values[number])
        return tuple(
            [part.made(values) if isinstance(part, Entity) else values[part] for part in self._parts]
        )

    def _in_words(self, given: Values) -> tuple[str, list[Place]]:
        state = self._compiled.construct_expanded_state(given)
        lists = {
            each: name if number == 0 else None
            for name, names in state.parameter_expansion.items()
            for number, each in enumerate(names)
        }
        order = [lists.get(name, name) for name in state.positiontup or ()]
        return state.statement, [self._place(name) for name in order if name is not None]

    def _place(self, name: str) -> Place:
        bind = self._binds[name]
        return Place(name, bind.expanding, _impl(bind.type, self._dialect).bind_processor(self._dialect))


class Entity(NamedTuple):
    """An object of a row: its class, the names of its attributes, and where in the row they, and its key, stand."""

    of: type[Any]
    names: Sequence[str]
    where: slice
    key: int

    def made(self, values: Sequence[Any]) -> Any:
        """The object, with nothing but its attributes; None where an outer join found none."""
        if values[self.key] is None:
            return None
        entity = object.__new__(self.of)
        entity.__dict__.update(zip(self.names, values[self.where], strict=True))
        return entity


def _part(asked: Any, columns: list[Any]) -> int | Entity:
    """A part of each row: the number of its column, or what is made of some; adds these columns."""
    start, seen = len(columns), inspect(asked, raiseerr=False)
    if not isinstance(seen, Mapper | AliasedInsp):
        columns.append(asked)
        return start
    names = [attribute.key for attribute in seen.mapper.column_attrs]
    columns += [getattr(asked, name) for name in names]
    key = seen.mapper.get_property_by_column(seen.mapper.primary_key[0]).key
    return Entity(seen.mapper.class_, names, slice(start, len(columns)), start + names.index(key))


def _filled(values: Sequence[Any]) -> Sequence[Any]:
    """A list filled up with its last value to the next power of two, so that few statements do for all lengths."""
    missing = (1 << max(len(values) - 1, 0).bit_length()) - len(values)
    return [*values, *repeat(values[-1], missing)] if values and missing else values


def _impl(of: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return of.dialect_impl(dialect)
