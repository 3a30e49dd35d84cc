"""`supergraph compose`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from supergraph.commands.composing import composed_sdl
from supergraph.commands.options import DEFAULT_CONFIG, ConfigOption
from supergraph.commands.targets import Target, configured_targets, named_target, whole_graph
from supergraph.commands.terminal import fail, out
from supergraph.composition import Contract, api_sdl
from supergraph.configuration import Configuration, read_configuration

_CONTRACT = "Contracts"


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
    *,
    contract: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Write only this contract of the configuration.", rich_help_panel=_CONTRACT
        ),
    ] = None,
    include_tag: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TAG",
            help="Show only fields that carry the tag. May be given several times.",
            rich_help_panel=_CONTRACT,
        ),
    ] = None,
    exclude_tag: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TAG",
            help="Hide what carries the tag, whatever else it carries. May be given several times.",
            rich_help_panel=_CONTRACT,
        ),
    ] = None,
    hide_unreachable_types: Annotated[
        bool,
        typer.Option(
            help="Whether to hide types that no operation of the contract can lead to.",
            rich_help_panel=_CONTRACT,
        ),
    ] = True,
) -> None:
    """Compose the subgraph schemas into a supergraph.

    Reads the schema file of each subgraph in the configuration and writes two files: the supergraph, which a
    router loads, and the API schema, which is what clients see of it. When the subgraphs do not compose, it
    writes nothing, and says for each error its code, where it is, and what to do.

    A contract is the part of the graph that some clients see, chosen by `@tag`. It has a supergraph of its own,
    in which everything else is `@inaccessible`: serve that to those clients. Contracts stand under `contracts` in
    the configuration, and are written with the whole graph; or name tags here, and say where the two files go.

    **Examples**

    `supergraph compose`

    `supergraph compose --config other.yaml --output /dev/stdout`

    `supergraph compose --contract partners`

    `supergraph compose --exclude-tag internal --output public.graphql --api public-api.graphql`

    **Exit codes**: 0 composed; 1 the subgraphs do not compose, a contract cannot be kept, or a file fails.
    """
    configuration = read_configuration(config)
    tags = Contract(
        "of the options", frozenset(include_tag or ()), frozenset(exclude_tag or ()), hide_unreachable_types
    )
    targets = _targets(configuration, contract, tags, output, api)
    composed = [(target, composed_sdl(configuration, target.contract)) for target in targets]
    for target, sdl in composed:
        _write(target.supergraph, sdl)
        _write(target.api, api_sdl(sdl))


def _targets(
    configuration: Configuration, name: str | None, tags: Contract, output: Path | None, api: Path | None
) -> list[Target]:
    """What the options ask for; ends the command where they do not go together."""
    by_tag = bool(tags.include or tags.exclude)
    if name is not None and by_tag:
        fail("--contract names tags already: give it alone, or --include-tag and --exclude-tag.")
    if by_tag:
        if output is None or api is None:
            fail("a contract of tags needs --output and --api: the configured files hold the whole graph.")
        return [Target(tags, output, api)]
    if name is None and output is None and api is None:
        return configured_targets(configuration)
    target = whole_graph(configuration) if name is None else named_target(configuration, name)
    return [replace(target, supergraph=output or target.supergraph, api=api or target.api)]


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.")
    out.print(f"wrote {file}", markup=False)
