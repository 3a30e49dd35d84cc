"""`supergraph compose`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from supergraph.commands.composing import composed_sdl
from supergraph.commands.options import DEFAULT_CONFIG, ConfigOption, configured
from supergraph.commands.terminal import fail, out
from supergraph.composition import api_sdl


def compose(
    config: ConfigOption = DEFAULT_CONFIG,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where the supergraph goes (default: as configured)."
        ),
    ] = None,
    api: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where the clients' schema goes (default: as configured)."),
    ] = None,
) -> None:
    """Compose the subgraph schemas into a supergraph.

    Reads the schema file of each subgraph in the configuration and writes two files: the supergraph, which a
    router loads, and the API schema, which is what clients see of it. When the subgraphs do not compose, it
    writes nothing, and says for each error its code, where it is, and what to do.

    **Examples**

    `supergraph compose`

    `supergraph compose --config other.yaml --output /dev/stdout`

    **Exit codes**: 0 composed; 1 the subgraphs do not compose, or a file cannot be read or written.
    """
    configuration = configured(config)
    sdl = composed_sdl(configuration)
    _write(output or configuration.at(configuration.supergraph), sdl)
    _write(api or configuration.at(configuration.api), api_sdl(sdl))


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.")
    out.print(f"wrote {file}", markup=False)
