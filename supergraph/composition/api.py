"""What a client sees of a supergraph, as SDL."""

from __future__ import annotations

from graphql import print_schema

from supergraph.composition.reading import read


def api_sdl(supergraph_sdl: str) -> str:
    """The API schema: nothing of join and link, nothing `@inaccessible`; descriptions and deprecations stay.

    Raises `InvalidSupergraphError` where the text is no supergraph.
    """
    return print_schema(read(supergraph_sdl).api) + "\n"
