"""Telemetry, put together as configured."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp

from supergraph.configuration import TelemetryConfiguration
from supergraph.execution import Engine
from supergraph.server.serving import CannotListen, listen, serve
from supergraph.server.telemetry.metrics import BoundedNames, Metrics, operation_names
from supergraph.server.telemetry.observation import Observer, Observers
from supergraph.server.telemetry.operators import create_operators_site


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What is switched on: `observer` is None where nothing is.

    `operators` answers operators, on a listener of its own; None where there is nothing to ask.
    """

    observer: Observer | None = None
    metrics: Metrics | None = None
    operators: ASGIApp | None = None

    def watch(self, engine: Engine) -> None:
        """Shows the state of the engine too."""
        if self.metrics is not None:
            self.metrics.watch(engine)


def create_telemetry(
    configuration: TelemetryConfiguration, documents: Callable[[], Iterable[str]]
) -> Telemetry:
    """Telemetry as configured.

    `documents` gives those that the operators know: their operations have names of their own in the metrics.
    """
    if not configuration.metrics:
        return Telemetry()
    metrics = Metrics(BoundedNames(operation_names(documents()), configuration.operation_names))
    return Telemetry(Observers([metrics]), metrics, create_operators_site(metrics))


@asynccontextmanager
async def serving_operators(
    configuration: TelemetryConfiguration, telemetry: Telemetry
) -> AsyncIterator[int | None]:
    """Answers operators while the context lasts; gives the port, or None where there is nothing to ask.

    Raises:
        CannotListen: the configured address is taken, or may not be used.
    """
    if telemetry.operators is None:
        yield None
        return
    try:
        bound = listen(configuration.host, configuration.port)
    except CannotListen as error:
        raise CannotListen(f"telemetry.host, telemetry.port: {error}") from error
    stop, listening = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(serve(telemetry.operators, bound, stop, on_listening=listening.set))
    await listening.wait()
    try:
        yield bound.getsockname()[1]
    finally:
        stop.set()
        await serving
