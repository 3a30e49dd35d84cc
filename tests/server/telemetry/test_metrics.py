"""What Prometheus is told."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx2
import orjson
import pytest
import websockets
from prometheus_client.parser import text_string_to_metric_families
from starlette.types import ASGIApp

from supergraph.configuration import TelemetryConfiguration
from supergraph.server.closing import Closing
from supergraph.server.router import Router
from supergraph.server.serving import CannotListen, listen
from supergraph.server.telemetry import serving_operators
from supergraph.server.telemetry.metrics import BoundedNames, operation_names
from tests.server.local_upstream import LocalUpstream, until
from tests.server.telemetry.conftest import LocalTransport, Routers

Client = Callable[[ASGIApp], httpx2.AsyncClient]
Served = Callable[[ASGIApp, Closing | asyncio.Event], AbstractAsyncContextManager[str]]
Samples = dict[tuple[str, ...], float]
ON = {"metrics": True, "port": 0}


def samples(router: Router, name: str) -> Samples:
    """The values of a metric by the values of its labels, in the labels' alphabetical order."""
    metrics = router.telemetry.metrics
    assert metrics is not None
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
        if sample.name == name
    }


async def ask(client: httpx2.AsyncClient, query: str, **headers: str) -> httpx2.Response:
    return await client.post("/graphql", json={"query": query}, headers=headers)


async def test_requests_are_counted_by_kind_operation_and_class_of_status(
    router: Routers, client_of: Client
) -> None:
    app = router(ON)
    client = client_of(app)

    await ask(client, "query Greet { hello }")
    await ask(client, "query Greet { hello }")
    await ask(client, "mutation Count { count }")
    await ask(client, "{ hello }")
    await ask(client, "{ nothing", accept="application/graphql-response+json")

    assert samples(app, "supergraph_requests_total") == {
        ("query", "Greet", "2xx"): 2,
        ("mutation", "Count", "2xx"): 1,
        ("query", "", "2xx"): 1,
        ("unknown", "", "4xx"): 1,
    }


async def test_requests_are_timed_and_none_is_in_flight_after_all_are_answered(
    router: Routers, client_of: Client
) -> None:
    app = router(ON)
    await ask(client_of(app), "query Greet { hello }")

    assert samples(app, "supergraph_request_duration_seconds_count") == {("query", "Greet"): 1}
    assert samples(app, "supergraph_requests_in_flight") == {(): 0}


async def test_fetches_are_timed_by_subgraph_and_outcome(
    router: Routers, client_of: Client, subgraph: LocalTransport
) -> None:
    app = router(ON)
    client = client_of(app)

    await ask(client, "{ hello }")
    await ask(client, "{ broken }")
    subgraph.down = True
    await ask(client, "{ hello }")

    assert samples(app, "supergraph_fetch_duration_seconds_count") == {
        ("ok", "local"): 1,
        ("errors", "local"): 1,
        ("SUBREQUEST_HTTP_ERROR", "local"): 1,
    }


async def test_errors_are_counted_by_code_wherever_they_come_from(router: Routers, client_of: Client) -> None:
    app = router(ON)
    client = client_of(app)

    await ask(client, "{ broken }")
    await ask(client, "{ nothing }")
    await client.put("/graphql")
    await ask(client, "{ crash }")

    assert samples(app, "supergraph_errors_total") == {
        ("OUT_OF_ORDER",): 1,
        ("GRAPHQL_VALIDATION_FAILED",): 1,
        ("METHOD_NOT_ALLOWED",): 1,
        ("INTERNAL_SERVER_ERROR",): 1,
    }


async def test_an_operation_is_prepared_once_and_found_from_then_on(
    router: Routers, client_of: Client
) -> None:
    app = router(ON)
    client = client_of(app)

    for _ in range(3):
        await ask(client, "{ hello }")

    assert samples(app, "supergraph_operation_cache_lookups_total") == {("hit",): 2, ("miss",): 1}
    assert samples(app, "supergraph_operation_cache_size") == {(): 1}


async def test_a_batch_is_one_request_whose_errors_all_count(router: Routers, client_of: Client) -> None:
    app = router(ON, batching={"enabled": True})
    await client_of(app).post("/graphql", json=[{"query": "{ broken }"}, {"query": "{ broken hello }"}])

    assert samples(app, "supergraph_requests_total") == {("batch", "", "2xx"): 1}
    assert samples(app, "supergraph_errors_total") == {("OUT_OF_ORDER",): 2}


async def test_a_stream_is_in_flight_and_its_subscription_open_until_the_client_goes(
    router: Routers, served: Served, upstream: LocalUpstream
) -> None:
    app = router(ON)
    async with served(app, app.closing) as address, httpx2.AsyncClient() as client:
        request = {"query": "subscription Wait { numbers(to: 0) }"}
        accept = {"accept": "text/event-stream"}
        async with client.stream("POST", f"http://{address}/graphql", json=request, headers=accept):
            await until(lambda: upstream.subscribed == 1)
            assert samples(app, "supergraph_subscriptions_open") == {(): 1}
            assert samples(app, "supergraph_requests_in_flight") == {(): 1}
        await until(lambda: samples(app, "supergraph_requests_in_flight") == {(): 0})

    assert samples(app, "supergraph_subscriptions_open") == {(): 0}
    assert samples(app, "supergraph_requests_total") == {("subscription", "Wait", "2xx"): 1}


async def test_an_operation_over_websocket_is_a_request(router: Routers, served: Served) -> None:
    app = router(ON)
    async with (
        served(app, app.closing) as address,
        websockets.connect(f"ws://{address}/graphql", subprotocols=["graphql-transport-ws"]) as socket,  # pyright: ignore[reportArgumentType] - a plain string will do
    ):
        await socket.send('{"type": "connection_init"}')
        await socket.recv()
        payload = {"query": "subscription Few { numbers(to: 2) }"}
        await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": payload}).decode())
        received = [orjson.loads(await socket.recv())["type"] for _ in range(3)]

    assert received == ["next", "next", "complete"]
    assert samples(app, "supergraph_requests_total") == {("subscription", "Few", "websocket"): 1}


async def test_clients_cannot_make_up_any_number_of_labels(router: Routers, client_of: Client) -> None:
    app = router({**ON, "operation_names": 2})
    client = client_of(app)

    for name in ("A", "B", "C", "D", "A"):
        await ask(client, f"query {name} {{ hello }}")

    assert {name: times for (_, name, _), times in samples(app, "supergraph_requests_total").items()} == {
        "A": 2,
        "B": 1,
        "other": 2,
    }


async def test_operations_that_the_operators_know_always_have_their_name(
    router: Routers, client_of: Client, tmp_path: Path
) -> None:
    (tmp_path / "Known.graphql").write_text("query Known { hello }")
    app = router({**ON, "operation_names": 0}, tmp_path, operations=["."])
    client = client_of(app)

    await ask(client, "query Known { hello }")
    await ask(client, "query Unknown { hello }")

    assert {name for _, name, _ in samples(app, "supergraph_requests_total")} == {"Known", "other"}


def test_a_very_long_name_is_no_label() -> None:
    assert BoundedNames((), 10).label("x" * 101) == "other"


def test_the_names_of_operations_are_found_in_documents() -> None:
    assert operation_names(["query A { x } mutation B($v: Int) { y }", "{ z }"]) == {"A", "B"}


async def test_metrics_are_answered_on_a_listener_of_their_own(router: Routers, client_of: Client) -> None:
    app = router(ON)
    async with (
        serving_operators(TelemetryConfiguration(port=0), app.telemetry) as port,
        httpx2.AsyncClient() as client,
    ):
        answer = await client.get(f"http://127.0.0.1:{port}/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "supergraph_requests_in_flight 0.0" in answer.text
    assert (await client_of(app).get("/metrics")).status_code == 404


async def test_a_taken_port_for_operators_is_told_with_its_key(router: Routers) -> None:
    taken = listen("127.0.0.1", 0)
    taken.listen()
    configuration = TelemetryConfiguration(port=taken.getsockname()[1])
    with taken, pytest.raises(CannotListen, match=r"telemetry\.port"):
        async with serving_operators(configuration, router(ON).telemetry):
            pass


async def test_nothing_observes_and_nothing_listens_unless_it_is_switched_on(
    router: Routers, client_of: Client
) -> None:
    app = router({})

    async with serving_operators(TelemetryConfiguration(port=0), app.telemetry) as port:
        assert port is None
    assert app.telemetry.observer is None
    assert type(app.http).__name__ == "GraphQLOverHttp"
