"""`supergraph subgraph`: one configured subgraph in a process of its own, for `dev --processes`."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

import typer

from supergraph.commands.hosting import hosted_subgraph, prepare_environment
from supergraph.commands.logs import log_for_people
from supergraph.commands.options import DEFAULT_CONFIG, ConfigOption
from supergraph.commands.terminal import fail, run
from supergraph.configuration import Configuration, ConfigurationError, read_configuration
from supergraph.server.lifespan import StartupFailed
from supergraph.server.serving import CannotListen, listen, serve, stop_on_signals, with_state


def subgraph(
    name: Annotated[str, typer.Argument(help="Its name in the configuration.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Run one subgraph with its worker, on the host and port of its URL, as `supergraph dev --processes` does."""
    configuration = read_configuration(config)
    if name not in configuration.subgraphs:
        fail(f"subgraphs.{name}: there is no such subgraph in {config}.")
    prepare_environment(configuration)
    log_for_people()
    try:
        run(_serve(configuration, name))
    except (CannotListen, StartupFailed) as error:
        fail(str(error))


async def _serve(configuration: Configuration, name: str) -> None:
    stop = stop_on_signals()
    host, port = address(configuration, name)
    bound = listen(host, port)
    async with hosted_subgraph(name, configuration.subgraphs[name]) as (app, state):
        await serve(with_state(app, state), bound, stop)


def address(configuration: Configuration, name: str) -> tuple[str, int]:
    """The host and port in a subgraph's configured URL.

    Raises:
        ConfigurationError: the URL has none.
    """
    url = urlsplit(configuration.subgraphs[name].url)
    try:
        port = url.port
    except ValueError:
        port = None
    if url.hostname is None or port is None:
        raise ConfigurationError(
            f"subgraphs.{name}.url: to run it as a process, give a URL with a port, "
            "like http://127.0.0.1:4001/graphql."
        )
    return url.hostname, port
