"""`supergraph dev`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from supergraph.commands.composing import composed_sdl
from supergraph.commands.explain_error import error_folder
from supergraph.commands.hosting import hosted_subgraphs, prepare_environment
from supergraph.commands.logs import log_for_people
from supergraph.commands.options import DEFAULT_CONFIG, ConfigOption, configured
from supergraph.commands.processes import ChildDied, run_processes
from supergraph.commands.supergraphs import parse_supergraph
from supergraph.commands.terminal import fail, out, run
from supergraph.configuration import Configuration, ConfigurationError, ErrorRecordsConfiguration
from supergraph.server.lifespan import StartupFailed
from supergraph.server.router import create_router
from supergraph.server.serving import CannotListen, Clients, listen, serve, stop_on_signals
from supergraph.server.telemetry import serving_operators
from supergraph.upstream import HttpTransport

DEVELOPMENT = {"introspection": True, "graphiql": True, "mask_errors": False}


def dev(
    config: ConfigOption = DEFAULT_CONFIG,
    port: Annotated[
        int | None,
        typer.Option(envvar="PORT", min=0, max=65535, help="The router's port (default: as configured)."),
    ] = None,
    processes: Annotated[
        bool, typer.Option("--processes", help="Each subgraph in a process of its own, over HTTP.")
    ] = False,
) -> None:
    """Run the whole business on this machine, for development.

    Composes the subgraph schemas, starts each subgraph's application and worker in this process, and the
    router in front of them, on loopback: GraphiQL with query plans at /graphql, the web client at /. Clients may
    ask for the schema, and see errors as they are. With `--processes` the same runs as one process a
    subgraph and one for the router, which speak HTTP with each other.

    **Examples**

    `supergraph dev`

    `PORT=8080 supergraph dev --processes`

    **Exit codes**: 0 stopped by SIGINT or SIGTERM; 1 it could not start, or a process died.
    """
    started = time.perf_counter()
    log_for_people()
    configuration = configured(config)
    client_settings = {**configuration.dev.client_settings, **configuration.client_settings}
    changes = {**DEVELOPMENT, "client_settings": client_settings}
    if port is not None:
        changes["port"] = port
    configuration = prepare_environment(with_error_records(configuration.model_copy(update=changes)))
    sdl = composed_sdl(configuration)
    try:
        if processes:
            run(_serve_as_processes(configuration, config, sdl, started))
        else:
            run(_serve(configuration, sdl, started))
    except (CannotListen, ChildDied, ConfigurationError, StartupFailed) as error:
        fail(str(error))
    out.print("stopped")


def with_error_records(configuration: Configuration) -> Configuration:
    """The configuration, by which `supergraph explain-error` can tell of errors, unless it says how itself."""
    telemetry = configuration.telemetry
    if telemetry.errors.enabled or telemetry.errors.folder is not None:
        return configuration
    kept = ErrorRecordsConfiguration(enabled=True, folder=error_folder(configuration))
    return configuration.model_copy(update={"telemetry": telemetry.model_copy(update={"errors": kept})})


async def _serve(configuration: Configuration, sdl: str, started: float) -> None:
    stop = stop_on_signals()
    bound = listen(configuration.host, configuration.port)
    graph = parse_supergraph(sdl, "what the subgraphs compose to")
    async with HttpTransport() as outside, hosted_subgraphs(configuration) as endpoints:
        router = create_router(configuration, graph, endpoints, outside)
        async with serving_operators(configuration.telemetry, router.telemetry):
            await serve(
                router,
                bound,
                stop,
                on_stopping=router.closing.set,
                clients=Clients.of(configuration),
                on_listening=lambda: _announce(configuration, bound.getsockname()[1], "one process", started),
            )


async def _serve_as_processes(configuration: Configuration, config: Path, sdl: str, started: float) -> None:
    supergraph = configuration.at(configuration.var) / "supergraph.graphql"
    supergraph.parent.mkdir(parents=True, exist_ok=True)
    supergraph.write_text(sdl, encoding="utf-8")
    how = f"{len(configuration.subgraphs) + 1} processes"
    await run_processes(
        configuration, config, supergraph, lambda: _announce(configuration, configuration.port, how, started)
    )


def _announce(configuration: Configuration, port: int, how: str, started: float) -> None:
    address = f"http://{configuration.host}:{port}"
    out.print(f"[bold green]ready[/] as {how}, after {time.perf_counter() - started:.1f} s")
    if configuration.client is not None:
        out.print(f"  client    {address}/")
    out.print(f"  GraphQL   {address}/graphql   (GraphiQL in a browser)")
    for line in configuration.dev.announce:
        out.print(f"  {line}", markup=False)
    out.print("Ctrl-C stops it.")
