"""The router: one ASGI application, put together here and nowhere else.

It serves one supergraph under one configuration, which never change: what replaces them is another router, its
successor (`generations`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from supergraph.configuration import AccessTokensConfiguration, Configuration, ConfigurationError
from supergraph.execution import CostPolicy, Engine, Options
from supergraph.execution.limits import OperationLimits
from supergraph.model import Supergraph
from supergraph.server.callers import Callers
from supergraph.server.causes import report
from supergraph.server.closing import Closing
from supergraph.server.compression import Compression
from supergraph.server.explorer import Example, add_explorer, read_examples
from supergraph.server.graphql_over_http import EXPOSE_COST, PREFLIGHT_HEADERS, GraphQLOverHttp, HttpOptions
from supergraph.server.graphql_transport_ws import GraphQLTransportWs
from supergraph.server.header_rules import header_rules
from supergraph.server.identity import AccessTokens, KeySet
from supergraph.server.internal_tokens import InternalTokens
from supergraph.server.limiting import create_limiting
from supergraph.server.media_types import acceptable
from supergraph.server.networks import TrustedProxies
from supergraph.server.operations import Operations
from supergraph.server.parts import Parts
from supergraph.server.persisted_documents import (
    DocumentStore,
    MemoryStore,
    PersistedDocuments,
    persisted_documents,
    read_manifest,
)
from supergraph.server.readiness import Readiness
from supergraph.server.shared_documents import RedisStore
from supergraph.server.shared_redis import SharedRedis
from supergraph.server.site import add_client, create_site
from supergraph.server.telemetry import Telemetry, create_telemetry
from supergraph.server.telemetry.observing import (
    ObservedHttp,
    ObservedOperations,
    ObservedUpstream,
    ObservedWebSocket,
    note_plan,
)
from supergraph.server.upstream import create_outages, create_pools, create_upstream, lacking
from supergraph.upstream import Endpoint, Transport, TransportRequest, Upstream

GRAPHQL_PATH = "/graphql"
SHORTEST_KEY = 32


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Router:
    """Answers `/graphql` over HTTP and WebSocket, and leaves every other path to the site.

    A browser that asks for a page at `/graphql` gets GraphiQL, where there is one (`explores`). `closing` is
    to be set when no more work is wanted: then endless responses end, and `/ready` says no. `telemetry` is what
    operators see of it, and is to be served beside it. `parts` are what a successor takes over where it can.
    `documents` those that the operators know. `proxies` are believed about where clients call from.
    """

    configuration: Configuration
    engine: Engine
    callers: Callers
    operations: Operations
    http: ASGIApp
    websocket: ASGIApp
    site: ASGIApp
    explores: bool
    closing: Closing
    telemetry: Telemetry
    parts: Parts
    documents: Sequence[str]
    proxies: TrustedProxies | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request or connection, or runs the lifespan."""
        if self.proxies is not None and scope["type"] != "lifespan":
            scope = self.proxies.known(scope)
        await self.application(scope)(scope, receive, send)

    def application(self, scope: Scope) -> ASGIApp:
        """What answers this request or connection."""
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
    *,
    former: Router | None = None,
    readiness: Readiness | None = None,
) -> Router:
    """The router for a supergraph whose subgraphs are at these endpoints, by name.

    `outside` reaches what is no subgraph, such as an identity provider's key set. It takes over the parts of the
    `former` router, if there is one, that it would make the same. `readiness` is what `/ready` says, of a router that
    is not closing.

    Raises:
        ConfigurationError: the configuration wants what is not there.
    """
    parts = Parts(None if former is None else former.parts)
    closing, readiness = Closing(), readiness or Readiness()
    trusted = _trusted_documents(configuration)
    known = _known_documents(configuration, trusted)
    telemetry = _telemetry(configuration, known, parts)
    upstream = _upstream(configuration, endpoints, telemetry, parts)
    pools = create_pools(configuration, endpoints, parts)
    outages = create_outages(pools, parts)
    engine = Engine(
        supergraph,
        upstream,
        options=_options(configuration),
        report=report,
        down=outages.avoided,
        planned=None if telemetry.observer is None else note_plan,
    )
    callers = _callers(configuration, endpoints, outside, parts)
    site = create_site(readiness, closing.is_set, lacking(configuration, pools))
    if configuration.graphiql:
        add_explorer(site, engine, callers, _examples(configuration))
    if configuration.client is not None:
        add_client(site, configuration.at(configuration.client), configuration.client_settings)
    origins = configuration.cors.origins
    redis = _redis(configuration, parts)
    documents, http_options = _documents(configuration, trusted, redis, parts), _http_options(configuration)
    limiting = create_limiting(configuration, supergraph.api, redis, parts)
    costs = configuration.limits.cost
    shows_cost, measures_cost = costs.shown != "never", costs.mode == "measure"
    if telemetry.observer is None:
        operations = Operations(engine, documents, limiting, shows_cost, measures_cost)
        http = GraphQLOverHttp(operations, callers, closing, http_options)
    else:
        operations = ObservedOperations(
            engine, documents, limiting, shows_cost, measures_cost, observer=telemetry.observer
        )
        http = ObservedHttp(operations, callers, closing, http_options, telemetry.observer)
    websocket: ASGIApp = GraphQLTransportWs(operations, callers, closing, origins=origins)
    if telemetry.observer is not None:
        websocket = ObservedWebSocket(websocket)
    telemetry.watch(engine, known, outages)
    parts.settled()
    return Router(
        configuration,
        engine,
        callers,
        operations,
        _with_cors(http, origins),
        websocket,
        site,
        configuration.graphiql,
        closing,
        telemetry,
        parts,
        known,
        TrustedProxies(configuration.trusted_proxies) if configuration.trusted_proxies else None,
    )


def files_of(configuration: Configuration) -> list[Path]:
    """The files that a router reads beside its supergraph: trusted documents and operations."""
    manifest = configuration.persisted_documents.manifest
    folders = [configuration.at(folder) for folder in configuration.operations]
    files = [
        file for folder in folders for pattern in ("*.graphql", "*.json") for file in folder.glob(pattern)
    ]
    return files if manifest is None else [configuration.at(manifest), *files]


def _telemetry(configuration: Configuration, documents: list[str], parts: Parts) -> Telemetry:
    wanted = configuration.telemetry
    made_from = ("telemetry", wanted.model_dump_json())
    folder = wanted.errors.folder and configuration.at(wanted.errors.folder)
    return parts.part(made_from, lambda: create_telemetry(wanted, lambda: documents, folder))


def _upstream(
    configuration: Configuration, endpoints: Mapping[str, Endpoint], telemetry: Telemetry, parts: Parts
) -> Upstream:
    upstream = create_upstream(configuration, endpoints, parts)
    observer = telemetry.observer
    if observer is None:
        return upstream
    made_from = ("observed upstream", id(upstream), id(observer))
    return parts.part(made_from, lambda: ObservedUpstream(upstream, observer))


def _callers(
    configuration: Configuration, endpoints: Mapping[str, Endpoint], outside: Transport, parts: Parts
) -> Callers:
    access_tokens = _access_tokens(configuration, endpoints, outside, parts)
    internal_tokens = _internal_tokens(configuration, parts)
    labels, rules = frozenset(configuration.override_labels), header_rules(configuration)
    own = {name: subgraph.headers.model_dump_json() for name, subgraph in configuration.subgraphs.items()}
    headers = (configuration.headers.model_dump_json(), frozenset(own.items()))
    patience = configuration.upstream.deadlines.client_header
    made_from = ("callers", id(access_tokens), id(internal_tokens), labels, headers, patience)
    return parts.part(made_from, lambda: Callers(access_tokens, internal_tokens, labels, rules, patience))


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
            fragments=limits.fragments,
            variable_values=limits.variable_values,
            variable_depth=limits.variable_depth,
        ),
        cost=_cost_policy(configuration),
        deadline=limits.deadline_seconds,
        later_share=configuration.upstream.deadlines.later_share,
        suggestions=not configuration.mask_errors,
        introspection=configuration.introspection,
        show_errors=not configuration.mask_errors,
        show_services=configuration.error_services,
        refuse_unauthorized=configuration.identity.unauthorized == "refuse",
    )


def _cost_policy(configuration: Configuration) -> CostPolicy | None:
    cost = configuration.limits.cost
    if cost.max is None and cost.shown == "never" and configuration.rate_limits.weight != "cost":
        return None
    return CostPolicy(cost.max, cost.list_size, enforced=cost.mode == "enforce")


def _http_options(configuration: Configuration) -> HttpOptions:
    batching = configuration.batching
    return HttpOptions(
        body_limit=configuration.limits.body_bytes,
        csrf_prevention=configuration.csrf_prevention,
        largest_batch=batching.max_operations if batching.enabled else 0,
        statuses=configuration.statuses,
        compression=_compression(configuration),
    )


def _compression(configuration: Configuration) -> Compression:
    wanted = configuration.compression
    return Compression(wanted.codings if wanted.enabled else (), wanted.smallest_bytes)


def _examples(configuration: Configuration) -> list[Example]:
    return read_examples([configuration.at(folder) for folder in configuration.operations])


def _known_documents(configuration: Configuration, trusted: Mapping[str, str]) -> list[str]:
    return [*trusted.values(), *(example.query for example in _examples(configuration))]


def _trusted_documents(configuration: Configuration) -> dict[str, str]:
    manifest = configuration.persisted_documents.manifest
    return {} if manifest is None else read_manifest(configuration.at(manifest))


def _redis(configuration: Configuration, parts: Parts) -> SharedRedis | None:
    wanted = configuration.redis
    if not wanted.url:
        return None
    return parts.part(("redis", wanted.model_dump_json()), lambda: SharedRedis(wanted))


def _documents(
    configuration: Configuration, trusted: Mapping[str, str], redis: SharedRedis | None, parts: Parts
) -> PersistedDocuments:
    wanted = configuration.persisted_documents
    store: DocumentStore | None = None
    if wanted.automatic:
        made_from = ("remembered documents", wanted.remembered)
        store = parts.part(made_from, lambda: MemoryStore(wanted.remembered))
        if redis is not None and wanted.store == "redis":
            store = RedisStore(redis, store, wanted.remembered, wanted.forgotten_after_hours * 3600)
    return persisted_documents(trusted, store, wanted.only)


def _access_tokens(
    configuration: Configuration, endpoints: Mapping[str, Endpoint], outside: Transport, parts: Parts
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

    made_from = ("access tokens", access_tokens.model_dump_json(), url, id(transport))
    return parts.part(made_from, lambda: AccessTokens(access_tokens, KeySet(fetch_key_set)))


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


def _internal_tokens(configuration: Configuration, parts: Parts) -> InternalTokens | None:
    if not configuration.identity.internal_tokens:
        return None
    key = configuration.internal_key.get_secret_value().encode()
    if len(key) < SHORTEST_KEY:
        raise ConfigurationError(
            f"identity.internal_tokens: set SUPERGRAPH_INTERNAL_KEY to a secret of {SHORTEST_KEY} bytes or more, "
            "the same for the router and its subgraphs."
        )
    return parts.part(("internal tokens", key), lambda: InternalTokens(key))


def _with_cors(app: ASGIApp, origins: tuple[str, ...]) -> ASGIApp:
    if not origins:
        return app
    allowed = [
        "authorization",
        "content-type",
        *(name.decode() for name in (*PREFLIGHT_HEADERS, EXPOSE_COST)),
    ]
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=["GET", "POST"],
        allow_headers=allowed,
        expose_headers=["retry-after", "ratelimit", "ratelimit-policy"],
    )


def _accept(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"accept"), b"")
