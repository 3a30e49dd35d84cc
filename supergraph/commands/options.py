"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from supergraph.commands.terminal import fail
from supergraph.configuration import Configuration, ConfigurationError, read_configuration

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", metavar="FILE", help="The configuration: subgraphs, files, limits.")
]
DEFAULT_CONFIG = Path("supergraph.yaml")


def configured(file: Path) -> Configuration:
    """The configuration in a file; ends the command when it cannot be used."""
    try:
        return read_configuration(file)
    except ConfigurationError as error:
        fail(str(error))
