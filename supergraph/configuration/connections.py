"""What clients may hold open."""

from __future__ import annotations

from pydantic import Field

from supergraph.configuration.section import Section


class ConnectionsConfiguration(Section):
    """How many connections there may be, and how long one may last without its client doing its part.

    `most` are those of one process, `most_per_address` those of one IPv4 address or IPv6 network (/64), unless it is
    one of the `trusted_proxies`. A request's
    head must be there within `head_seconds`, its body within `body_seconds`, and what the client is sent must be
    taken within `read_seconds`; an idle connection is kept for `keep_alive_seconds`.
    """

    most: int = Field(default=10_000, gt=0)
    most_per_address: int = Field(default=1_000, gt=0)
    head_seconds: float = Field(default=10, gt=0)
    body_seconds: float = Field(default=30, gt=0)
    read_seconds: float = Field(default=30, gt=0)
    keep_alive_seconds: int = Field(default=65, gt=0)
