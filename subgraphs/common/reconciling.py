"""Whether what subgraphs keep of each other's things is still so: `python -m subgraphs.<name> facts` and `reconcile`.

No subgraph sees another's database. Each prints what it knows of its own things, a line of JSON a thing; another
reads such files, and says where what it keeps is different.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.common.database import Database

FACTS_HELP = """What this subgraph knows of its own things and others keep, a line of JSON a thing.

Example: python -m subgraphs.movies facts > movies.jsonl
"""
RECONCILE_HELP = """Say where this subgraph's store has drifted: from others' facts, and within itself.

Exit code 0 means that there is no drift, 1 that there is, 2 that a file could not be read. News that is still on its
way looks like drift: look again a moment later.

Example: python -m subgraphs.rentals reconcile movies.jsonl users.jsonl
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is so about one thing: its kind, its id, and values by name.

    `needed` says whether others must know the thing; where it is over and done with, they need not.
    """

    kind: str
    id: str
    values: Mapping[str, Any]
    needed: bool = True

    def line(self) -> str:
        """The fact as a line of JSON."""
        told = {"kind": self.kind, "id": self.id, "needed": self.needed, "values": self.values}
        return orjson.dumps(told).decode()


Facts = Callable[[AsyncSession], Awaitable[Iterable[Fact]]]
Faults = Callable[[AsyncSession], Awaitable[Iterable[str]]]


@dataclass(frozen=True, slots=True)
class Books:
    """A subgraph's own things, what it keeps of others', and what is wrong within its own store, a line each.

    `kinds` says of which kinds of others' things it keeps anything; it need not know the rest.
    """

    own: Facts
    kept: Facts | None = None
    kinds: frozenset[str] = frozenset()
    faults: Faults | None = None


def drift(theirs: Iterable[Fact], ours: Iterable[Fact]) -> Iterator[str]:
    """A line for each thing that is kept otherwise than its owner has it. Only kinds that `theirs` has are compared."""
    told = {(fact.kind, fact.id): fact for fact in theirs}
    kept = {(fact.kind, fact.id): fact for fact in ours}
    kinds = {kind for kind, _ in told}
    for kind, thing in sorted(told.keys() | kept.keys()):
        if kind in kinds:
            yield from _differences(f"{kind} {thing}", told.get((kind, thing)), kept.get((kind, thing)))


def read_facts(file: Path) -> list[Fact]:
    """The facts in a file.

    Raises:
        ValueError: it holds something else.
    """
    try:
        lines = [orjson.loads(line) for line in file.read_bytes().splitlines() if line.strip()]
        return [Fact(line["kind"], line["id"], line["values"], line["needed"]) for line in lines]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file} holds no facts: {error!r}") from error


def add_reconciliation(command: typer.Typer, database: Callable[[], Database], books: Books) -> None:
    """Gives a subgraph's command line `facts`, and `reconcile` where it keeps anything."""

    @command.command(help=FACTS_HELP)
    def facts() -> None:
        for fact in asyncio.run(_read(database(), books.own)):
            typer.echo(fact.line())

    if books.kept is None:
        return
    kept = books.kept

    @command.command(help=RECONCILE_HELP)
    def reconcile(
        files: Annotated[
            list[Path], typer.Argument(exists=True, dir_okay=False, help="What `facts` printed.")
        ],
    ) -> None:
        try:
            theirs = [fact for file in files for fact in read_facts(file)]
        except ValueError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from error
        concern_us = (fact for fact in theirs if fact.kind in books.kinds)
        lines = [*drift(concern_us, asyncio.run(_read(database(), kept)))]
        if books.faults is not None:
            lines += asyncio.run(_read(database(), books.faults))
        for line in lines:
            typer.echo(line)
        typer.echo(f"{len(lines)} drifts." if lines else "No drift.", err=True)
        raise typer.Exit(1 if lines else 0)


async def _read(database: Database, what: Callable[[AsyncSession], Awaitable[Iterable[Any]]]) -> list[Any]:
    try:
        async with database.snapshot() as session:
            return list(await what(session))
    finally:
        await database.close()


def _differences(thing: str, told: Fact | None, kept: Fact | None) -> Iterator[str]:
    if told is None:
        yield f"{thing}: known here, and its owner has none"
    elif kept is None:
        if told.needed:
            yield f"{thing}: not known here"
    else:
        yield from _other_values(thing, told.values, kept.values)


def _other_values(thing: str, told: Mapping[str, Any], kept: Mapping[str, Any]) -> Iterator[str]:
    for name, value in kept.items():
        if name in told and told[name] != value:
            yield f"{thing}: {name} is {value!r} here, and {told[name]!r} there"
