"""A supergraph from its file, and where its subgraphs are."""

from __future__ import annotations

from pathlib import Path

from supergraph.commands.composing import read_text
from supergraph.composition import read
from supergraph.composition.reading import InvalidSupergraphError
from supergraph.configuration import Configuration, ConfigurationError, SubgraphConfiguration
from supergraph.model import Supergraph
from supergraph.upstream import (
    Endpoint,
    HttpTransport,
    RenewingTransport,
    Transport,
)


def read_supergraph(file: Path) -> Supergraph:
    """The supergraph in a file.

    Raises:
        ConfigurationError: it cannot be read, or is none.
    """
    return parse_supergraph(read_text(file), str(file))


def parse_supergraph(sdl: str, origin: str) -> Supergraph:
    """The supergraph in SDL text.

    Raises:
        ConfigurationError: it is none; the message names the origin.
    """
    try:
        return read(sdl)
    except InvalidSupergraphError as error:
        raise ConfigurationError(f"{origin} is no supergraph: {error}") from error


def http_endpoints(
    configuration: Configuration, supergraph: Supergraph, transport: Transport
) -> dict[str, Endpoint]:
    """An endpoint for each subgraph: its configured URL or URLs, else the one in the supergraph.

    Raises:
        ConfigurationError: a subgraph has neither, or the configuration names one that is not there.
    """
    if unknown := sorted(configuration.subgraphs.keys() - supergraph.subgraphs.keys()):
        raise ConfigurationError(f"subgraphs.{unknown[0]}: the supergraph has no such subgraph.")
    return {
        name: _endpoint(configuration, name, subgraph.url, transport)
        for name, subgraph in supergraph.subgraphs.items()
    }


def _endpoint(configuration: Configuration, name: str, routing_url: str, transport: Transport) -> Endpoint:
    configured = configuration.subgraphs.get(name)
    urls = (configured and configured.endpoints) or (routing_url,)
    for url in urls:
        if not url.startswith(("http://", "https://")):
            key = "urls" if len(urls) > 1 else "url"
            raise ConfigurationError(
                f"subgraphs.{name}.{key}: the supergraph has no HTTP URL for it (it has {url!r}); give one."
            )
    upstream = configuration.upstream
    return Endpoint(
        urls[0],
        transport,
        upstream.timeout_seconds,
        upstream.reply_bytes,
        replicas=urls[1:],
        remote=True,
        discover=configured is not None and configured.discover == "dns",
        websocket=_websocket_path(configured),
        timeout_header=upstream.deadlines.header,
    )


def _websocket_path(configured: SubgraphConfiguration | None) -> str | None:
    if configured is None or configured.subscriptions.protocol == "sse":
        return None
    return configured.subscriptions.path


def http_transport(configuration: Configuration) -> RenewingTransport:
    """The transport over HTTP, with connections as they are configured."""
    wanted = configuration.upstream.connections
    return RenewingTransport(lambda: HttpTransport(idle=wanted.idle_seconds), wanted.age_seconds)
