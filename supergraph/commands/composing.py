"""Subgraph schemas, as configured, composed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from supergraph.commands.terminal import err
from supergraph.composition import (
    Composition,
    CompositionError,
    CompositionHint,
    Contract,
    Place,
    SubgraphSource,
    compose,
)
from supergraph.configuration import Configuration, ConfigurationError


def compose_configured(configuration: Configuration, contract: Contract | None = None) -> Composition:
    """What the configured subgraph schemas compose to.

    Raises:
        ConfigurationError: there are none, or one cannot be read.
    """
    if not configuration.subgraphs:
        raise ConfigurationError(
            "there are no subgraphs: name them in the configuration, each with its `schema`."
        )
    return compose([_source(configuration, name) for name in configuration.subgraphs], contract)


def composed_sdl(configuration: Configuration, contract: Contract | None = None) -> str:
    """The supergraph that the configured subgraphs compose to.

    Prints what deserves a look on the way, and each error with its places.

    Raises:
        ConfigurationError: they do not compose, or one cannot be read.
    """
    composition = compose_configured(configuration, contract)
    print_hints(configuration, composition.hints)
    if composition.errors or composition.supergraph_sdl is None:
        print_errors(configuration, composition.errors)
        raise ConfigurationError(
            f'the contract "{contract.name}" cannot be kept.' if contract else "the subgraphs do not compose."
        )
    return composition.supergraph_sdl


def print_hints(configuration: Configuration, hints: Iterable[CompositionHint]) -> None:
    """Prints what composes and yet deserves a look, and where, to standard error: a supergraph may go to the other."""
    for hint in hints:
        err.print(f"[yellow]hint[/] [bold]{hint.code}[/]", end=" ")
        err.print(hint.message, markup=False)
        for place in hint.places:
            err.print(f"  {located(configuration, place)}", markup=False)


def print_errors(configuration: Configuration, errors: tuple[CompositionError, ...]) -> None:
    """Prints each error: its code, the places in the schema files, a witness, and what to do."""
    for error in errors:
        err.print(f"[bold red]{error.code}[/]", end=" ")
        err.print(error.message, markup=False)
        for place in error.places:
            err.print(f"  {located(configuration, place)}", markup=False)
        if error.operation:
            err.print("  no subgraph could answer all of:")
            err.print("".join(f"    {line}\n" for line in error.operation.splitlines()), markup=False, end="")
        if error.advice:
            err.print(f"  {error.advice}", markup=False)


def located(configuration: Configuration, place: Place) -> str:
    """A place as `schema/movies.graphql:12:3`, with the subgraph's name."""
    subgraph = configuration.subgraphs.get(place.subgraph)
    if subgraph is None or subgraph.contract is None:
        return str(place)
    where = f":{place.line}:{place.column}" if place.line else ""
    return f"{place.subgraph}  {configuration.at(subgraph.contract)}{where}"


def _source(configuration: Configuration, name: str) -> SubgraphSource:
    subgraph = configuration.subgraphs[name]
    if subgraph.contract is None:
        raise ConfigurationError(
            f"subgraphs.{name}.schema is missing: give the path of the subgraph's SDL file."
        )
    return SubgraphSource(
        name, next(iter(subgraph.endpoints), ""), read_text(configuration.at(subgraph.contract))
    )


def read_text(file: Path) -> str:
    """The text of a file.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is not UTF-8 text.") from error
