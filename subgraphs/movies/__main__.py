"""`python -m subgraphs.movies`: the subgraph's own command line."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import DBAPIError

from subgraphs.common.clock import utc_now
from subgraphs.common.command import subgraph_command
from subgraphs.common.database import Database
from subgraphs.common.migrations import migrate
from subgraphs.common.reconciling import add_reconciliation
from subgraphs.movies.app import PACKAGE
from subgraphs.movies.books import BOOKS
from subgraphs.movies.models import Base
from subgraphs.movies.service.catalogue_file import Remark, UnreadableFile, read_catalogue
from subgraphs.movies.service.importing import Tally, import_catalogue
from subgraphs.movies.settings import NAME, Settings
from subgraphs.movies.worker import run


def _database() -> Database:
    return Database(Settings().database(NAME))


async def _migrate(revision: str) -> Sequence[str]:
    database = _database()
    try:
        return await migrate(database, PACKAGE, Base.metadata, revision)
    finally:
        await database.close()


command = subgraph_command(NAME, 4001, Settings, run, _migrate)
add_reconciliation(command, _database, BOOKS)


@command.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="JSON Lines, plain or gzipped: a film a line.")],
    report: Annotated[
        Path | None, typer.Option(help="Write what is wrong with lines to this file, not to the terminal.")
    ] = None,
) -> None:
    """Load a catalogue into the database, and tell the other subgraphs of its films.

    A line is a JSON object: title and year, and if known director, cast, genres, extract (the synopsis), wikipedia
    (the page that it is from), originalName, releaseDate, runtimeMinutes, certification, wholesaleCostMinor (US cents).
    A film without a certification is UNRATED; one without a wholesale cost cannot be rented until staff set one.

    What is no film is refused with its line number and the reason, and the rest is loaded. A film that is there
    already stays as it is: to take up a load that was broken off, load the file again.

    Ends with 0 when every line is in the catalogue, else with 1.
    """
    with ExitStack() as stack:
        remarks = Console(file=stack.enter_context(report.open("w")) if report else None, stderr=not report)
        try:
            shown = stack.enter_context(_progress())
            size = file.stat().st_size if file.is_file() else None
            bar = shown.add_task("loading", total=size, films=0)
            tally = asyncio.run(_import(file, remarks, partial(_show, shown, bar)))
        except UnreadableFile as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error
        except DBAPIError as error:
            typer.echo(f"The database broke off: {error.orig}", err=True)
            typer.echo("What was loaded stays. Load the file again, and it goes on from there.", err=True)
            raise typer.Exit(1) from error
    typer.echo(
        f"{tally.added:,} films added, {tally.known:,} there already, {tally.refused:,} lines refused."
    )
    if tally.refused:
        raise typer.Exit(1)


async def _import(file: Path, remarks: Console, progress: Callable[[int, Tally], None]) -> Tally:
    database = _database()

    def remark(said: Remark) -> None:
        remarks.print(str(said), markup=False, highlight=False, soft_wrap=True)

    try:
        await migrate(database, PACKAGE, Base.metadata)
        return await import_catalogue(database, read_catalogue(file), utc_now(), remark, progress)
    finally:
        await database.close()


def _show(shown: Progress, bar: TaskID, position: int, tally: Tally) -> None:
    shown.update(bar, completed=position, films=tally.added + tally.known)


def _progress() -> Progress:
    """A bar on the terminal; nothing where the output goes into a file."""
    console = Console(stderr=True)
    films = TextColumn("{task.fields[films]:,} films")
    return Progress(
        BarColumn(), films, TimeRemainingColumn(), console=console, disable=not console.is_terminal
    )


if __name__ == "__main__":
    command()
