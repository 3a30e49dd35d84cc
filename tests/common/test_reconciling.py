"""What subgraphs keep of each other's things is compared with what their owners say; each drift is named."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy.ext.asyncio import AsyncSession
from typer.testing import CliRunner

from subgraphs.common.database import Database
from subgraphs.common.reconciling import Books, Fact, add_reconciliation, drift, read_facts


def film(number: int = 1, **values: object) -> Fact:
    return Fact("movie", f"mov_{number}", {"name": "Alien", "retired": False} | values)


def test_what_is_kept_as_its_owner_has_it_is_no_drift() -> None:
    assert [*drift([film(1), film(2)], [film(2), film(1)])] == []


@pytest.mark.parametrize(
    ("theirs", "ours", "line"),
    [
        ([film(1), film(2)], [film(1)], "movie mov_2: not known here"),
        ([film(1)], [film(1), film(2)], "movie mov_2: known here, and its owner has none"),
        ([film(retired=True)], [film()], "movie mov_1: retired is False here, and True there"),
        ([film(name="Aliens")], [film()], "movie mov_1: name is 'Alien' here, and 'Aliens' there"),
    ],
)
def test_each_drift_is_named(theirs: list[Fact], ours: list[Fact], line: str) -> None:
    assert [*drift(theirs, ours)] == [line]


def test_what_is_over_and_done_with_need_not_be_known() -> None:
    assert [*drift([Fact("rental", "ren_1", {"open": False}, needed=False)], [])] == []


def test_what_an_owner_says_beyond_what_is_kept_does_not_count() -> None:
    assert [*drift([film(certification="R")], [film()])] == []


def test_kinds_of_which_nothing_was_said_are_not_compared() -> None:
    assert [*drift([film()], [film(), Fact("account", "usr_1", {})])] == []


def test_facts_are_read_as_they_were_printed(tmp_path: Path) -> None:
    file = tmp_path / "facts.jsonl"
    facts = [film(1), Fact("rental", "ren_1", {"open": False}, needed=False)]
    file.write_text("\n".join(fact.line() for fact in facts))
    assert read_facts(file) == facts


@pytest.mark.parametrize(
    ("kept", "faults", "code", "output"),
    [
        ([film()], [], 0, "No drift.\n"),
        ([], [], 1, "movie mov_1: not known here\n1 drifts.\n"),
        ([film()], ["copy cpy_1: misplaced"], 1, "copy cpy_1: misplaced\n1 drifts.\n"),
    ],
)
def test_the_command_says_what_has_drifted(
    tmp_path: Path, kept: list[Fact], faults: list[str], code: int, output: str
) -> None:
    file = tmp_path / "movies.jsonl"
    file.write_text(film().line())
    result = CliRunner().invoke(command(tmp_path, kept, faults), ["reconcile", str(file)])
    assert (result.exit_code, result.output) == (code, output)


def test_kinds_of_which_nothing_is_kept_are_not_missed(tmp_path: Path) -> None:
    file = tmp_path / "movies.jsonl"
    file.write_text("\n".join([film().line(), Fact("collection", "col_1", {"name": "Alien"}).line()]))
    result = CliRunner().invoke(command(tmp_path, [film()], []), ["reconcile", str(file)])
    assert (result.exit_code, result.output) == (0, "No drift.\n")


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "movies.jsonl"
    file.write_text("{}")
    result = CliRunner().invoke(command(tmp_path, [], []), ["reconcile", str(file)])
    assert (result.exit_code, "holds no facts" in result.output) == (2, True)


def command(folder: Path, kept: Iterable[Fact], faults: Iterable[str]) -> typer.Typer:
    """A command line over fixed books."""
    made = typer.Typer()
    add_reconciliation(
        made,
        lambda: Database(f"sqlite+aiosqlite:///{folder / 'any.sqlite'}"),
        Books(given([film()]), given(kept), frozenset({"movie"}), given(faults)),
    )
    return made


def given(things: Iterable[Any]) -> Callable[[AsyncSession], Awaitable[list[Any]]]:
    """A reader of nothing but these."""

    async def read(_session: AsyncSession) -> list[Any]:
        await asyncio.sleep(0)
        return list(things)

    return read
