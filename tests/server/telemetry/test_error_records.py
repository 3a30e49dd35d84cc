"""From the id that a client has to what led to the error."""

import asyncio
import json
import stat
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp
from typer.testing import CliRunner, Result
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from supergraph.__main__ import app as command_line
from supergraph.commands.developing import with_error_records
from supergraph.configuration import Configuration
from supergraph.execution import engine
from supergraph.planning import UnreachableFieldError
from supergraph.server.graphql_transport_ws import SUBPROTOCOL
from supergraph.server.telemetry import serving_operators
from supergraph.server.telemetry.error_folder import RecordFolder, read_record
from supergraph.server.telemetry.error_records import RecentRecords
from supergraph.upstream import TransportRequest, TransportResponse
from tests.server.telemetry.conftest import LocalTransport, Routers

Client = Callable[[ASGIApp], httpx2.AsyncClient]
Served = Callable[..., AbstractAsyncContextManager[str]]
ON = {"errors": {"enabled": True}, "port": 0}
GREET = 'query Greet($name: String) { hello(name: $name) literal: hello(name: "a word of the client") }'


async def ask(address: str, **others: Any) -> str:
    """Asks with a variable and a token, and gives the id of the first error."""
    body = {"query": GREET, "variables": {"name": "a secret variable"}, **others}
    headers = {"authorization": "Bearer a-secret-token", "cookie": "session=a-secret-cookie"}
    async with httpx2.AsyncClient() as client:
        answer = await client.post(f"http://{address}/graphql", json=body, headers=headers)
    return answer.json()["errors"][0]["extensions"]["errorId"]


async def explained(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, command_line, ["explain-error", *arguments])


async def told_of_an_outage(
    router: Routers, served: Served, subgraph: LocalTransport, *options: str
) -> tuple[str, Result]:
    """The id of an error for which a subgraph is down, and what the command tells of it."""
    subgraph.down = True
    app = router(ON)
    async with served(app, app.closing) as address, operators(app) as port:
        error_id = await ask(address)
        return error_id, await explained(error_id, *options, "--url", f"http://127.0.0.1:{port}")


async def test_the_command_asks_the_running_router_and_shows_cause_request_fetches_and_plan(
    router: Routers, served: Served, subgraph: LocalTransport
) -> None:
    error_id, result = await told_of_an_outage(router, served, subgraph)

    assert result.exit_code == 0, result.output
    said = result.stdout
    assert f"error {error_id} from local, " in said
    assert "connection to 10.1.2.3 refused" in said
    assert "query Greet over http, status 200" in said
    assert "SUBREQUEST_HTTP_ERROR x" in said
    assert "0  local            SUBREQUEST_HTTP_ERROR" in said
    assert "query: 1 fetch in 1 step" in said
    assert "hello(name: $name)" in said
    assert 'hello(name: "...")' in said


def operators(app: Any) -> AbstractAsyncContextManager[int | None]:
    return serving_operators(app.configuration.telemetry, app.telemetry)


async def test_no_value_of_a_client_and_no_token_stands_in_a_record(
    router: Routers, served: Served, subgraph: LocalTransport
) -> None:
    error_id, result = await told_of_an_outage(router, served, subgraph, "--json")

    record = json.loads(result.stdout)
    assert record["errorId"] == error_id
    assert [fetch["outcome"] for fetch in record["fetches"]] == ["SUBREQUEST_HTTP_ERROR"]
    assert record["request"]["durationMs"] >= record["fetches"][0]["durationMs"]
    assert "secret" not in result.stdout
    assert "a word of the client" not in result.stdout


async def test_a_fault_of_the_router_itself_is_told_with_its_traceback(
    router: Routers, served: Served
) -> None:
    app = router(ON)
    async with served(app, app.closing) as address, operators(app) as port:
        error_id = await ask(address, query="{ crash }", variables=None)
        result = await explained(error_id, "--url", f"http://127.0.0.1:{port}")

    assert "in the router" in result.stdout
    assert "RuntimeError('a secret of the router')" in result.stdout
    assert "local_upstream.py" in result.stdout


async def test_what_cannot_be_planned_is_explained_under_the_id_that_the_client_has(
    router: Routers, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any, **_keywords: Any) -> None:
        raise UnreachableFieldError(("Query.hello",))

    monkeypatch.setattr(engine, "plan", fail)
    app = router(ON)
    async with served(app, app.closing) as address, operators(app) as port:
        error_id = await ask(address)
        result = await explained(error_id, "--url", f"http://127.0.0.1:{port}")

    assert f"error {error_id} in the router" in result.stdout
    assert "Query.hello" in result.stdout
    assert "status 200" in result.stdout


async def test_a_value_that_does_not_fit_its_type_is_explained_with_the_subgraph_that_gave_it(
    router: Routers, served: Served, subgraph: LocalTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong(_: TransportRequest) -> TransportResponse:
        headers = {"content-type": "application/json"}
        return TransportResponse(200, headers, b'{"data": {"hello": ["no text"], "literal": "Hello"}}')

    monkeypatch.setattr(subgraph, "send", wrong)
    app = router(ON)
    async with served(app, app.closing) as address, operators(app) as port:
        error_id = await ask(address)
        result = await explained(error_id, "--url", f"http://127.0.0.1:{port}")

    assert f"error {error_id} from local" in result.stdout
    assert "Query.hello" in result.stdout


async def test_an_error_of_a_subscription_can_be_asked_for_while_it_goes_on(
    router: Routers, served: Served, subgraph: LocalTransport
) -> None:
    app = router(ON)
    async with (
        served(app, app.closing) as address,
        connect(f"ws://{address}/graphql", subprotocols=[Subprotocol(SUBPROTOCOL)]) as connection,
        operators(app) as port,
    ):
        await connection.send('{"type": "connection_init"}')
        await connection.recv()
        subgraph.down = True
        payload = {"query": "{ hello }"}
        await connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        answer = json.loads(await connection.recv())
        error_id = answer["payload"]["errors"][0]["extensions"]["errorId"]
        await connection.recv()
        result = await explained(error_id, "--url", f"http://127.0.0.1:{port}")

    assert "over websocket" in result.stdout


async def test_records_in_a_folder_outlive_the_router_and_are_read_without_it(
    router: Routers, served: Served, subgraph: LocalTransport, tmp_path: Path
) -> None:
    subgraph.down = True
    app = router({"errors": {"enabled": True, "folder": "records"}}, tmp_path)
    async with operators(app) as port, served(app, app.closing) as address:
        error_id = await ask(address)

    (tmp_path / "supergraph.yaml").write_text("telemetry: {errors: {enabled: true, folder: records}}")
    result = await explained(error_id, "--config", str(tmp_path / "supergraph.yaml"))
    assert port is None
    assert "query Greet over http, status 200" in result.stdout
    assert stat.S_IMODE((tmp_path / "records").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "records" / f"{error_id}.json").stat().st_mode) == 0o600


async def test_clients_cannot_ask_for_records(
    router: Routers, served: Served, subgraph: LocalTransport
) -> None:
    subgraph.down = True
    app = router(ON)
    async with served(app, app.closing) as address, httpx2.AsyncClient() as client:
        error_id = await ask(address)
        response = await client.get(f"http://{address}/errors/{error_id}")

    assert response.status_code == 404


async def test_the_trace_names_the_error_by_its_id(
    router: Routers, client_of: Client, subgraph: LocalTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    module = "supergraph.server.telemetry.traces"
    monkeypatch.setattr(f"{module}.OTLPSpanExporter", lambda *_args, **_keywords: exporter)
    monkeypatch.setattr(f"{module}.BatchSpanProcessor", SimpleSpanProcessor)
    subgraph.down = True
    app = router({"traces": {"endpoint": "http://127.0.0.1:4318/v1/traces"}})
    answer = await client_of(app).post("/graphql", json={"query": "{ hello }"})

    error_id = answer.json()["errors"][0]["extensions"]["errorId"]
    [event] = exporter.get_finished_spans()[-1].events
    assert event.attributes is not None
    assert event.attributes["supergraph.error_id"] == error_id


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["../../etc/passwd"], "is no error id"),
        (["0123456789abcdef", "--url", "http://127.0.0.1:1"], "No router answers operators"),
    ],
)
async def test_what_cannot_be_told_is_said_with_what_to_do(arguments: list[str], message: str) -> None:
    result = await explained(*arguments)

    assert result.exit_code == 1
    assert message in result.stderr


async def test_an_error_of_which_there_is_no_record_is_said_to_be_in_the_log(router: Routers) -> None:
    async with operators(router(ON)) as port:
        result = await explained("0123456789abcdef", "--url", f"http://127.0.0.1:{port}")

    assert result.exit_code == 1
    assert "the log has its cause" in result.stderr


def test_the_oldest_records_go_first() -> None:
    records = RecentRecords(2)
    for name in ("a", "b", "c"):
        records.put(name, lambda name=name: {"errorId": name})

    assert [records.find(name) for name in ("a", "b", "c")] == [None, {"errorId": "b"}, {"errorId": "c"}]


@pytest.fixture
def folder(tmp_path: Path) -> RecordFolder:
    return RecordFolder(tmp_path, kept=3)


def test_a_folder_holds_no_more_files_than_are_to_be_kept(folder: RecordFolder, tmp_path: Path) -> None:
    for number in range(10):
        folder.put(f"{number:016x}", lambda number=number: {"number": number})
    folder.close()

    assert len(list(tmp_path.iterdir())) == 3
    assert read_record(tmp_path, f"{9:016x}") == {"number": 9}
    assert read_record(tmp_path, f"{0:016x}") is None


async def test_a_request_with_very_many_errors_does_not_push_out_the_others(
    router: Routers, client_of: Client, subgraph: LocalTransport
) -> None:
    app = router({"errors": {"enabled": True, "kept": 30}}, batching={"enabled": True, "max_operations": 100})
    client = client_of(app)
    subgraph.down = True
    first = await client.post("/graphql", json={"query": "{ hello }"})
    await client.post("/graphql", json=[{"query": f"{{ a{n}: hello }}"} for n in range(100)])

    error_id = first.json()["errors"][0]["extensions"]["errorId"]
    answer = await client_of(app.telemetry.operators).get(f"/errors/{error_id}")  # pyright: ignore[reportArgumentType] - it is on
    assert answer.json()["errorId"] == error_id


async def test_what_dev_kept_is_found_without_any_configuration_of_it(tmp_path: Path) -> None:
    (tmp_path / "supergraph.yaml").write_text("var: here")
    kept = RecordFolder(tmp_path / "here" / "errors", kept=3)
    request = {"protocol": "http", "kind": "query", "operation": None, "status": 200, "durationMs": 1.5}
    record = {
        "errorId": "0123456789abcdef",
        "at": "2026-01-02T03:04:05+00:00",
        "subgraph": "movies",
        "cause": "it burns",
        "traceback": "",
        "request": {**request, "errors": {}, "traceId": None},
        "fetches": [],
        "plans": [],
    }
    kept.put("0123456789abcdef", lambda: record)
    kept.close()
    result = await explained("0123456789abcdef", "--config", str(tmp_path / "supergraph.yaml"))

    assert "error 0123456789abcdef from movies" in result.stdout
    assert "it burns" in result.stdout


def test_dev_keeps_records_in_a_folder_unless_it_is_told_how() -> None:
    by_default = with_error_records(Configuration.of({"var": "here"})).telemetry.errors
    told = with_error_records(Configuration.of({"telemetry": {"errors": {"enabled": True}}})).telemetry.errors

    assert (by_default.enabled, by_default.folder) == (True, Path("here/errors"))
    assert told.folder is None
