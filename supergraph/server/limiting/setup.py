"""Limiting, put together as configured."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import GraphQLSchema

from supergraph.configuration import (
    ConcurrencyConfiguration,
    Configuration,
    ConfigurationError,
    RateLimitsConfiguration,
    StreamsConfiguration,
)
from supergraph.server.limiting.counters import Counters, MemoryCounters
from supergraph.server.limiting.places import Streams
from supergraph.server.limiting.rate_limits import RateLimits
from supergraph.server.limiting.redis_counters import RedisCounters
from supergraph.server.limiting.slots import Slots
from supergraph.server.parts import Parts
from supergraph.server.shared_redis import SharedRedis


@dataclass(frozen=True, slots=True)
class Limiting:
    """What limits requests: `rates` is None where clients may ask as often as they like."""

    slots: Slots
    streams: Streams
    rates: RateLimits | None = None

    @classmethod
    def by_default(cls) -> Limiting:
        """The limits that hold where nothing is configured."""
        return cls(Slots(ConcurrencyConfiguration()), Streams.of(StreamsConfiguration()))


def create_limiting(
    configuration: Configuration, api: GraphQLSchema, redis: SharedRedis | None, parts: Parts
) -> Limiting:
    """Limits as configured, for clients of this API.

    Raises:
        ConfigurationError: a field is limited that does not exist.
    """
    rates, slots, streams = configuration.rate_limits, configuration.concurrency, configuration.streams
    _check_fields(rates, api)
    return Limiting(
        parts.part(("slots", slots.model_dump_json()), lambda: Slots(slots)),
        parts.part(("streams", streams.model_dump_json()), lambda: Streams.of(streams)),
        parts.part(
            ("rate limits", rates.model_dump_json(), id(redis)),
            lambda: RateLimits(rates, _counters(rates, redis)) if rates.enabled else None,
        ),
    )


def _counters(rates: RateLimitsConfiguration, redis: SharedRedis | None) -> Counters:
    alone = MemoryCounters(rates.remembered)
    if rates.store == "memory" or redis is None:
        return alone
    return RedisCounters(redis, alone if rates.without_redis == "count-alone" else None)


def _check_fields(rates: RateLimitsConfiguration, api: GraphQLSchema) -> None:
    roots = {root.name: root for root in (api.query_type, api.mutation_type, api.subscription_type) if root}
    for coordinate in rates.fields:
        root, _, name = coordinate.partition(".")
        if root not in roots or name not in roots[root].fields:
            raise ConfigurationError(
                f"rate_limits.fields.{coordinate}: the API has no such root field; name one like "
                f"{next(iter(roots))}.{next(iter(next(iter(roots.values())).fields))}."
            )
