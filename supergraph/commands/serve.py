"""`supergraph serve`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from supergraph.commands.logs import log_json
from supergraph.commands.running import serve_router
from supergraph.commands.supergraphs import read_supergraph
from supergraph.commands.supervised import Supervised
from supergraph.commands.terminal import fail, out, run
from supergraph.commands.workers import WorkersCannotStart, run_workers
from supergraph.configuration import Configuration, read_configuration
from supergraph.model import Supergraph
from supergraph.server.documents import document_files
from supergraph.server.endpoints import http_endpoints, outside
from supergraph.server.parts import parts_of_successor
from supergraph.server.readiness import Readiness
from supergraph.server.reloading import as_started
from supergraph.server.router import Router, create_router
from supergraph.server.serving import CannotListen, listen, stop_on_signals
from supergraph.server.tls import tls_files


def serve(
    supergraph: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The supergraph's SDL (default: as configured).")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", metavar="FILE", help="Limits, identity, subgraph URLs.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on (default: 127.0.0.1).")] = None,
    port: Annotated[
        int | None, typer.Option(envvar="PORT", min=0, max=65535, help="The port (default: 4000).")
    ] = None,
    *,
    introspection: Annotated[
        bool, typer.Option("--introspection", help="Let clients ask for the schema.")
    ] = False,
    graphiql: Annotated[
        bool,
        typer.Option("--graphiql", help="GraphiQL with query plans at /graphql; implies --introspection."),
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=256, help="So many processes on one socket (default: as configured, or 1)."),
    ] = None,
    worker: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Serve a supergraph: GraphQL at /graphql, probes at /health and /ready.

    A supergraph file is all it needs: the subgraphs' URLs stand in it, unless the configuration gives others.
    Clients reach it over HTTP, server-sent events and WebSocket. The defaults are the safe ones: loopback
    only, no introspection, no GraphiQL, masked errors, no page of another origin, nobody signed in.

    **Examples**

    `supergraph serve --supergraph supergraph.graphql --port 8080`

    `supergraph serve --config supergraph.yaml --host 0.0.0.0`

    `SUPERGRAPH_SUBGRAPHS__MOVIES__URL=http://movies:4001/graphql supergraph serve --config supergraph.yaml`

    **Exit codes**: 0 stopped by SIGINT or SIGTERM, with what was in flight answered; 1 it could not start.
    """
    if supergraph is None and config is None:
        fail("say what to serve: --supergraph FILE, or --config FILE that names one.")
    switches = {
        "introspection": introspection or graphiql or None,
        "graphiql": graphiql or None,
        "host": host,
        "port": port,
        "workers": workers,
    }
    given = {name: value for name, value in switches.items() if value is not None}
    source = Source(config, supergraph, given)
    log_json()
    try:
        if worker:
            run(_serve(source, Supervised.inherited(worker)))
        elif source.configuration().workers > 1:
            run(_serve_with_workers(source))
        else:
            run(_serve(source))
    except (CannotListen, WorkersCannotStart) as error:
        fail(str(error))


@dataclass(frozen=True, slots=True)
class Source:
    """The files that say what is served, and what the command line says over them."""

    config: Path | None
    supergraph: Path | None
    switches: Mapping[str, Any]

    def configuration(self) -> Configuration:
        """The configuration as it stands in its file now; raises `ConfigurationError`."""
        return read_configuration(self.config).model_copy(update=dict(self.switches))

    def read(self) -> tuple[Configuration, Supergraph]:
        """All of it as it is now; raises `ConfigurationError`."""
        configuration = self.configuration()
        return configuration, read_supergraph(self._supergraph_file(configuration))

    def files(self, router: Router) -> list[Path]:
        """The files that this router was made of, and those that there may be now beside them."""
        own = [
            file for file in (self.config, self._supergraph_file(router.configuration)) if file is not None
        ]
        return [*own, *document_files(router.configuration), *tls_files(router.configuration)]

    def arguments(self) -> list[str]:
        """The same on the command line of a worker."""
        files = {"--config": self.config, "--supergraph": self.supergraph}
        given = [text for name, file in files.items() if file is not None for text in (name, str(file))]
        switches = [f"--{name}" for name in ("introspection", "graphiql") if self.switches.get(name)]
        host = self.switches.get("host")
        return [*given, *switches, *(("--host", host) if host else ())]

    def _supergraph_file(self, configuration: Configuration) -> Path:
        return self.supergraph or configuration.at(configuration.supergraph)


async def _serve_with_workers(source: Source) -> None:
    configuration, graph = source.read()

    def announce(port: int) -> None:
        _announce(graph, configuration.host, port)

    await run_workers(configuration, source.arguments(), announce)


async def _serve(source: Source, supervised: Supervised | None = None) -> None:
    stop = stop_on_signals()
    configuration = source.configuration()
    bound = supervised.bound if supervised else listen(configuration.host, configuration.port)

    async def make(former: Router | None, readiness: Readiness) -> Router:
        newer, graph = await asyncio.to_thread(source.read)
        wanted = as_started(configuration, newer)
        async with parts_of_successor(former and former.parts) as parts:
            endpoints = http_endpoints(wanted, graph, parts)
            return create_router(
                wanted, graph, endpoints, outside(wanted, parts), parts=parts, readiness=readiness
            )

    await serve_router(
        configuration,
        bound,
        stop,
        make,
        source.files,
        lambda router: _announce(router.engine.supergraph, configuration.host, bound.getsockname()[1]),
        supervised=supervised,
    )


def _announce(graph: Supergraph, host: str, port: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    out.print(f"{', '.join(graph.subgraphs)} at http://{shown}:{port}/graphql", markup=False)
