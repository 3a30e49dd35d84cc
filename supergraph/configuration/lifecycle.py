"""How a running router takes up what has changed, and how it stops."""

from __future__ import annotations

from pydantic import Field

from supergraph.configuration.section import Section


class ReloadConfiguration(Section):
    """How a running router takes up changed files; SIGHUP makes it do so in any case.

    `watch`: the configuration, the supergraph, the trusted documents and the operations are looked at every
    `poll_seconds`. Before the new generation answers, up to `warm_operations` are planned for it, for `warm_seconds` at
    most. Subscriptions that it would answer differently end, each at a time of its own, within `drain_seconds`.
    """

    watch: bool = True
    poll_seconds: float = Field(default=1, gt=0)
    warm_operations: int = Field(default=300, ge=0)
    warm_seconds: float = Field(default=10, ge=0)
    drain_seconds: float = Field(default=30, ge=0)


class ShutdownConfiguration(Section):
    """How the router stops, upon SIGTERM or SIGINT.

    For `delay_seconds` it says that it is not ready, and takes requests on, so that whoever balances the load has
    time to see it. Then it takes none, and what is in flight has `within_seconds` to end.
    """

    delay_seconds: float = Field(default=0, ge=0)
    within_seconds: float = Field(default=25, gt=0)
