"""Telemetry, put together as configured."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from supergraph.configuration import ConfigurationError, TelemetryConfiguration, TracesConfiguration
from supergraph.execution import Engine
from supergraph.server.hosts import of_this_machine_only
from supergraph.server.serving import CannotListen, Ending, listen, serve
from supergraph.server.telemetry.access_log import AccessLog
from supergraph.server.telemetry.error_folder import RecordFolder
from supergraph.server.telemetry.error_records import ErrorRecords, RecentRecords
from supergraph.server.telemetry.observation import Observer, Observers
from supergraph.server.telemetry.operators import create_operators_site
from supergraph.upstream import Outages

if TYPE_CHECKING:
    from supergraph.server.telemetry.metrics import Metrics
    from supergraph.server.telemetry.metrics_export import MetricsExport
    from supergraph.server.telemetry.traces import Traces


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What is switched on: `observer` is None where nothing is.

    `operators` answers operators, on a listener of its own; None where there is nothing to ask.
    """

    observer: Observer | None = None
    metrics: Metrics | None = None
    metrics_export: MetricsExport | None = None
    traces: Traces | None = None
    folder: RecordFolder | None = None
    operators: ASGIApp | None = None

    def watch(self, engine: Engine, documents: Iterable[str], outages: Outages) -> None:
        """Shows the state of this engine and of the subgraphs, and knows the operations of these documents."""
        if self.metrics is not None:
            self.metrics.watch(engine, documents, outages)

    def reloaded(self, generation: int, *, succeeded: bool) -> None:
        """Counts a reload; `generation` is served now."""
        if self.metrics is not None:
            self.metrics.reloaded(generation, succeeded=succeeded)

    async def aclose(self) -> None:
        """Sends what is left to send."""
        if self.metrics_export is not None:
            await self.metrics_export.send()
            self.metrics_export.close()
        if self.traces is not None:
            await asyncio.to_thread(self.traces.close)
        if self.folder is not None:
            await asyncio.to_thread(self.folder.close)


def create_telemetry(
    configuration: TelemetryConfiguration,
    documents: Callable[[], Iterable[str]],
    error_folder: Path | None = None,
) -> Telemetry:
    """Telemetry as configured.

    `documents` gives those that the operators know: their operations have names of their own in the metrics.
    `error_folder` is where records of errors are kept, where that is a folder.

    Raises:
        ConfigurationError: the folder cannot be made.
    """
    traces = _traces(configuration.traces)
    metrics = _metrics(configuration, documents)
    observers: list[Observer] = [each for each in (traces, metrics) if each is not None]
    if configuration.access_log.enabled:
        observers.append(AccessLog(configuration.access_log.client_address))
    wanted = configuration.errors
    folder = _record_folder(error_folder, wanted.kept) if wanted.enabled and error_folder else None
    errors = ErrorRecords(folder or RecentRecords(wanted.kept)) if wanted.enabled else None
    if errors is not None:
        observers.append(errors)
    return Telemetry(
        Observers(observers) if observers else None,
        metrics,
        _metrics_export(configuration, metrics),
        traces,
        folder,
        create_operators_site(metrics if configuration.metrics else None, errors)
        if configuration.asked
        else None,
    )


def _record_folder(folder: Path, kept: int) -> RecordFolder:
    try:
        return RecordFolder(folder, kept)
    except OSError as error:
        raise ConfigurationError(
            f"telemetry.errors.folder: {folder} cannot be used: {error.strerror}."
        ) from error


# What is switched off is not even imported.
def _traces(configuration: TracesConfiguration) -> Traces | None:
    if not configuration.endpoint:
        return None
    from supergraph.server.telemetry.traces import create_traces

    return create_traces(configuration)


def _metrics(configuration: TelemetryConfiguration, documents: Callable[[], Iterable[str]]) -> Metrics | None:
    if not configuration.metrics and not configuration.metrics_export.endpoint:
        return None
    from supergraph.server.telemetry.metrics import BoundedNames, Metrics, operation_names

    return Metrics(BoundedNames(operation_names(documents()), configuration.operation_names))


def _metrics_export(configuration: TelemetryConfiguration, metrics: Metrics | None) -> MetricsExport | None:
    if metrics is None or not configuration.metrics_export.endpoint:
        return None
    from supergraph.server.telemetry.metrics_export import MetricsExport

    return MetricsExport(metrics.registry, configuration.metrics_export, configuration.traces.service_name)


@asynccontextmanager
async def serving_operators(
    configuration: TelemetryConfiguration, telemetry: Telemetry, inherited: socket.socket | None = None
) -> AsyncIterator[int | None]:
    """Answers operators, and sends metrics, while the context lasts; gives the port, or None where there is nothing
    to ask.

    That is at the configured address, or at a socket that was `inherited`. When it is left the telemetry is closed.

    Raises:
        CannotListen: the configured address is taken, or may not be used.
    """
    async with AsyncExitStack() as stack:
        stack.push_async_callback(telemetry.aclose)
        if telemetry.metrics_export is not None:
            stack.callback(asyncio.create_task(telemetry.metrics_export.run()).cancel)
        if telemetry.operators is None:
            yield None
        else:
            yield await stack.enter_async_context(_listening(configuration, telemetry.operators, inherited))


@asynccontextmanager
async def _listening(
    configuration: TelemetryConfiguration, operators: ASGIApp, inherited: socket.socket | None
) -> AsyncIterator[int]:
    try:
        bound = inherited or listen(configuration.host, configuration.port)
    except CannotListen as error:
        raise CannotListen(f"telemetry.host, telemetry.port: {error}") from error
    stop, listening = asyncio.Event(), asyncio.Event()
    ending = Ending(shared=inherited is not None)
    site = operators if inherited else of_this_machine_only(operators, configuration.host)
    serving = asyncio.create_task(serve(site, bound, stop, on_listening=listening.set, ending=ending))
    await listening.wait()
    try:
        yield 0 if inherited else bound.getsockname()[1]
    finally:
        stop.set()
        await serving
