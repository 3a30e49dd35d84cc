"""The counter as a service: behind its gate, with its worker beside it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from sqlalchemy import select
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from subgraphs.common import duties
from subgraphs.common.caller import ANONYMOUS, Caller
from subgraphs.common.database import Database
from subgraphs.common.embedded_broker import EmbeddedBroker
from subgraphs.common.gate import mint_token
from subgraphs.common.messages import Message
from subgraphs.common.migrations import migrate
from subgraphs.rentals import worker
from subgraphs.rentals.app import create
from subgraphs.rentals.models import Base, MovieRow, Outbox
from subgraphs.rentals.settings import Settings
from tests.rentals.conftest import ADA, BAMBI, BEN, PACKAGE, RENT, Desk, film, furnish

KEY = "a key for tests, at least 32 bytes long"
OFFERS = (
    "query($these: [_Any!]!) { _entities(representations: $these) { ... on Movie { offers { token } } } }"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an embedded counter."""
    return Settings.model_validate({"var": tmp_path, "internal_key": KEY})


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a running counter."""
    app = create(settings)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://rentals") as client,
    ):
        yield client


async def post(
    client: httpx2.AsyncClient, query: str, caller: Caller = ANONYMOUS, **variables: Any
) -> dict[str, Any]:
    """The answer to a request that the router has signed."""
    token = mint_token(KEY.encode(), "rentals", caller, timedelta(minutes=1))
    body = {"query": query, "variables": variables}
    reply = await client.post("/graphql", json=body, headers={"authorization": f"Bearer {token}"})
    assert reply.status_code == 200
    return reply.json()


async def test_an_offer_is_shown_and_taken_over_http(settings: Settings) -> None:
    async with served(settings) as client:
        database = Database(settings.database("rentals"))
        await furnish(database)
        await Desk(database).stock(BAMBI)
        shown = await post(client, OFFERS, ADA, these=[film(BAMBI)])
        token = shown["data"]["_entities"][0]["offers"][0]["token"]
        values = {"offerToken": token, "idempotencyKey": "key"}
        answer = await post(client, RENT, ADA, input=values)
        await database.close()
    assert answer["data"]["rentMovie"]["errors"] == []


async def test_an_offer_outlives_a_restart(settings: Settings) -> None:
    async with served(settings) as client:
        database = Database(settings.database("rentals"))
        await furnish(database)
        await Desk(database).stock(BAMBI)
        await database.close()
        shown = await post(client, OFFERS, ADA, these=[film(BAMBI)])
    values = {
        "offerToken": shown["data"]["_entities"][0]["offers"][0]["token"],
        "idempotencyKey": "key",
    }
    async with served(settings) as client:
        answer = await post(client, RENT, ADA, input=values)
    assert answer["data"]["rentMovie"]["errors"] == []


async def test_without_a_signed_identity_nothing_is_answered(settings: Settings) -> None:
    async with served(settings) as client:
        reply = await client.post("/graphql", json={"query": "{ stores { id } }"})
    assert (reply.status_code, reply.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


async def test_the_probe_is_open(settings: Settings) -> None:
    async with served(settings) as client:
        assert (await client.get("/health")).json() == {"status": "ok"}


async def test_an_unexpected_error_shows_nothing_of_itself(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_session: Any) -> None:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr("subgraphs.rentals.resolvers.queries.list_stores", broken)
    async with served(settings) as client:
        (error,) = (await post(client, "{ stores { id } }"))["errors"]
    assert "secret" not in str(error)
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"


async def eventually(check: Callable[[], Awaitable[Any]]) -> Any:
    """What the check gives once it gives something."""
    for _ in range(200):
        if found := await check():
            return found
        await asyncio.sleep(0.02)
    raise TimeoutError("it never came to be")


@asynccontextmanager
async def working(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """A counter whose worker runs beside it."""
    monkeypatch.setenv("SUPERGRAPH_VAR", str(tmp_path))
    database = Database(Settings().database("rentals"))
    await migrate(database, PACKAGE, Base.metadata)
    await furnish(database)
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    yield Desk(database, now=datetime.now(UTC))
    stop.set()
    await asyncio.wait_for(running, 5)
    await database.close()


async def test_the_worker_hears_of_films_and_tells_of_rentals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = EmbeddedBroker(tmp_path / "broker.sqlite")
    heard: list[str] = []

    async def note(message: Message) -> None:
        heard.append(message.kind)

    async with working(tmp_path, monkeypatch) as desk:
        payload = {"id": "mov_new", "name": "New", "certification": "PG", "retired": False, "version": 1}
        await broker.publish([Message.new("movie.created", "mov_new", payload, desk.now)])

        async def known() -> Any:
            async with desk.database.read() as session:
                return await session.get(MovieRow, "mov_new")

        await eventually(known)
        listening = asyncio.create_task(broker.consume("test", ["rental.rented"], note))
        await desk.rented(BAMBI)

        async def has_heard() -> list[str]:
            return heard

        assert await eventually(has_heard) == ["rental.rented"]
        listening.cancel()
    await broker.close()


async def test_the_worker_tells_what_time_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "TRANSITION_EVERY_S", 0.02)
    async with working(tmp_path, monkeypatch) as desk:
        desk.pass_days(-10)
        await desk.rented(BAMBI)

        async def told() -> Any:
            async with desk.database.read() as session:
                return await session.scalar(select(Outbox.kind).where(Outbox.kind == "rental.overdue"))

        assert await eventually(told) == "rental.overdue"


async def test_a_duty_that_fails_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duties, "AGAIN_AFTER_S", 0.01)
    monkeypatch.setattr(worker, "TRANSITION_EVERY_S", 0.01)
    tries: list[int] = []

    async def failing(*_: Any) -> int:
        tries.append(1)
        raise OSError("the database is away")

    monkeypatch.setattr(worker, "tell_transitions", failing)
    async with working(tmp_path, monkeypatch):

        async def again() -> bool:
            return len(tries) > 2

        assert await eventually(again)


@asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[str]:
    """A running counter's address, for what needs a socket."""
    config = uvicorn.Config(create(settings), host="127.0.0.1", port=0, log_level="warning")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await eventually(started)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"{host}:{port}"
    server.should_exit = True
    await asyncio.wait_for(serving, 5)


async def test_a_change_reaches_a_web_socket(settings: Settings) -> None:
    token = mint_token(KEY.encode(), "rentals", BEN, timedelta(minutes=1))
    headers = {"authorization": f"Bearer {token}"}
    protocol = Subprotocol("graphql-transport-ws")
    subscribe = {
        "id": "1",
        "type": "subscribe",
        "payload": {"query": "subscription { rentalChanged { renter { id } } }"},
    }
    async with listening(settings) as address:
        database = Database(settings.database("rentals"))
        await furnish(database)
        desk = Desk(database, now=datetime.now(UTC))
        async with connect(
            f"ws://{address}/graphql", subprotocols=[protocol], additional_headers=headers
        ) as socket:
            await socket.send(json.dumps({"type": "connection_init"}))
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            await socket.send(json.dumps(subscribe))
            heard = await eventually(partial(_rented_and_heard, desk, socket))
        await database.close()
    assert heard["payload"] == {"data": {"rentalChanged": {"renter": {"id": BEN.subject}}}}


async def _rented_and_heard(desk: Desk, socket: ClientConnection) -> dict[str, Any] | None:
    """What a socket says of a rental; nothing where its subscription had not begun yet."""
    await desk.take_in(await desk.rented(BAMBI, BEN))
    try:
        return json.loads(await asyncio.wait_for(socket.recv(), 0.5))
    except TimeoutError:
        return None


async def test_a_web_socket_without_a_signed_identity_is_closed(settings: Settings) -> None:
    async with listening(settings) as address:
        with pytest.raises(InvalidStatus) as refusal:
            async with connect(f"ws://{address}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]):
                pass
    assert refusal.value.response.status_code == 403
