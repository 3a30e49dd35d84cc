"""The router: one ASGI application, put together here and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from supergraph.configuration import AccessTokensConfiguration, Configuration, ConfigurationError
from supergraph.execution import Engine, Options
from supergraph.execution.limits import OperationLimits
from supergraph.model import Supergraph
from supergraph.server.callers import Callers
from supergraph.server.explorer import Example, add_explorer, read_examples
from supergraph.server.graphql_over_http import PREFLIGHT_HEADERS, GraphQLOverHttp, HttpOptions
from supergraph.server.graphql_transport_ws import GraphQLTransportWs
from supergraph.server.header_rules import header_rules
from supergraph.server.identity import AccessTokens, KeySet
from supergraph.server.internal_tokens import InternalTokens
from supergraph.server.media_types import acceptable
from supergraph.server.operations import Operations
from supergraph.server.persisted_documents import (
    MemoryStore,
    PersistedDocuments,
    persisted_documents,
    read_manifest,
)
from supergraph.server.site import add_client, create_site
from supergraph.server.telemetry import Telemetry, create_telemetry
from supergraph.server.telemetry.observing import (
    ObservedHttp,
    ObservedOperations,
    ObservedUpstream,
    ObservedWebSocket,
)
from supergraph.server.upstream import create_upstream
from supergraph.upstream import Endpoint, Transport, TransportRequest, Upstream

GRAPHQL_PATH = "/graphql"
SHORTEST_KEY = 32


@dataclass(frozen=True, slots=True)
class Router:
    """Answers `/graphql` over HTTP and WebSocket, and leaves every other path to the site.

    A browser that asks for a page at `/graphql` gets GraphiQL, where there is one (`explores`). `closing` is
    to be set when no more work is wanted: then endless responses end, and `/ready` says no. `telemetry` is what
    operators see of it, and is to be served beside it.
    """

    http: ASGIApp
    websocket: ASGIApp
    site: ASGIApp
    explores: bool
    closing: asyncio.Event
    telemetry: Telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request or connection, or runs the lifespan."""
        await self._application(scope)(scope, receive, send)

    def _application(self, scope: Scope) -> ASGIApp:
        if scope["type"] == "lifespan" or scope["path"] != GRAPHQL_PATH:
            return self.site
        if scope["type"] == "websocket":
            return self.websocket
        if self.explores and scope["method"] == "GET" and acceptable(_accept(scope)).html:
            return self.site
        return self.http


def create_router(
    configuration: Configuration,
    supergraph: Supergraph,
    endpoints: Mapping[str, Endpoint],
    outside: Transport,
) -> Router:
    """The router for a supergraph whose subgraphs are at these endpoints, by name.

    `outside` reaches what is no subgraph, such as an identity provider's key set.

    Raises:
        ConfigurationError: the configuration wants what is not there.
    """
    closing = asyncio.Event()
    trusted = _trusted_documents(configuration)
    telemetry = create_telemetry(configuration.telemetry, lambda: _known_documents(configuration, trusted))
    engine = Engine(
        supergraph, _upstream(configuration, endpoints, telemetry), options=_options(configuration)
    )
    telemetry.watch(engine)
    callers = Callers(
        _access_tokens(configuration, endpoints, outside),
        _internal_tokens(configuration),
        frozenset(configuration.override_labels),
        header_rules(configuration),
    )
    site = create_site(lambda: not closing.is_set())
    if configuration.graphiql:
        add_explorer(site, engine, callers, _examples(configuration))
    if configuration.client is not None:
        add_client(site, configuration.at(configuration.client), configuration.client_settings)
    origins = configuration.cors.origins
    documents, http_options = _documents(configuration, trusted), _http_options(configuration)
    if telemetry.observer is None:
        operations = Operations(engine, documents)
        http = GraphQLOverHttp(operations, callers, closing, http_options)
    else:
        operations = ObservedOperations(engine, documents, telemetry.observer)
        http = ObservedHttp(operations, callers, closing, http_options, telemetry.observer)
    websocket: ASGIApp = GraphQLTransportWs(operations, callers, closing, origins=origins)
    if telemetry.observer is not None:
        websocket = ObservedWebSocket(websocket)
    return Router(_with_cors(http, origins), websocket, site, configuration.graphiql, closing, telemetry)


def _upstream(
    configuration: Configuration, endpoints: Mapping[str, Endpoint], telemetry: Telemetry
) -> Upstream:
    upstream = create_upstream(configuration, endpoints)
    return upstream if telemetry.observer is None else ObservedUpstream(upstream, telemetry.observer)


def _options(configuration: Configuration) -> Options:
    limits = configuration.limits
    return Options(
        max_tokens=limits.tokens,
        limits=OperationLimits(
            depth=limits.depth,
            root_fields=limits.root_fields,
            fields=limits.fields,
            aliases=limits.aliases,
            directives=limits.directives,
            variables=limits.variables,
        ),
        deadline=limits.deadline_seconds,
        suggestions=not configuration.mask_errors,
        introspection=configuration.introspection,
        show_errors=not configuration.mask_errors,
        show_services=configuration.error_services,
    )


def _http_options(configuration: Configuration) -> HttpOptions:
    batching = configuration.batching
    return HttpOptions(
        body_limit=configuration.limits.body_bytes,
        csrf_prevention=configuration.csrf_prevention,
        largest_batch=batching.max_operations if batching.enabled else 0,
        statuses=configuration.statuses,
    )


def _examples(configuration: Configuration) -> list[Example]:
    return read_examples([configuration.at(folder) for folder in configuration.operations])


def _known_documents(configuration: Configuration, trusted: Mapping[str, str]) -> list[str]:
    return [*trusted.values(), *(example.query for example in _examples(configuration))]


def _trusted_documents(configuration: Configuration) -> dict[str, str]:
    manifest = configuration.persisted_documents.manifest
    return {} if manifest is None else read_manifest(configuration.at(manifest))


def _documents(configuration: Configuration, trusted: Mapping[str, str]) -> PersistedDocuments:
    wanted = configuration.persisted_documents
    store = MemoryStore(wanted.remembered) if wanted.automatic else None
    return persisted_documents(trusted, store, wanted.only)


def _access_tokens(
    configuration: Configuration, endpoints: Mapping[str, Endpoint], outside: Transport
) -> AccessTokens | None:
    access_tokens = configuration.identity.access_tokens
    if access_tokens is None:
        return None
    url, transport = _key_set_place(access_tokens, endpoints, outside)

    async def fetch_key_set() -> bytes:
        response = await transport.send(
            TransportRequest(url, b"", {"accept": "application/json"}, limit=1_000_000, method="GET")
        )
        if response.status != 200:
            raise ConnectionError(f"{url} answered with status {response.status}")
        return response.body

    return AccessTokens(access_tokens, KeySet(fetch_key_set))


def _key_set_place(
    access_tokens: AccessTokensConfiguration, endpoints: Mapping[str, Endpoint], outside: Transport
) -> tuple[str, Transport]:
    key_set = access_tokens.key_set
    if key_set.url:
        return key_set.url, outside
    if key_set.subgraph not in endpoints:
        raise ConfigurationError(
            f"identity.access_tokens.key_set.subgraph: the supergraph has no subgraph {key_set.subgraph!r}."
        )
    endpoint = endpoints[key_set.subgraph]
    return urljoin(endpoint.url, key_set.path), endpoint.transport


def _internal_tokens(configuration: Configuration) -> InternalTokens | None:
    if not configuration.identity.internal_tokens:
        return None
    key = configuration.internal_key.get_secret_value().encode()
    if len(key) < SHORTEST_KEY:
        raise ConfigurationError(
            f"identity.internal_tokens: set SUPERGRAPH_INTERNAL_KEY to a secret of {SHORTEST_KEY} bytes or more, "
            "the same for the router and its subgraphs."
        )
    return InternalTokens(key)


def _with_cors(app: ASGIApp, origins: tuple[str, ...]) -> ASGIApp:
    if not origins:
        return app
    allowed = ["authorization", "content-type", *(name.decode() for name in PREFLIGHT_HEADERS)]
    return CORSMiddleware(app, allow_origins=origins, allow_methods=["GET", "POST"], allow_headers=allowed)


def _accept(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"accept"), b"")
