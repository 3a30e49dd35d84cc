"""The business on this machine as its files say it now, composed anew whenever they change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from supergraph.commands.composing import composed_sdl
from supergraph.commands.explain_error import error_folder
from supergraph.commands.hosting import hosted_subgraphs, prepare_environment
from supergraph.commands.running import serve_router
from supergraph.commands.supergraphs import parse_supergraph
from supergraph.configuration import (
    Configuration,
    ConfigurationError,
    ErrorRecordsConfiguration,
    read_configuration,
)
from supergraph.server.documents import document_files
from supergraph.server.endpoints import outside
from supergraph.server.parts import parts_of_successor
from supergraph.server.readiness import Readiness
from supergraph.server.reloading import as_started
from supergraph.server.router import Router, create_router
from supergraph.server.serving import listen, stop_on_signals
from supergraph.server.watching import WatchedFiles, changes

_DEVELOPMENT = {"introspection": True, "graphiql": True, "mask_errors": False}
_AT_ONCE = {"warm_operations": 0, "drain_seconds": 0}
"""Whoever changes a file waits for it; nobody else does."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Business:
    """What is developed: the files that a configuration names, and a `port` in place of the configured one."""

    config: Path
    port: int | None

    def read(self) -> tuple[Configuration, str]:
        """The configuration for development and the supergraph's SDL, of the files as they are now.

        What the subgraphs read from the environment is set. Hints and composition errors are printed.

        Raises:
            ConfigurationError: a file cannot be used, or the subgraphs do not compose.
        """
        configuration = self._configuration()
        return configuration, composed_sdl(configuration)

    def files(self, configuration: Configuration) -> list[Path]:
        """All that the router is made of under this configuration."""
        return [self.config, *self.schemas(configuration), *document_files(configuration)]

    def schemas(self, configuration: Configuration) -> list[Path]:
        """The files of the subgraphs' schemas."""
        contracts = [subgraph.contract for subgraph in configuration.subgraphs.values()]
        return [configuration.at(contract) for contract in contracts if contract is not None]

    def _configuration(self) -> Configuration:
        configuration = with_error_records(prepare_environment(read_configuration(self.config)))
        changed: dict[str, Any] = {
            **_DEVELOPMENT,
            "client_settings": {**configuration.dev.client_settings, **configuration.client_settings},
            "reload": configuration.reload.model_copy(update=_AT_ONCE),
        }
        if self.port is not None:
            changed["port"] = self.port
        return configuration.model_copy(update=changed)


def with_error_records(configuration: Configuration) -> Configuration:
    """The configuration, by which `supergraph explain-error` can tell of errors, unless it says how itself."""
    telemetry = configuration.telemetry
    if telemetry.errors.enabled or telemetry.errors.folder is not None:
        return configuration
    kept = ErrorRecordsConfiguration(enabled=True, folder=error_folder(configuration))
    return configuration.model_copy(update={"telemetry": telemetry.model_copy(update={"errors": kept})})


async def serve_business(
    business: Business, configuration: Configuration, sdl: str, on_ready: Callable[[int], None]
) -> None:
    """Serves the router and the subgraphs in this process until a signal; `on_ready` is told the port.

    Begins with what was read already. A changed file is taken up by the router; an application is not started anew.

    Raises:
        ConfigurationError: an application is not there.
        CannotListen: a port is taken.
        StartupFailed: a subgraph cannot start.
    """
    stop = stop_on_signals()
    bound = listen(configuration.host, configuration.port)
    async with hosted_subgraphs(configuration) as hosted:

        async def make(former: Router | None, readiness: Readiness) -> Router:
            now = (configuration, sdl) if former is None else await asyncio.to_thread(business.read)
            wanted = as_started(configuration, now[0])
            graph = parse_supergraph(now[1], "what the subgraphs compose to")
            require_running(configuration, wanted)
            endpoints = {name: hosted[name] for name in wanted.subgraphs}
            async with parts_of_successor(former and former.parts) as parts:
                return create_router(
                    wanted, graph, endpoints, outside(wanted, parts), parts=parts, readiness=readiness
                )

        await serve_router(
            configuration,
            bound,
            stop,
            make,
            lambda router: business.files(router.configuration),
            lambda _: on_ready(bound.getsockname()[1]),
        )


def require_running(started: Configuration, wanted: Configuration) -> None:
    """Raises `ConfigurationError` where a subgraph that is wanted now is not what was started."""
    for name, subgraph in wanted.subgraphs.items():
        before = started.subgraphs.get(name)
        if before is None or (before.app, before.worker) != (subgraph.app, subgraph.worker):
            raise ConfigurationError(
                f"subgraphs.{name}: its application is not what was started: "
                "stop `supergraph dev`, and start it again."
            )


async def keep_composed(business: Business, configuration: Configuration, supergraph: Path) -> None:
    """Composes anew, into this file, whenever a subgraph's schema or the configuration changes, until it is cancelled.

    The router, a process of its own, takes that file up.
    """
    if not configuration.reload.watch:
        return
    now = configuration
    files = WatchedFiles(lambda: [business.config, *business.schemas(now)])
    async for _ in changes(files, configuration.reload.poll_seconds):
        try:
            now, sdl = await asyncio.to_thread(business.read)
            require_running(configuration, now)
            write_whole(supergraph, sdl)
        except (ConfigurationError, OSError) as error:
            _log.error("the new files cannot be used; the graph before them is served", reason=str(error))
        except Exception:  # noqa: BLE001 - logged; what is served goes on
            _log.exception("the new files could not be composed; the graph before them is served")


def write_whole(file: Path, text: str) -> None:
    """Writes a file so that whoever reads it meanwhile finds the former text or this one, and nothing between."""
    file.parent.mkdir(parents=True, exist_ok=True)
    written = file.with_name(f".{file.name}.{time.monotonic_ns()}")
    written.write_text(text, encoding="utf-8")
    written.replace(file)
