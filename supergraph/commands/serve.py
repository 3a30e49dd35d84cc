"""`supergraph serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from supergraph.commands.logs import log_json
from supergraph.commands.options import configured
from supergraph.commands.supergraphs import http_endpoints, http_transport, load_supergraph
from supergraph.commands.terminal import fail, out, run
from supergraph.configuration import Configuration, ConfigurationError
from supergraph.model import Supergraph
from supergraph.server.router import create_router
from supergraph.server.serving import CannotListen, listen, stop_on_signals
from supergraph.server.serving import serve as serve_application
from supergraph.server.telemetry import serving_operators


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
    introspection: Annotated[
        bool, typer.Option("--introspection", help="Let clients ask for the schema.")
    ] = False,
    graphiql: Annotated[
        bool,
        typer.Option("--graphiql", help="GraphiQL with query plans at /graphql; implies --introspection."),
    ] = False,
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
    configuration = Configuration() if config is None else configured(config)
    switches = {"introspection": introspection or graphiql, "graphiql": graphiql, "host": host, "port": port}
    configuration = configuration.model_copy(
        update={name: value for name, value in switches.items() if value}
    )
    graph = load_supergraph(supergraph or configuration.at(configuration.supergraph))
    log_json()
    try:
        run(_serve(configuration, graph))
    except (CannotListen, ConfigurationError) as error:
        fail(str(error))


async def _serve(configuration: Configuration, graph: Supergraph) -> None:
    stop = stop_on_signals()
    bound = listen(configuration.host, configuration.port)
    async with http_transport(configuration) as transport:
        router = create_router(
            configuration, graph, http_endpoints(configuration, graph, transport), transport
        )
        async with serving_operators(configuration.telemetry, router.telemetry):
            await serve_application(
                router,
                bound,
                stop,
                on_stopping=router.closing.set,
                connections=configuration.connections,
                largest_message=configuration.limits.body_bytes,
                on_listening=lambda: _announce(graph, configuration.host, bound.getsockname()[1]),
            )


def _announce(graph: Supergraph, host: str, port: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    out.print(f"{', '.join(graph.subgraphs)} at http://{shown}:{port}/graphql", markup=False)
