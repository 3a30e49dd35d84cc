"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", metavar="FILE", help="The configuration: subgraphs, files, limits.")
]
DEFAULT_CONFIG = Path("supergraph.yaml")
