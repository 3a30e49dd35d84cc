"""How often clients may ask, and how many at once."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PositiveInt

from supergraph.configuration.section import Section


def _network(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is no address or network, like 10.0.0.1 or 10.0.0.0/8") from error


Network = Annotated[str, AfterValidator(_network)]
"""An address or network: `10.0.0.1`, `10.0.0.0/8`, `fd00::/8`."""


class RateConfiguration(Section):
    """At most `units` in `seconds`: all of them at once, or spread."""

    units: int = Field(ge=1, le=1_000_000_000)
    seconds: float = Field(default=60, gt=0, le=86_400)


class FieldRateConfiguration(RateConfiguration):
    """At most `units` calls in `seconds`, for each address, each token's subject, or all clients together."""

    per: Literal["address", "subject", "all"] = "address"


class RateLimitsConfiguration(Section):
    """How often clients may ask; every limit that applies must let a request pass.

    `address` is for each client address (IPv6: each /64), `subject` for each access token's subject, `all` for all
    clients together. An operation counts as one unit, or, with `weight: cost`, as what it is estimated to cost.
    `fields` limits root fields (`Mutation.signIn`); each alias counts as one.

    `store` says who counts: each router process by itself (`memory`, `remembered` clients at most), or all together
    in `redis`. While Redis cannot be reached each router counts by itself, or, with `without_redis: refuse`, nothing
    is answered.
    """

    address: RateConfiguration | None = None
    subject: RateConfiguration | None = None
    all: RateConfiguration | None = None
    fields: dict[str, FieldRateConfiguration] = Field(default_factory=dict)
    weight: Literal["operation", "cost"] = "operation"
    store: Literal["memory", "redis"] = "memory"
    without_redis: Literal["count-alone", "refuse"] = "count-alone"
    remembered: PositiveInt = 100_000

    @property
    def enabled(self) -> bool:
        """Whether anything is limited."""
        return bool(self.address or self.subject or self.all or self.fields)


class ConcurrencyConfiguration(Section):
    """How many requests one process works on at once; what waits longer, or finds the queue full, is a 503."""

    requests: PositiveInt = 1_000
    queue: int = Field(default=1_000, ge=0)
    queue_seconds: float = Field(default=5, gt=0)


class PlacesConfiguration(Section):
    """How many there may be at once in one process: in all, of one address (IPv6: /64), of one token's subject."""

    all: PositiveInt = 10_000
    address: PositiveInt = 1_000
    subject: PositiveInt = 100


class StreamsConfiguration(Section):
    """How many WebSocket connections and subscriptions are held open.

    `operations` is how many may run at once on one WebSocket connection. One that is not initialised within
    `init_seconds`, or has nothing to do for `idle_seconds`, is closed.
    """

    connections: PlacesConfiguration = PlacesConfiguration()
    subscriptions: PlacesConfiguration = PlacesConfiguration()
    operations: PositiveInt = 100
    init_seconds: float = Field(default=10, gt=0)
    idle_seconds: float = Field(default=300, gt=0)


class RedisConfiguration(Section):
    """The Redis that several routers share, at `url` (`redis://redis:6379/0`).

    All keys begin with `prefix`. What takes longer than `timeout_seconds` counts as an outage.
    """

    url: str = Field(default="", pattern=r"^((redis|rediss|unix)://.+)?$")
    prefix: str = Field(default="supergraph", pattern=r"^[\w.:-]+$")
    timeout_seconds: float = Field(default=0.25, gt=0, le=10)
