"""`supergraph plan`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from supergraph.commands.composing import read_text
from supergraph.commands.operations import CannotPlan, OperationPlanner, PlannedOperation
from supergraph.commands.options import DEFAULT_CONFIG
from supergraph.commands.supergraphs import read_supergraph
from supergraph.commands.terminal import fail, out
from supergraph.configuration import read_configuration
from supergraph.planning import print_plan


def plan(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Operations, or - for standard input.")],
    supergraph: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The supergraph's SDL (default: the one in supergraph.yaml)."),
    ] = None,
    operation: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this operation of the file.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say of each field why it is fetched where it is.")
    ] = False,
) -> None:
    """Show how operations are answered: which subgraphs are asked for what, in which order.

    Nothing is sent. The plan is that of a caller who may see everything.

    **Examples**

    `supergraph plan schema/operations/FilmPage.graphql`

    `echo '{ movies { edges { node { name } } } }' | supergraph plan - --explain`

    `supergraph plan page.graphql --supergraph other.graphql --operation Page`

    **Exit codes**: 0 planned; 1 the operation is not valid, or a file cannot be read.
    """
    planner = OperationPlanner(read_supergraph(supergraph or _configured_supergraph()))
    text, name = (sys.stdin.read(), "operation") if str(file) == "-" else (read_text(file), str(file))
    try:
        if operation is None:
            planned = planner.plan_all(text, name, explain=explain)
        else:
            planned = [planner.plan(text, name, operation, explain=explain)]
    except CannotPlan as error:
        fail(str(error))
    for each in planned:
        _print(each)


def _configured_supergraph() -> Path:
    if not DEFAULT_CONFIG.exists():
        fail("say which supergraph: --supergraph FILE (there is no supergraph.yaml here).")
    configuration = read_configuration(DEFAULT_CONFIG)
    return configuration.at(configuration.supergraph)


def _print(planned: PlannedOperation) -> None:
    out.print(f"[bold]{planned.name}[/]")
    out.print(print_plan(planned.plan), markup=False)
