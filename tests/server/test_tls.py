"""Subgraphs behind TLS and HTTP/2: whom the router trusts, and how it shows who it is."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, StreamEnded

from supergraph.configuration import Configuration, ConfigurationError
from supergraph.server.endpoints import http_endpoints
from supergraph.server.parts import Parts
from tests.server.businesses import Served, Subgraph, composed, running
from tests.server.test_subgraph_subscriptions import Counter, events, films
from tests.upstream.authority import Authority
from tests.upstream.conftest import listening

HELLO = {"data": {"hello": "Hello"}}


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def greetings() -> Subgraph:
    return Subgraph("type Query { hello: String }", {"hello": "Hello"})


Secured = Callable[..., Any]


@pytest.fixture
def secured(authority: Authority) -> Secured:
    """Serves an application at `localhost`, with a certificate of the authority; may ask for the client's."""

    @asynccontextmanager
    async def serve(app: Any, *, asks: bool = False) -> AsyncIterator[str]:
        certificate, key = authority.issue("localhost")
        options: dict[str, Any] = {"ssl_certfile": certificate, "ssl_keyfile": key}
        if asks:
            options |= {"ssl_ca_certs": str(authority.file), "ssl_cert_reqs": ssl.CERT_REQUIRED}
        async with listening(app, **options) as address:
            yield address.replace("http://127.0.0.1", "https://localhost") + "/graphql"

    return serve


async def asked(served: Served, url: str, configured: dict[str, Any], **values: Any) -> dict[str, Any]:
    """What a client is answered by a router before one subgraph at this URL."""
    at = {"greetings": {"url": url, **configured}}
    async with running(served, {"greetings": greetings()}, dead=("greetings",), at=at, **values) as business:
        return await business.ask("{ hello }")


def code(answer: dict[str, Any]) -> str:
    return answer["errors"][0]["extensions"]["code"]


async def test_a_private_authority_is_trusted_where_it_is_named(
    served: Served, secured: Secured, authority: Authority
) -> None:
    async with secured(greetings().app) as url:
        by_default = await asked(served, url, {})
        for_all = await asked(served, url, {}, upstream={"tls": {"ca": str(authority.file)}})
        for_one = await asked(served, url, {"tls": {"ca": str(authority.file)}})

    assert code(by_default) == "SUBREQUEST_HTTP_ERROR"
    assert for_all == for_one == HELLO


async def test_another_authority_is_not_trusted_though_it_has_the_same_name(
    served: Served, secured: Secured, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    async with secured(greetings().app) as url:
        answer = await asked(served, url, {"tls": {"ca": str(other.file)}})

    assert code(answer) == "SUBREQUEST_HTTP_ERROR"


async def test_the_router_shows_its_certificate_to_a_subgraph_that_asks_for_one(
    served: Served, secured: Secured, authority: Authority
) -> None:
    certificate, key = authority.issue("router")
    trust = {"ca": str(authority.file)}
    async with secured(greetings().app, asks=True) as url:
        without = await asked(served, url, {"tls": trust})
        shown = await asked(served, url, {"tls": {**trust, "certificate": str(certificate), "key": str(key)}})

    assert code(without) == "SUBREQUEST_HTTP_ERROR"
    assert shown == HELLO


async def test_a_subscription_over_websocket_trusts_the_same_authority(
    served: Served, secured: Secured, authority: Authority
) -> None:
    counter = Counter()
    way = {"subscriptions": {"protocol": "graphql-transport-ws"}, "tls": {"ca": str(authority.file)}}
    async with secured(counter.app) as url:
        at = {"counter": {"url": url, **way}}
        received = await events(
            served,
            {"counter": counter, "films": films()},
            "subscription { returned { id title } }",
            dead=("counter",),
            at=at,
        )

    assert received == [{"data": {"returned": {"id": number, "title": "Nosferatu"}}} for number in ("1", "2")]


class Http2Server(asyncio.Protocol):
    """Speaks HTTP/2 alone, and answers every request with the same."""

    def __init__(self, requests: list[bytes]) -> None:
        self._requests = requests
        self._bodies: dict[int, bytes] = {}
        self._http2 = H2Connection(H2Configuration(client_side=False))

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._http2.initiate_connection()
        transport.write(self._http2.data_to_send())

    def data_received(self, data: bytes) -> None:
        for event in self._http2.receive_data(data):
            if isinstance(event, DataReceived) and event.stream_id is not None:
                self._bodies[event.stream_id] = self._bodies.get(event.stream_id, b"") + (event.data or b"")
            elif isinstance(event, StreamEnded) and event.stream_id is not None:
                self._requests.append(self._bodies.pop(event.stream_id))
                headers = [(":status", "200"), ("content-type", "application/json")]
                self._http2.send_headers(event.stream_id, headers)
                self._http2.send_data(event.stream_id, b'{"data":{"hello":"Hello"}}', end_stream=True)
        self._transport.write(self._http2.data_to_send())


@asynccontextmanager
async def speaking_http2(requests: list[bytes], tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(Http2Server, requests), "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_subgraph_is_spoken_to_by_http2_where_that_is_configured(served: Served) -> None:
    requests: list[bytes] = []
    async with speaking_http2(requests) as port:
        url = f"http://127.0.0.1:{port}/graphql"
        by_default = await asked(served, url, {})
        for_all = await asked(served, url, {}, upstream={"http2": True})
        for_one = await asked(served, url, {"http2": True})
        for_others = await asked(served, url, {"http2": False}, upstream={"http2": True})

    assert code(by_default) == code(for_others) == "SUBREQUEST_HTTP_ERROR"
    assert for_all == for_one == HELLO
    assert len(requests) == 2


async def test_http2_over_tls_is_agreed_on_in_the_handshake(served: Served, authority: Authority) -> None:
    requests: list[bytes] = []
    certificate, key = authority.issue("localhost")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2"])
    async with speaking_http2(requests, context) as port:
        trust = {"http2": True, "tls": {"ca": str(authority.file)}}
        answer = await asked(served, f"https://localhost:{port}/graphql", trust)

    assert answer == HELLO
    assert len(requests) == 1


GRAPH = composed({"greetings": greetings()})


def connections(parts: Parts, **tls: str) -> Any:
    configured = {"greetings": {"url": "https://greetings/graphql", "tls": tls}}
    return http_endpoints(Configuration.of({"subgraphs": configured}), GRAPH, parts)["greetings"].transport


def test_connections_outlast_a_reload_until_a_certificate_is_replaced(authority: Authority) -> None:
    first = Parts()
    before = connections(first, ca=str(authority.file))
    second = Parts(first)
    same = connections(second, ca=str(authority.file))
    authority.file.write_bytes(Authority(authority.file.parent, "a newer authority").file.read_bytes())
    after = connections(Parts(second), ca=str(authority.file))

    assert same is before
    assert after is not before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"subgraphs\.greetings\.tls: .*ca\.pem cannot be read: No such file"),
        ("no certificate", r"subgraphs\.greetings\.tls: .*ca\.pem cannot be used"),
    ],
)
def test_a_file_without_certificates_is_told_with_its_key(
    tmp_path: Path, content: str | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)

    with pytest.raises(ConfigurationError, match=message):
        connections(Parts(), ca=str(tmp_path / "ca.pem"))
