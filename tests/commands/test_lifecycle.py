"""`supergraph serve` while it runs: its files change, and it is told to stop; nothing is lost."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from supergraph.composition import SubgraphSource, compose
from supergraph.server.graphql_transport_ws import SUBPROTOCOL
from supergraph.server.serving import listen, serve
from tests.commands.conftest import Started, free_port, heard

FIRST = "type Query { hello: String }"
SECOND = "type Query { hello: String, farewell: String }"


@dataclass
class Subgraph:
    """A subgraph on a socket: answers at once, or once it is let."""

    port: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    def supergraph(self, sdl: str) -> str:
        composed = compose([SubgraphSource("greetings", f"http://127.0.0.1:{self.port}/graphql", sdl)])
        assert composed.supergraph_sdl is not None
        return composed.supergraph_sdl

    async def answer(self, _: Request) -> JSONResponse:
        self.asked.set()
        await self.answers.wait()
        return JSONResponse({"data": {"hello": "Hello", "farewell": "Farewell"}})


@pytest.fixture
async def subgraph() -> AsyncIterator[Subgraph]:
    here = Subgraph()
    here.answers.set()
    bound, stop = listen("127.0.0.1", 0), asyncio.Event()
    here.port = bound.getsockname()[1]
    app = Starlette(routes=[Route("/graphql", here.answer, methods=["POST"])])
    task = asyncio.create_task(serve(app, bound, stop))
    yield here
    stop.set()
    await task


@dataclass
class Router:
    """A router as a process, and its client."""

    process: asyncio.subprocess.Process
    client: httpx2.AsyncClient

    async def ask(self, query: str = "{ hello }") -> httpx2.Response:
        return await self.client.post("/graphql", json={"query": query})

    async def readiness(self) -> dict[str, Any]:
        return (await self.client.get("/ready")).json()

    async def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """What `/ready` says once that holds."""
        async with asyncio.timeout(60):
            while not condition(said := await self.readiness()):  # noqa: ASYNC110 - it is another process
                await asyncio.sleep(0.02)
            return said


@pytest.fixture
def router(started: Started) -> Callable[..., Any]:
    @asynccontextmanager
    async def running(*arguments: str, **environment: str) -> AsyncIterator[Router]:
        port = free_port()
        async with started("serve", *arguments, "--port", str(port), **environment) as process:
            await heard(process, "/graphql")
            async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                yield Router(process, client)

    return running


def mount(folder: Path, name: str, supergraph: str) -> None:
    """Puts a ConfigMap's next content in place, as the kubelet does: by turning one link, `..data`."""
    content = folder / name
    content.mkdir()
    (content / "supergraph.graphql").write_text(supergraph)
    turned = folder / "..data_tmp"
    turned.symlink_to(content.name)
    turned.rename(folder / "..data")
    if not (folder / "supergraph.graphql").is_symlink():
        (folder / "supergraph.graphql").symlink_to("..data/supergraph.graphql")


QUICK = {"SUPERGRAPH_RELOAD__POLL_SECONDS": "0.02"}


async def test_a_changed_configmap_is_taken_up_and_a_broken_one_keeps_the_last_good_generation(
    router: Callable[..., Any], subgraph: Subgraph, tmp_path: Path
) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    mount(folder, "..2026_01", subgraph.supergraph(FIRST))
    async with router("--supergraph", str(folder / "supergraph.graphql"), **QUICK) as running:
        before = await running.ask("{ farewell }")
        mount(folder, "..2026_02", subgraph.supergraph(SECOND))
        await running.until(lambda said: said.get("generation") == 2)
        after = await running.ask("{ farewell }")
        mount(folder, "..2026_03", "type Query { broken")
        refused = await running.until(lambda said: "reload" in said)
        still = await running.ask("{ farewell }")
        mount(folder, "..2026_04", subgraph.supergraph(FIRST))
        mended = await running.until(lambda said: said.get("generation") == 3)
        running.process.terminate()
        _, log = await running.process.communicate()

    assert before.status_code == 400 or before.json()["errors"]
    assert after.json() == still.json() == {"data": {"farewell": "Farewell"}}
    assert refused["status"] == "ready"
    assert "the log says why" in refused["reload"]
    assert str(folder) not in str(refused)
    assert "reload" not in mended
    assert f"{folder}/supergraph.graphql is no supergraph: " in log.decode()


async def test_sighup_takes_up_what_is_not_watched_and_names_what_needs_a_restart(
    router: Callable[..., Any], subgraph: Subgraph, tmp_path: Path
) -> None:
    (tmp_path / "graph.graphql").write_text(subgraph.supergraph(FIRST))
    config = tmp_path / "router.yaml"
    values = "supergraph: graph.graphql\nreload: {watch: false}\n"
    config.write_text(values)
    async with router("--config", str(config)) as running:
        config.write_text(f"{values}limits: {{body_bytes: 1}}\nhost: '::1'\n")
        running.process.send_signal(signal.SIGHUP)
        await running.until(lambda said: said.get("generation") == 2)
        refused = await running.ask()
        config.write_text("limits: {bodybytes: 1}\n")
        running.process.send_signal(signal.SIGHUP)
        await running.until(lambda said: "reload" in said)
        running.process.terminate()
        _, log = await running.process.communicate()

    assert refused.status_code == 413
    assert "these keys count after a restart" in log.decode()
    assert '"host"' in log.decode()
    assert "limits.bodybytes: there is no such key" in log.decode()


async def test_a_router_that_is_told_to_stop_answers_what_is_in_flight_and_closes_its_connection(
    router: Callable[..., Any], subgraph: Subgraph, tmp_path: Path
) -> None:
    (tmp_path / "graph.graphql").write_text(subgraph.supergraph(FIRST))
    async with router(
        "--supergraph", str(tmp_path / "graph.graphql"), SUPERGRAPH_SHUTDOWN__DELAY_SECONDS="0.3"
    ) as running:
        kept = await running.ask()
        subgraph.answers.clear()
        subgraph.asked.clear()
        in_flight = asyncio.create_task(running.ask())
        await subgraph.asked.wait()
        os.kill(running.process.pid, signal.SIGTERM)
        not_ready = await running.until(lambda said: said["status"] != "ready")
        probed = await running.client.get("/ready")
        subgraph.answers.set()
        late = await running.ask()
        answered = await in_flight
        code = await running.process.wait()

    assert "connection" not in kept.headers
    assert not_ready == {"status": "not ready", "reason": "the router is shutting down"}
    assert (probed.status_code, probed.headers["connection"]) == (503, "close")
    assert late.json() == answered.json() == {"data": {"hello": "Hello"}}
    assert late.headers["connection"] == answered.headers["connection"] == "close"
    assert code == 0


async def test_a_websocket_may_send_what_the_configuration_of_now_allows(
    router: Callable[..., Any], subgraph: Subgraph, tmp_path: Path
) -> None:
    (tmp_path / "graph.graphql").write_text(subgraph.supergraph(FIRST))
    config = tmp_path / "router.yaml"
    values = "supergraph: graph.graphql\n"
    config.write_text(values)
    async with router("--config", str(config), **QUICK) as running:
        before = await sent_over_websocket(running, 1_000)
        config.write_text(f"{values}limits: {{body_bytes: 500}}\n")
        await running.until(lambda said: said.get("generation") == 2)
        after = await sent_over_websocket(running, 1_000)

    assert json.loads(before) == {"id": "1", "type": "next", "payload": {"data": {"hello": "Hello"}}}
    assert after == "closed with 1009"


async def sent_over_websocket(running: Router, size: int) -> str | bytes:
    """What is answered to a query of so many bytes."""
    url = f"ws://{running.client.base_url.netloc.decode()}/graphql"
    async with connect(url, subprotocols=[Subprotocol(SUBPROTOCOL)]) as connection:
        await connection.send('{"type": "connection_init"}')
        await connection.recv()
        query = "{ hello }".ljust(size)
        try:
            await connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
            return await connection.recv()
        except ConnectionClosed as closed:
            return f"closed with {closed.rcvd and closed.rcvd.code}"
