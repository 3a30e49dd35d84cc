"""A supergraph from its file."""

from __future__ import annotations

from pathlib import Path

from supergraph.commands.composing import read_text
from supergraph.composition import read
from supergraph.composition.reading import InvalidSupergraphError
from supergraph.configuration import ConfigurationError
from supergraph.model import Supergraph


def read_supergraph(file: Path) -> Supergraph:
    """The supergraph in a file.

    Raises:
        ConfigurationError: it cannot be read, or is none.
    """
    return parse_supergraph(read_text(file), str(file))


def parse_supergraph(sdl: str, origin: str) -> Supergraph:
    """The supergraph in SDL text.

    Raises:
        ConfigurationError: it is none; the message names the origin.
    """
    try:
        return read(sdl)
    except InvalidSupergraphError as error:
        raise ConfigurationError(f"{origin} is no supergraph: {error}") from error
