"""The whole business as processes of one machine, started in order and stopped together."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from supergraph.commands.subgraph import address
from supergraph.commands.terminal import out
from supergraph.configuration import Configuration
from supergraph.server.serving import listen, stop_on_signals

STARTED_WITHIN_S = 120
STOPPED_WITHIN_S = 20
ASKED_EVERY_S = 0.05


class ChildDied(Exception):
    """A process ended that was to run on; the others were stopped."""


@dataclass(frozen=True, slots=True)
class _Child:
    name: str
    host: str
    port: int
    arguments: tuple[str, ...]
    environment: Mapping[str, str]


async def run_processes(
    configuration: Configuration, config: Path, supergraph: Path, on_listening: Callable[[], None]
) -> None:
    """Runs each subgraph, and then the router on the supergraph file, as a process, until a signal.

    Raises:
        ChildDied: one of them ended by itself.
        CannotListen: one of their ports is taken.
        ConfigurationError: a subgraph's URL has no port to listen on.
    """
    stop = stop_on_signals()
    children = _children(configuration, config, supergraph)
    for child in children:
        listen(child.host, child.port).close()
    async with AsyncExitStack() as stack:
        running = {child.name: await stack.enter_async_context(_started(child, stop)) for child in children}
        if not stop.is_set():
            on_listening()
        await _until_first(stop, running)


def _children(configuration: Configuration, config: Path, supergraph: Path) -> list[_Child]:
    errors = configuration.telemetry.errors
    environment = {
        "SUPERGRAPH_MASK_ERRORS": "false",
        "SUPERGRAPH_TELEMETRY__ERRORS__ENABLED": str(errors.enabled).lower(),
        "SUPERGRAPH_CLIENT_SETTINGS": json.dumps(configuration.client_settings),
        "SUPERGRAPH_RELOAD": configuration.reload.model_dump_json(),
    }
    if errors.folder is not None:
        folder = configuration.at(errors.folder).resolve()
        environment["SUPERGRAPH_TELEMETRY__ERRORS__FOLDER"] = str(folder)
    subgraphs = [
        _Child(name, *address(configuration, name), ("subgraph", name, "--config", str(config)), environment)
        for name in configuration.subgraphs
    ]
    router = ("serve", "--config", str(config), "--supergraph", str(supergraph), "--graphiql")
    listening = ("--host", configuration.host, "--port", str(configuration.port))
    return [
        *subgraphs,
        _Child("router", configuration.host, configuration.port, router + listening, environment),
    ]


@asynccontextmanager
async def _started(child: _Child, stop: asyncio.Event) -> AsyncIterator[Process]:
    """Starts a process, waits until it listens, and ends it when the context is left."""
    out.print(f"[dim]starting {child.name}[/]")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "supergraph",
        *child.arguments,
        env={**os.environ, **child.environment},
        stdout=asyncio.subprocess.DEVNULL,  # what matters is in the log, on standard error
        start_new_session=True,  # the terminal's Ctrl-C reaches this process alone, which ends them in order
    )
    try:
        await _until_listening(child, process, stop)
        yield process
    finally:
        await _end(process)


async def _until_listening(child: _Child, process: Process, stop: asyncio.Event) -> None:
    async with asyncio.timeout(STARTED_WITHIN_S):
        while not stop.is_set():
            if process.returncode is not None:
                raise ChildDied(f"{child.name} ended with exit code {process.returncode} while it started.")
            with suppress(OSError):
                _, writer = await asyncio.open_connection(child.host, child.port)
                writer.close()
                return
            await asyncio.sleep(ASKED_EVERY_S)


async def _until_first(stop: asyncio.Event, running: Mapping[str, Process]) -> None:
    stopped = asyncio.create_task(stop.wait())
    ends = {asyncio.create_task(process.wait()): name for name, process in running.items()}
    done, waiting = await asyncio.wait({stopped, *ends}, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    if stopped not in done:
        name = next(ends[task] for task in done)
        raise ChildDied(f"{name} ended with exit code {running[name].returncode}; the others were stopped.")


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOPPED_WITHIN_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
