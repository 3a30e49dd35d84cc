"""The router: one ASGI application, put together here and nowhere else.

It serves one supergraph under one configuration, which never change: what replaces them is another router, its
successor (`generations`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from supergraph.configuration import Configuration
from supergraph.execution import Engine
from supergraph.model import Supergraph
from supergraph.server.authentication import create_callers
from supergraph.server.callers import Callers
from supergraph.server.causes import report
from supergraph.server.closing import Closing
from supergraph.server.cors import with_cors
from supergraph.server.direct import Answer, DirectGraphQL
from supergraph.server.documents import create_documents, examples, known_documents, trusted_documents
from supergraph.server.explorer import add_explorer
from supergraph.server.graphql_over_http import GraphQLOverHttp
from supergraph.server.graphql_transport_ws import GraphQLTransportWs
from supergraph.server.heads import Head
from supergraph.server.hosts import Hosts, allowed_hosts, refuse_host
from supergraph.server.limiting import create_limiting
from supergraph.server.media_types import acceptable
from supergraph.server.networks import TrustedProxies
from supergraph.server.operations import Operations
from supergraph.server.options import engine_options, http_options
from supergraph.server.parts import Parts
from supergraph.server.readiness import Readiness
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
from supergraph.upstream import Endpoint, Pool, Transport, Upstream

GRAPHQL_PATH = "/graphql"


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Router:
    """Answers `/graphql` over HTTP and WebSocket, and leaves every other path to the site.

    A browser that asks for a page at `/graphql` gets GraphiQL, where there is one (`explores`). `closing` is
    to be set when no more work is wanted: then endless responses end, and `/ready` says no. `telemetry` is what
    operators see of it, and is to be served beside it. `parts` are what a successor takes over where it can.
    `documents` those that the operators know. `proxies` are believed about where clients call from. By `hosts` alone it
    may be called, where they are known. What it may answer without ASGI goes to `direct`.
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
    hosts: Hosts | None = None
    direct: DirectGraphQL | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request or connection, or runs the lifespan."""
        if scope["type"] != "lifespan":
            if self.hosts is not None and not self.hosts.allow(scope):
                await refuse_host(scope, receive, send)
                return
            if self.proxies is not None:
                scope = self.proxies.known(scope)
        await self.application(scope)(scope, receive, send)

    def take(self, head: Head, body: bytes, address: str | None, answer: Answer) -> bool:
        """Has a request answered without ASGI, or says that it is not taken."""
        return self.direct is not None and self.direct.take(head, body, address, answer)

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
    parts: Parts | None = None,
    readiness: Readiness | None = None,
) -> Router:
    """The router for a supergraph whose subgraphs are at these endpoints, by name.

    `outside` reaches what is no subgraph, such as an identity provider's key set. It takes over those
    `parts` of a former router that it would make the same. `readiness` is what `/ready` says, of a router that is not
    closing.

    Raises:
        ConfigurationError: the configuration wants what is not there.
    """
    parts = Parts() if parts is None else parts
    closing, readiness = Closing(), readiness or Readiness()
    trusted = trusted_documents(configuration)
    known = known_documents(configuration, trusted)
    telemetry = _telemetry(configuration, known, parts)
    pools = create_pools(configuration, endpoints, parts)
    upstream = _upstream(configuration, pools, telemetry, parts)
    outages = create_outages(pools, parts)
    engine = Engine(
        supergraph,
        upstream,
        options=engine_options(configuration),
        report=report,
        down=outages.avoided,
        planned=None if telemetry.observer is None else note_plan,
    )
    callers = create_callers(configuration, endpoints, outside, parts)
    site = create_site(readiness, closing.is_set, lacking(configuration, pools))
    redis = _redis(configuration, parts)
    documents, options = create_documents(configuration, trusted, redis, parts), http_options(configuration)
    limiting = create_limiting(configuration, supergraph.api, redis, parts)
    costs = configuration.limits.cost
    shows_cost, measures_cost = costs.shown != "never", costs.mode == "measure"
    hosts = allowed_hosts(configuration)
    proxies = TrustedProxies(configuration.trusted_proxies) if configuration.trusted_proxies else None
    direct = None
    if telemetry.observer is None:
        operations = Operations(engine, documents, limiting, shows_cost, measures_cost)
        http = GraphQLOverHttp(operations, callers, closing, options)
        if not measures_cost:
            cors = bool(configuration.cors.origins)
            direct = DirectGraphQL(operations, callers, options, cors=cors, hosts=hosts, proxies=proxies)
    else:
        operations = ObservedOperations(
            engine, documents, limiting, shows_cost, measures_cost, observer=telemetry.observer
        )
        http = ObservedHttp(operations, callers, closing, options, telemetry.observer)
    if configuration.graphiql:
        add_explorer(site, operations, callers, examples(configuration), options.body_limit)
    if configuration.client is not None:
        add_client(site, configuration.at(configuration.client), configuration.client_settings)
    websocket: ASGIApp = GraphQLTransportWs(operations, callers, closing, origins=configuration.cors.origins)
    if telemetry.observer is not None:
        websocket = ObservedWebSocket(websocket)
    telemetry.watch(engine, known, outages)
    parts.settled()
    return Router(
        configuration,
        engine,
        callers,
        operations,
        with_cors(http, configuration.cors),
        websocket,
        site,
        configuration.graphiql,
        closing,
        telemetry,
        parts,
        known,
        proxies,
        hosts,
        direct,
    )


def _telemetry(configuration: Configuration, documents: list[str], parts: Parts) -> Telemetry:
    wanted = configuration.telemetry
    made_from = ("telemetry", wanted.model_dump_json())
    folder = wanted.errors.folder and configuration.at(wanted.errors.folder)
    return parts.part(made_from, lambda: create_telemetry(wanted, lambda: documents, folder))


def _upstream(
    configuration: Configuration, pools: Mapping[str, Pool], telemetry: Telemetry, parts: Parts
) -> Upstream:
    upstream = create_upstream(configuration, pools, parts)
    observer = telemetry.observer
    if observer is None:
        return upstream
    made_from = ("observed upstream", id(upstream), id(observer))
    return parts.part(made_from, lambda: ObservedUpstream(upstream, observer))


def _redis(configuration: Configuration, parts: Parts) -> SharedRedis | None:
    wanted = configuration.redis
    if not wanted.url:
        return None
    return parts.part(("redis", wanted.model_dump_json()), lambda: SharedRedis(wanted))


def _accept(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"accept"), b"")
