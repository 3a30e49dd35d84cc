"""`supergraph check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from supergraph.commands.composing import compose_configured, print_errors, print_hints, read_text
from supergraph.commands.operations import CannotPlan, OperationPlanner
from supergraph.commands.options import DEFAULT_CONFIG, ConfigOption
from supergraph.commands.supergraphs import parse_supergraph
from supergraph.commands.targets import Target, named_target, whole_graph
from supergraph.commands.terminal import counted, err, fail, out
from supergraph.composition import CompositionHint, api_sdl
from supergraph.configuration import Configuration, read_configuration


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
    configuration = read_configuration(config)
    composition = compose_configured(configuration)
    if composition.supergraph_sdl is None or composition.errors:
        print_errors(configuration, composition.errors)
        fail("the subgraphs do not compose.")
    out.print(f"{counted(len(configuration.subgraphs), 'subgraph')} compose")
    print_hints(configuration, composition.hints)
    problems = _stale_files(whole_graph(configuration), composition.supergraph_sdl)
    problems += _stale_contracts(configuration, composition.hints)
    planner = OperationPlanner(parse_supergraph(composition.supergraph_sdl, "what the subgraphs compose to"))
    problems += _unplanned(planner, operations or _configured_operations(configuration))
    for problem in problems:
        err.print(problem, markup=False)
    if problems:
        raise typer.Exit(1)


def _stale_contracts(configuration: Configuration, told: tuple[CompositionHint, ...]) -> list[str]:
    """Says which contracts cannot be kept, and which of their files are not current. `told` are hints told already."""
    problems: list[str] = []
    for name in configuration.contracts:
        target = named_target(configuration, name)
        composition = compose_configured(configuration, target.contract)
        print_hints(configuration, (hint for hint in composition.hints if hint not in told))
        if composition.supergraph_sdl is None:
            print_errors(configuration, composition.errors)
            problems.append(f'the contract "{name}" cannot be kept.')
        else:
            problems += _stale_files(target, composition.supergraph_sdl)
    return problems


def _stale_files(target: Target, supergraph_sdl: str) -> list[str]:
    """Says which of the two written files are not what composing would write."""
    wanted = {target.supergraph: supergraph_sdl, target.api: api_sdl(supergraph_sdl)}
    problems = []
    for file, text in wanted.items():
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
