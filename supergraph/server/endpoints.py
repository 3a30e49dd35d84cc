"""Where the subgraphs are, and the connections to them, over HTTP, as configured."""

from __future__ import annotations

import ssl

from supergraph.configuration import Configuration, ConfigurationError
from supergraph.model import Supergraph
from supergraph.server.parts import Parts
from supergraph.server.tls import Tls, tls_of
from supergraph.upstream import Endpoint, HttpTransport


def http_endpoints(configuration: Configuration, supergraph: Supergraph, parts: Parts) -> dict[str, Endpoint]:
    """An endpoint for each subgraph: its configured URL or URLs, else the one in the supergraph.

    Raises:
        ConfigurationError: a subgraph has neither, the configuration names one that is not there, or a certificate
            cannot be used.
    """
    if unknown := sorted(configuration.subgraphs.keys() - supergraph.subgraphs.keys()):
        raise ConfigurationError(f"subgraphs.{unknown[0]}: the supergraph has no such subgraph.")
    return {
        name: _endpoint(configuration, name, subgraph.url, parts)
        for name, subgraph in supergraph.subgraphs.items()
    }


def outside(configuration: Configuration, parts: Parts) -> HttpTransport:
    """What reaches servers that are no subgraphs: an issuer's key set."""
    return _transport(configuration, tls_of(configuration), parts, http2=False)


def _endpoint(configuration: Configuration, name: str, routing_url: str, parts: Parts) -> Endpoint:
    upstream, configured = configuration.upstream, configuration.subgraphs.get(name)
    urls = _urls(configuration, name, routing_url)
    tls = tls_of(configuration, name)
    http2 = upstream.http2
    timeout, websocket = upstream.timeout_seconds, None
    if configured is not None:
        http2 = http2 if configured.http2 is None else configured.http2
        timeout = configured.timeout_seconds or timeout
        if configured.subscriptions.protocol == "graphql-transport-ws":
            websocket = configured.subscriptions.path
    return Endpoint(
        urls[0],
        _transport(configuration, tls, parts, http2=http2),
        timeout,
        upstream.reply_bytes,
        replicas=urls[1:],
        remote=True,
        discover=configured is not None and configured.discover == "dns",
        websocket=websocket,
        timeout_header=upstream.deadlines.header,
        tls=None if websocket is None else _websocket_tls(tls, parts),
    )


def _urls(configuration: Configuration, name: str, routing_url: str) -> tuple[str, ...]:
    configured = configuration.subgraphs.get(name)
    urls = (configured and configured.endpoints) or (routing_url,)
    for url in urls:
        if not url.startswith(("http://", "https://")):
            key = "urls" if len(urls) > 1 else "url"
            raise ConfigurationError(
                f"subgraphs.{name}.{key}: the supergraph has no HTTP URL for it (it has {url!r}); give one."
            )
    return urls


def _transport(configuration: Configuration, tls: Tls, parts: Parts, *, http2: bool) -> HttpTransport:
    """One transport for all that are reached in the same way."""
    wanted = configuration.upstream.connections
    made_from = ("connections", wanted.idle_seconds, wanted.age_seconds, http2, tls.made_from())

    def make() -> HttpTransport:
        context = tls.context() if tls.files else None
        return HttpTransport(idle=wanted.idle_seconds, age=wanted.age_seconds, http2=http2, tls=context)

    return parts.part(made_from, make)


def _websocket_tls(tls: Tls, parts: Parts) -> ssl.SSLContext | None:
    return parts.part(("TLS for WebSocket", tls.made_from()), tls.context) if tls.files else None
