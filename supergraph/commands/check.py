"""`supergraph check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from supergraph.commands.composing import compose_configured, print_errors, read_text
from supergraph.commands.operations import CannotPlan, OperationPlanner
from supergraph.commands.options import DEFAULT_CONFIG, ConfigOption, configured
from supergraph.commands.supergraphs import parse_supergraph
from supergraph.commands.terminal import counted, err, fail, out
from supergraph.composition import CompositionHint, api_sdl
from supergraph.configuration import Configuration


def check(
    operations: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Operations to plan (default: the configured folders)."),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Check that the subgraphs compose, the checked-in files are current, and every operation has a plan.

    Prints what composes and yet deserves a look, and for each operation how many fetches and steps it takes.
    Writes nothing: meant for before a commit, and for CI.

    **Examples**

    `supergraph check`

    `supergraph check client/src/*.graphql`

    **Exit codes**: 0 all is well; 1 anything is not.
    """
    configuration = configured(config)
    composition = compose_configured(configuration)
    if composition.supergraph_sdl is None or composition.errors:
        print_errors(configuration, composition.errors)
        fail("the subgraphs do not compose.")
    out.print(f"{counted(len(configuration.subgraphs), 'subgraph')} compose")
    _print_hints(composition.hints)
    problems = _stale_files(configuration, composition.supergraph_sdl)
    planner = OperationPlanner(parse_supergraph(composition.supergraph_sdl, "what the subgraphs compose to"))
    problems += _unplanned(planner, operations or _configured_operations(configuration))
    for problem in problems:
        err.print(problem, markup=False)
    if problems:
        raise typer.Exit(1)


def _print_hints(hints: tuple[CompositionHint, ...]) -> None:
    for hint in hints:
        out.print(f"[yellow]hint[/] [bold]{hint.code}[/]", end=" ")
        out.print(hint.message, markup=False)


def _stale_files(configuration: Configuration, supergraph_sdl: str) -> list[str]:
    """Says which of the two written files are not what composing would write."""
    wanted = {configuration.supergraph: supergraph_sdl, configuration.api: api_sdl(supergraph_sdl)}
    problems = []
    for path, text in wanted.items():
        file = configuration.at(path)
        if file.is_file() and read_text(file) == text:
            out.print(f"{file} is current", markup=False)
        else:
            problems.append(f"{file} is not what the subgraphs compose to: run `supergraph compose`.")
    return problems


def _configured_operations(configuration: Configuration) -> list[Path]:
    folders = [configuration.at(folder) for folder in configuration.operations]
    return [file for folder in folders for file in sorted(folder.glob("*.graphql"))]


def _unplanned(planner: OperationPlanner, files: list[Path]) -> list[str]:
    """Prints what each operation costs, and says which have no plan."""
    table = Table("operation", "fetches", "steps", box=None)
    problems = []
    for file in files:
        try:
            for planned in planner.plan_all(read_text(file), str(file)):
                table.add_row(planned.name, str(len(planned.plan.fetches)), str(planned.plan.steps))
        except CannotPlan as error:
            problems.append(str(error))
    if table.row_count:
        out.print(table)
    return problems
