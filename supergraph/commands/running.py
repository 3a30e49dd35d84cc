"""A process that serves a router from files: it starts, takes up what changes, and stops with nothing lost."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from supergraph.commands.garbage import set_aside
from supergraph.commands.supervised import Supervised
from supergraph.configuration import Configuration, ReloadConfiguration
from supergraph.server.generations import Generations
from supergraph.server.readiness import Readiness
from supergraph.server.reloading import Reloading
from supergraph.server.router import Router
from supergraph.server.serving import Clients, Ending, serve
from supergraph.server.telemetry import serving_operators
from supergraph.server.watching import WatchedFiles, changes

Make = Callable[[Router | None, Readiness], Awaitable[Router]]
"""Makes a router of the files as they are now, which takes over from a former one, if there is one.

Raises `ConfigurationError` where they cannot be used.
"""


async def serve_router(
    configuration: Configuration,
    bound: socket.socket,
    stop: asyncio.Event,
    make: Make,
    files: Callable[[Router], Iterable[Path]],
    on_ready: Callable[[Router], None],
    *,
    supervised: Supervised | None = None,
) -> None:
    """Serves what `make` makes, until `stop` is set; the probes answer from the beginning.

    When its `files` change, or upon SIGHUP, it is made anew. `configuration` is what holds for the process as a whole.

    Raises:
        ConfigurationError: the files cannot be used at the start.
        CannotListen: the operators' address is taken.
    """
    readiness = Readiness(waiting="the supergraph is being read")
    generations = Generations(readiness, settled=set_aside)
    reloading = Reloading(generations, lambda former: make(former, readiness))
    accepting = asyncio.Event()
    if supervised is None or not supervised.late:
        accepting.set()
    stopped = asyncio.Event()
    serving = asyncio.create_task(_serve(configuration, generations, bound, accepting, stopped, supervised))
    try:
        router = await _unless(stop, reloading.start())
        if router is None:
            return
        accepting.set()
        watched = WatchedFiles(lambda: files(generations.router or router))
        async with (
            serving_operators(configuration.telemetry, router.telemetry, supervised and supervised.operators),
            _taking_up(reloading, watched, configuration.reload),
            nullcontext() if supervised is None else supervised.reporting(generations, stop),
        ):
            on_ready(router)
            await stop.wait()
            generations.leave()
            # A supervisor has waited, and told its workers to leave, before it tells them to stop.
            await asyncio.sleep(0 if supervised else configuration.shutdown.delay_seconds)
            stopped.set()
            await serving
    finally:
        stopped.set()
        accepting.set()
        await serving
        await generations.aclose()


async def _serve(
    configuration: Configuration,
    generations: Generations,
    bound: socket.socket,
    accepting: asyncio.Event,
    stopped: asyncio.Event,
    supervised: Supervised | None,
) -> None:
    await accepting.wait()
    within = configuration.shutdown.within_seconds
    await serve(
        generations,
        bound,
        stopped,
        on_stopping=generations.close,
        clients=_clients(configuration, generations),
        ending=Ending(within, shared=supervised is not None, websockets_end_themselves=True),
    )


def _clients(configuration: Configuration, generations: Generations) -> Clients:
    """What clients may hold open and send, under the configuration of now."""

    def largest_message() -> int:
        router = generations.router
        return (configuration if router is None else router.configuration).limits.body_bytes

    return Clients(
        configuration.connections, lambda: generations.router and generations.router.proxies, largest_message
    )


@asynccontextmanager
async def _taking_up(
    reloading: Reloading, files: WatchedFiles, wanted: ReloadConfiguration
) -> AsyncIterator[None]:
    """Reloads upon SIGHUP and upon changes of the files, while the context lasts."""
    tasks = set[asyncio.Task[Any]]()

    def begin(work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    if wanted.watch:
        begin(reloading.follow(changes(files, wanted.poll_seconds)))
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, lambda: begin(reloading.reload()))
    try:
        yield
    finally:
        for task in tuple(tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _unless(stop: asyncio.Event, starting: Coroutine[Any, Any, Router]) -> Router | None:
    """What is started; None where it is to stop before that."""
    start, stopped = asyncio.create_task(starting), asyncio.create_task(stop.wait())
    await asyncio.wait({start, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if start.done():
        return start.result()
    start.cancel()
    with suppress(asyncio.CancelledError):
        await start
    return None
