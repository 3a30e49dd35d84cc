"""Which headers pass between clients and subgraphs."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from supergraph.configuration.section import Section

PROTOCOL = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-ranges",
        "connection",
        "content-encoding",
        "content-length",
        "content-location",
        "content-range",
        "content-type",
        "date",
        "expect",
        "host",
        "keep-alive",
        "range",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""What is said of one connection or one body, and cookies, which a shared reply would give to several clients."""

OF_THE_ROUTER = frozenset({"cache-control", "x-content-type-options"})
"""What the router says of its own responses."""

_TOKEN = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\x20-\x7e\t]*")


def _name(name: str) -> str:
    lower = name.lower()
    if not _TOKEN.fullmatch(lower):
        raise ValueError(f"{name!r} is no header's name; each is named in full")
    if lower in PROTOCOL or lower.startswith("proxy-"):
        raise ValueError(f"{lower!r} belongs to one connection, body or client, and cannot be passed on")
    return lower


def _value(value: str) -> str:
    if not _VALUE.fullmatch(value):
        raise ValueError("a header's value is printable ASCII")
    return value


def _response_name(name: str) -> str:
    if name in OF_THE_ROUTER or name.startswith("access-control-"):
        raise ValueError(f"{name!r} is for the router to say to clients")
    return name


HeaderName = Annotated[str, AfterValidator(_name)]
ResponseHeaderName = Annotated[str, AfterValidator(_name), AfterValidator(_response_name)]
HeaderValue = Annotated[str, AfterValidator(_value)]


class HeadersConfiguration(Section):
    """Which headers pass; none that is not named.

    `propagate` are the client's headers that go with each request to a subgraph. `set` are headers with their
    values, which outweigh the client's. `to_clients` are the subgraphs' response headers that go to the client:
    where several say something, their values are joined by commas.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    propagate: tuple[HeaderName, ...] = ()
    fixed: dict[HeaderName, HeaderValue] = Field(default_factory=dict, alias="set")
    to_clients: tuple[ResponseHeaderName, ...] = ()


class SubgraphHeadersConfiguration(HeadersConfiguration):
    """What else passes to and from one subgraph; `remove` are headers that go to others, and not to it."""

    remove: tuple[HeaderName, ...] = ()
