"""Subgraphs that run in our own process: their applications, lifespans and workers."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from pydantic import SecretStr
from starlette.types import ASGIApp
from uvicorn.importer import ImportFromStringError, import_from_string

from supergraph.commands.terminal import out
from supergraph.configuration import Configuration, ConfigurationError, SubgraphConfiguration
from supergraph.server.lifespan import StartupFailed, lifespan
from supergraph.upstream import AsgiTransport, Endpoint

Worker = Callable[[asyncio.Event], Awaitable[None]]
"""Background work of a subgraph, until the event is set."""

STOPPED_WITHIN_S = 10

_log = structlog.get_logger(__name__)


def prepare_environment(configuration: Configuration) -> Configuration:
    """Sets what the subgraphs read from the environment, and gives the configuration with the same in it.

    Set are `dev.environment`, unless it is set already, the folder `SUPERGRAPH_VAR`, where traces go, and the key for
    internal tokens, which is made once and kept in that folder. The configuration's folder joins the import path.
    """
    var = configuration.at(configuration.var).resolve()
    key = configuration.internal_key.get_secret_value()
    if configuration.identity.internal_tokens and not key:
        key = _kept_key(var / "internal.key")
        os.environ["SUPERGRAPH_INTERNAL_KEY"] = key
    os.environ["SUPERGRAPH_VAR"] = str(var)
    if configuration.telemetry.traces.endpoint:
        os.environ["SUPERGRAPH_TELEMETRY__TRACES__ENDPOINT"] = configuration.telemetry.traces.endpoint
    for name, value in configuration.dev.environment.items():
        os.environ.setdefault(name, value)
    folder = str(configuration.at(Path()).resolve())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return configuration.model_copy(update={"internal_key": SecretStr(key), "var": var})


def _kept_key(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as opened:
            opened.write(secrets.token_urlsafe(48))
    return file.read_text(encoding="ascii").strip()


@asynccontextmanager
async def hosted_subgraphs(configuration: Configuration) -> AsyncIterator[dict[str, Endpoint]]:
    """Starts the configured subgraphs in their order, gives their endpoints, and stops them in reverse.

    Raises:
        ConfigurationError: one has no application, or none that can be imported.
        StartupFailed: one cannot start.
    """
    async with AsyncExitStack() as stack:
        endpoints = {}
        for name, subgraph in configuration.subgraphs.items():
            out.print(f"[dim]starting {name}[/]")
            app, state = await stack.enter_async_context(hosted_subgraph(name, subgraph))
            url = next(iter(subgraph.endpoints), f"http://{name}/graphql")
            endpoints[name] = Endpoint(url, AsgiTransport(app, state=state or None))
        yield endpoints


@asynccontextmanager
async def hosted_subgraph(
    name: str, subgraph: SubgraphConfiguration
) -> AsyncIterator[tuple[ASGIApp, dict[str, Any]]]:
    """Runs one subgraph's lifespan and worker, and gives its application with its lifespan's state."""
    app = _imported(name, "app", subgraph.app)
    worker = _imported(name, "worker", subgraph.worker) if subgraph.worker else None
    async with AsyncExitStack() as stack:
        try:
            state = await stack.enter_async_context(lifespan(app))
        except StartupFailed as error:
            raise StartupFailed(f"subgraph {name} cannot start: {error}") from error
        if worker is not None:
            await stack.enter_async_context(_working(name, worker))
        yield app, state


def _imported(name: str, part: str, import_string: str) -> Any:
    if not import_string:
        raise ConfigurationError(
            f"subgraphs.{name}.{part}: give an import string like `package.module:{part}`."
        )
    try:
        return import_from_string(import_string)
    except ImportFromStringError as error:
        raise ConfigurationError(f"subgraphs.{name}.{part}: {error}") from error


@asynccontextmanager
async def _working(name: str, worker: Worker) -> AsyncIterator[None]:
    """Runs a worker beside the context; one that fails is reported, and the subgraph goes on without it."""
    stop = asyncio.Event()
    task = asyncio.ensure_future(worker(stop))
    task.add_done_callback(lambda ended: _report(name, ended, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait([task], timeout=STOPPED_WITHIN_S)
        if not task.done():
            _log.warning("a worker does not stop, and is cancelled", subgraph=name)
            task.cancel()
            await asyncio.wait([task])


def _report(name: str, ended: asyncio.Future[None], stop: asyncio.Event) -> None:
    cause = None if ended.cancelled() else ended.exception()
    if cause is not None or not stop.is_set():
        _log.error("a worker ended before it was told to", subgraph=name, exc_info=cause)
