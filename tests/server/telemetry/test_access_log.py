"""One line for each request."""

import io
import logging
from collections.abc import Callable, Iterator

import httpx2
import orjson
import pytest
import structlog
from starlette.types import ASGIApp
from structlog.testing import capture_logs
from structlog.typing import EventDict

from supergraph.commands.logs import log_json
from supergraph.configuration import ClientAddress
from supergraph.server.telemetry.access_log import shown_address
from tests.server.telemetry.conftest import LocalTransport, Routers

Client = Callable[[ASGIApp], httpx2.AsyncClient]
ON = {"access_log": {"enabled": True, "client_address": "full"}}


@pytest.fixture
def requests() -> Iterator[list[EventDict]]:
    with capture_logs() as logs:
        yield logs


async def ask(client: httpx2.AsyncClient, query: str, **others: object) -> httpx2.Response:
    headers = {"authorization": "Bearer a-secret-token"}
    return await client.post("/graphql", json={"query": query, **others}, headers=headers)


async def test_a_line_says_what_was_asked_and_how_it_went(
    router: Routers, client_of: Client, requests: list[EventDict]
) -> None:
    await ask(client_of(router(ON)), "query Greet { hello broken }")

    [line] = requests
    assert line.pop("duration_ms") > 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "protocol": "http",
        "kind": "query",
        "operation": "Greet",
        "operations": 1,
        "status": 200,
        "fetches": 1,
        "subgraphs": {"local": 1},
        "errors": {"OUT_OF_ORDER": 1},
        "client": "127.0.0.1",
        "trace_id": None,
    }


async def test_variables_tokens_and_documents_stay_out_of_it(
    router: Routers, client_of: Client, requests: list[EventDict], subgraph: LocalTransport
) -> None:
    query = 'query Greet($name: String) { hello(name: $name) authorization } # my "secret" remark'
    await ask(client_of(router(ON)), query, variables={"name": "a secret name"})

    assert b"a secret name" in subgraph.requests[0].body
    assert len(requests) == 1
    assert "secret" not in repr(requests)


async def test_a_refused_request_has_a_line_with_its_code(
    router: Routers, client_of: Client, requests: list[EventDict]
) -> None:
    await client_of(router(ON)).put("/graphql")

    [line] = requests
    assert (line["kind"], line["status"], line["errors"]) == ("unknown", 405, {"METHOD_NOT_ALLOWED": 1})


async def test_a_batch_is_one_line_that_says_how_many(
    router: Routers, client_of: Client, requests: list[EventDict]
) -> None:
    app = router(ON, batching={"enabled": True})
    await client_of(app).post("/graphql", json=[{"query": "{ hello }"}, {"query": "{ broken }"}])

    [line] = requests
    assert (line["kind"], line["operations"], line["fetches"]) == ("batch", 2, 2)


async def test_nothing_is_logged_unless_it_is_switched_on(
    router: Routers, client_of: Client, requests: list[EventDict]
) -> None:
    await ask(client_of(router({})), "{ hello }")

    assert requests == []


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is written to standard error; what was set up for logging is undone."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    handlers = logging.root.handlers[:]
    log_json()
    yield stream
    logging.root.handlers[:] = handlers
    structlog.reset_defaults()


async def test_it_is_written_as_json_though_the_log_is_for_warnings(
    router: Routers, client_of: Client, written: io.StringIO
) -> None:
    await ask(client_of(router(ON)), "query Greet { hello }")

    [line] = [orjson.loads(line) for line in written.getvalue().splitlines()]
    assert (line["event"], line["level"], line["operation"]) == ("request", "info", "Greet")


@pytest.mark.parametrize(
    ("address", "wanted", "shown"),
    [
        ("203.0.113.7", "full", "203.0.113.7"),
        ("203.0.113.7", "prefix", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "prefix", "2001:db8:1::/48"),
        ("fe80::1%eth0", "prefix", "fe80::/48"),
        ("testclient", "prefix", None),
        ("203.0.113.7", "none", None),
        (None, "full", None),
    ],
)
def test_an_address_is_shown_as_far_as_is_wanted(
    address: str | None, wanted: ClientAddress, shown: str | None
) -> None:
    assert shown_address(address, wanted) == shown
