"""A supergraph whose fetches follow each other, beside one that follows none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from supergraph.composition import SubgraphSource, compose, read
from supergraph.model import Supergraph

LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])\n'
SDLS = {
    "films": 'type Query { film: Film } type Film @key(fields: "id") { id: ID! title: String }',
    "stock": 'type Film @key(fields: "id") { id: ID! copy: Copy } type Copy @key(fields: "id") { id: ID! }',
    "shops": 'type Copy @key(fields: "id") { id: ID! shelf: String }',
    "news": "type Query { news: String }",
}
REPLIES: Mapping[str, Mapping[str, Any]] = {
    "films": {"film": {"__typename": "Film", "id": "1", "title": "Nosferatu"}},
    "stock": {"_entities": [{"__typename": "Film", "copy": {"__typename": "Copy", "id": "2"}}]},
    "shops": {"_entities": [{"__typename": "Copy", "shelf": "B"}]},
    "news": {"news": "open late"},
}
QUERY = "{ film { title copy { shelf } } news }"


def film_and_news() -> Supergraph:
    """The supergraph: three fetches in a row for the film, one for the news."""
    sdl = compose([SubgraphSource(name, "", LINK + sdl) for name, sdl in SDLS.items()]).supergraph_sdl
    assert sdl is not None
    return read(sdl)
