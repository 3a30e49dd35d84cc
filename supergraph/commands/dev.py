"""`supergraph dev`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Annotated

import typer

from supergraph.commands.developing import Business, keep_composed, serve_business, write_whole
from supergraph.commands.logs import log_for_people
from supergraph.commands.options import DEFAULT_CONFIG, ConfigOption
from supergraph.commands.processes import ChildDied, run_processes
from supergraph.commands.terminal import fail, out, run
from supergraph.configuration import Configuration
from supergraph.server.lifespan import StartupFailed
from supergraph.server.serving import CannotListen


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

    While it runs, a subgraph's schema file that changes is composed anew and taken up, as is the configuration. Where
    that fails, it says why and where, and the last good graph is served on. Changed Python code needs a new start.

    **Examples**

    `supergraph dev`

    `PORT=8080 supergraph dev --processes`

    **Exit codes**: 0 stopped by SIGINT or SIGTERM; 1 it could not start, or a process died.
    """
    started = time.perf_counter()
    log_for_people()
    business = Business(config, port)
    configuration, sdl = business.read()

    def announce(port: int, how: str) -> None:
        _announce(configuration, port, how, time.perf_counter() - started)

    try:
        if processes:
            run(_serve_as_processes(business, configuration, sdl, announce))
        else:
            run(serve_business(business, configuration, sdl, lambda port: announce(port, "one process")))
    except (CannotListen, ChildDied, StartupFailed) as error:
        fail(str(error))
    out.print("stopped")


async def _serve_as_processes(
    business: Business, configuration: Configuration, sdl: str, announce: Callable[[int, str], None]
) -> None:
    supergraph = configuration.at(configuration.var) / "supergraph.graphql"
    write_whole(supergraph, sdl)
    how = f"{len(configuration.subgraphs) + 1} processes"
    composing = asyncio.create_task(keep_composed(business, configuration, supergraph))
    try:
        await run_processes(
            configuration, business.config, supergraph, lambda: announce(configuration.port, how)
        )
    finally:
        composing.cancel()
        await asyncio.wait([composing])


def _announce(configuration: Configuration, port: int, how: str, seconds: float) -> None:
    address = f"http://{configuration.host}:{port}"
    out.print(f"[bold green]ready[/] as {how}, after {seconds:.1f} s")
    if configuration.client is not None:
        out.print(f"  client    {address}/")
    out.print(f"  GraphQL   {address}/graphql   (GraphiQL in a browser)")
    for line in configuration.dev.announce:
        out.print(f"  {line}", markup=False)
    out.print("Ctrl-C stops it.")
