"""The catalogue's worker tells what happened, and throws away what is over."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from subgraphs.common.clock import utc_now
from subgraphs.common.database import Database
from subgraphs.common.embedded_broker import EmbeddedBroker
from subgraphs.common.messages import Message
from subgraphs.common.migrations import migrate
from subgraphs.common.outbox import record
from subgraphs.movies import worker
from subgraphs.movies.app import PACKAGE
from subgraphs.movies.models import Base, Idempotency, Outbox
from subgraphs.movies.settings import NAME, Settings


@pytest.fixture
async def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """The store that the worker's settings name, empty, with the worker beside it."""
    monkeypatch.setenv("SUPERGRAPH_VAR", str(tmp_path))
    monkeypatch.setattr(worker, "SWEEP_EVERY_S", 0.02)
    database = Database(Settings().database(NAME))
    await migrate(database, PACKAGE, Base.metadata)
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    yield database
    stop.set()
    await asyncio.wait_for(running, 5)
    await database.close()


async def test_what_is_written_reaches_the_broker(database: Database, tmp_path: Path) -> None:
    broker = EmbeddedBroker(tmp_path / "broker.sqlite", poll_seconds=0.01)
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def note(message: Message) -> None:
        heard.put_nowait(message.aggregate)

    listening = asyncio.create_task(broker.consume("test", ["movie.created"], note))
    async with database.transaction() as session:
        record(session, Outbox, Message.new("movie.created", "mov_1", {}, utc_now()))
    assert await asyncio.wait_for(heard.get(), 5) == "mov_1"
    listening.cancel()
    await broker.close()


async def test_idempotency_keys_are_swept_once_their_day_is_over(database: Database) -> None:
    kept = {"who": "usr_1", "mutation": "createMovie", "digest": "", "result": {}}
    async with database.transaction() as session:
        for key, hours in (("old", 25), ("young", 23)):
            session.add(Idempotency(**kept, key=key, created_at=utc_now() - timedelta(hours=hours)))
    for _ in range(200):
        if await _keys(database) == ["young"]:
            return
        await asyncio.sleep(0.02)
    pytest.fail("the old key is still there, or the young one is gone")


async def _keys(database: Database) -> list[str]:
    async with database.read() as session:
        return list(await session.scalars(select(Idempotency.key).order_by(Idempotency.key)))
