"""The Redis that several routers share. Its outage is told once, and waited for by nobody."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from supergraph.configuration import RedisConfiguration

ASKED_AGAIN_AFTER_S = 1.0

_log = structlog.get_logger(__name__)


class RedisAway(Exception):
    """Redis did not answer, or did not a moment ago."""


class SharedRedis:
    """Runs scripts in Redis, on keys that begin with the configured prefix.

    After a failure nobody asks for a second, so that an outage costs requests no time.
    """

    def __init__(
        self, configuration: RedisConfiguration, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._timeout = configuration.timeout_seconds
        self._redis = Redis.from_url(
            configuration.url,
            decode_responses=True,
            socket_timeout=self._timeout,
            socket_connect_timeout=self._timeout,
            retry=Retry(NoBackoff(), 1),
        )
        self._prefix = f"{{{configuration.prefix}}}:"
        self._clock = clock
        self._away_until = float("-inf")

    def script(self, text: str) -> Callable[[Sequence[str], Sequence[Any]], Awaitable[Any]]:
        """A Lua script, to be run with keys (their prefix is put on here) and arguments; raises `RedisAway`."""
        script = self._redis.register_script(text)

        async def run(keys: Sequence[str], arguments: Sequence[Any]) -> Any:
            if self._clock() < self._away_until:
                raise RedisAway
            try:
                async with asyncio.timeout(2 * self._timeout):
                    result = await cast(
                        "Awaitable[Any]", script([self._prefix + key for key in keys], arguments)
                    )
            except (RedisError, OSError, TimeoutError) as error:
                self._away_until = self._clock() + ASKED_AGAIN_AFTER_S
                _log.warning("Redis does not answer", cause=repr(error))
                raise RedisAway from error
            return result

        return run

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._redis.aclose()
