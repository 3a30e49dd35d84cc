"""From changed files to a new generation of the router; what cannot be used changes nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from operator import attrgetter
from typing import Any, TypeVar

import structlog
from pydantic import BaseModel

from supergraph.configuration import Configuration, ConfigurationError
from supergraph.server.generations import Generations
from supergraph.server.router import Router
from supergraph.server.warming import warm

LOGGER = "supergraph.reloading"
FIXED = (
    "connections",
    "host",
    "port",
    "reload.poll_seconds",
    "reload.watch",
    "shutdown",
    "telemetry",
    "workers",
)
"""Keys of the configuration that are looked at when the process starts, and not again."""

AnyModel = TypeVar("AnyModel", bound=BaseModel)

Build = Callable[[Router | None], Awaitable[Router]]
"""Makes a router of the files as they are now, from what it can take over of a former one.

Raises `ConfigurationError` where they cannot be used.
"""


class Reloading:
    """Builds generations and has them take over, one after another."""

    def __init__(self, generations: Generations, build: Build) -> None:
        self._generations = generations
        self._build = build
        self._one_at_a_time = asyncio.Lock()
        self._log = structlog.get_logger(LOGGER)
        # The log as a whole tells of what went wrong only.
        logging.getLogger(LOGGER).setLevel(logging.INFO)

    async def start(self) -> Router:
        """Builds the first generation, plans what the operators know, and has requests answered.

        Raises:
            ConfigurationError: the files cannot be used.
        """
        router = await self._made(None)
        self._generations.succeed(router)
        self._generations.readiness.waiting = ""
        return router

    async def reload(self) -> bool:
        """Builds a generation of what the files say now, and has it take over; False where they cannot be used."""
        async with self._one_at_a_time:
            former = self._generations.router
            if former is None:
                return False
            try:
                router = await self._made(former)
            except ConfigurationError as error:
                self._refuse(former, str(error))
                return False
            except Exception as error:  # noqa: BLE001 - logged; what is served goes on
                self._log.exception("a new generation could not be built")
                self._refuse(former, repr(error))
                return False
            self._take_over(router)
            return True

    async def follow(self, changes: AsyncGenerator[None]) -> None:
        """Reloads upon each change, until it is cancelled."""
        async for _ in changes:
            await self.reload()

    async def _made(self, former: Router | None) -> Router:
        router = await self._build(former)
        wanted = router.configuration.reload
        await warm(
            router.engine,
            None if former is None else former.engine,
            router.documents,
            operations=wanted.warm_operations,
            seconds=wanted.warm_seconds,
        )
        return router

    def _take_over(self, router: Router) -> None:
        readiness = self._generations.readiness
        self._generations.succeed(router)
        readiness.refused = False
        router.telemetry.reloaded(readiness.generation, succeeded=True)
        self._log.info(
            "reloaded", generation=readiness.generation, operations_ready=router.engine.operations_kept
        )

    def _refuse(self, former: Router, reason: str) -> None:
        readiness = self._generations.readiness
        readiness.refused = True
        former.telemetry.reloaded(readiness.generation, succeeded=False)
        self._log.error(
            "the new files cannot be used; the generation before them is served",
            generation=readiness.generation,
            reason=reason,
        )


def as_started(started: Configuration, newer: Configuration) -> Configuration:
    """The newer configuration, but for what counts after a restart only; tells of that where it differs."""
    before = {key: attrgetter(key)(started) for key in FIXED}
    if waiting := [key for key, value in before.items() if value != attrgetter(key)(newer)]:
        structlog.get_logger(LOGGER).warning("these keys count after a restart", keys=waiting)
    for key in waiting:
        newer = _with(newer, key, before[key])
    return newer


def _with(section: AnyModel, key: str, value: Any) -> AnyModel:
    """The section, or all of the configuration, with this value at a key in it."""
    name, _, deeper = key.partition(".")
    return section.model_copy(
        update={name: _with(getattr(section, name), deeper, value) if deeper else value}
    )
