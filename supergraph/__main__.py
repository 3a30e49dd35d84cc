"""The command line: `supergraph compose | check | plan | serve | dev | explain-error`."""

from __future__ import annotations

import typer
from typer.core import TyperGroup

from supergraph.commands.check import check
from supergraph.commands.compose import compose
from supergraph.commands.config import config
from supergraph.commands.dev import dev
from supergraph.commands.explain_error import explain_error
from supergraph.commands.plan import plan
from supergraph.commands.serve import serve
from supergraph.commands.subgraph import subgraph
from supergraph.commands.terminal import fail
from supergraph.configuration import ConfigurationError


class Commands(TyperGroup):
    """Ends a command that cannot use the configuration, or a file that it names, by saying why."""

    def invoke(self, ctx: typer.Context) -> object:  # pyright: ignore[reportIncompatibleMethodOverride] - its own context
        """Runs the command that was asked for."""
        try:
            return super().invoke(ctx)
        except ConfigurationError as error:
            fail(str(error))


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Compose subgraphs into a supergraph, see how it answers, and serve it.",
    epilog="`supergraph COMMAND --help` tells more of each, with examples.",
)
app.command()(compose)
app.command()(check)
app.command()(plan)
app.command()(serve)
app.command()(dev)
app.command("explain-error")(explain_error)
app.add_typer(config, name="config")
app.command(hidden=True)(subgraph)


def main() -> None:
    """Run the command line."""
    app(prog_name="supergraph")


if __name__ == "__main__":
    main()
