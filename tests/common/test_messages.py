"""Messages written in a transaction reach their consumers, once in effect."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import DeclarativeBase

from subgraphs.common.clock import utc_now
from subgraphs.common.database import Database, metadata
from subgraphs.common.embedded_broker import EmbeddedBroker
from subgraphs.common.errors import Refused
from subgraphs.common.idempotency import IdempotencyRow, Request, earlier_result, keep_result
from subgraphs.common.messages import Message
from subgraphs.common.outbox import InboxRow, OutboxRow, first_delivery, record, relay_once
from subgraphs.common.retention import KEPT, prune_inbox, prune_outbox
from tests.databases import KINDS, empty_database
from tests.statements import noted

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Base(DeclarativeBase):
    """The tables of this test."""

    metadata = metadata()


class Outbox(OutboxRow, Base):
    """Messages to be sent."""


class Inbox(InboxRow, Base):
    """Messages that took effect."""


class Idempotency(IdempotencyRow, Base):
    """Requests that succeeded."""


@pytest.fixture
async def database(tmp_path: Path):  # noqa: ANN201
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield database
    await database.close()


async def consumed(broker: EmbeddedBroker, queue: str, number: int) -> list[str]:
    """The aggregates of the first messages that a queue hands out."""
    seen: list[str] = []
    enough = asyncio.Event()

    async def handle(message: Message) -> None:
        seen.append(message.aggregate)
        if len(seen) >= number:
            enough.set()

    task = asyncio.create_task(broker.consume(queue, ["movie.created"], handle))
    await asyncio.wait_for(enough.wait(), 5)
    task.cancel()
    return seen


async def test_a_message_reaches_every_queue_in_the_order_of_writing(
    database: Database, tmp_path: Path
) -> None:
    broker = EmbeddedBroker(tmp_path / "broker.sqlite")
    async with database.transaction() as session:
        for aggregate in ("mov_1", "mov_2", "mov_3"):
            record(session, Outbox, Message.new("movie.created", aggregate, {}, NOW))
            await session.flush()
    assert await relay_once(database, Outbox, broker) == 3
    assert await consumed(broker, "users", 3) == ["mov_1", "mov_2", "mov_3"]
    assert await consumed(broker, "rentals", 3) == ["mov_1", "mov_2", "mov_3"]
    await broker.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_what_a_transaction_tells_goes_in_one_statement_and_keeps_its_order(
    kind: str, tmp_path: Path
) -> None:
    async with empty_database(kind, tmp_path) as url:
        database = Database(url)
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        with noted(database) as sent:
            async with database.transaction() as session:
                for number in range(100):
                    record(session, Outbox, Message.new("movie.created", f"mov_{number}", {}, NOW))
        async with database.read() as session:
            told = list(await session.scalars(select(Outbox.aggregate).order_by(Outbox.sequence)))
        await database.close()
    assert told == [f"mov_{number}" for number in range(100)]
    assert sum(each.sql.startswith("INSERT") for each in sent) == 1


async def test_a_message_of_a_transaction_that_was_rolled_back_is_never_sent(
    database: Database, tmp_path: Path
) -> None:
    broker = EmbeddedBroker(tmp_path / "broker.sqlite")
    with pytest.raises(RuntimeError):
        async with database.transaction() as session:
            record(session, Outbox, Message.new("movie.created", "mov_1", {}, NOW))
            raise RuntimeError
    assert await relay_once(database, Outbox, broker) == 0


async def test_a_message_delivered_twice_takes_effect_once(database: Database) -> None:
    message = Message.new("movie.created", "mov_1", {}, NOW)
    firsts = []
    for _ in range(2):
        async with database.transaction() as session:
            firsts.append(await first_delivery(session, Inbox, message, NOW))
    assert firsts == [True, False]


def request(**changes: str) -> Request:
    """A keyed request, with other input if wanted."""
    return Request("usr_1", "rentMovie", "key-1", {"offerToken": "abc", **changes})


async def test_a_repeated_request_gets_the_first_result(database: Database) -> None:
    async with database.transaction() as session:
        assert await earlier_result(session, Idempotency, request(), NOW) is None
        await keep_result(session, Idempotency, request(), {"rental": "ren_1"})
    async with database.transaction() as session:
        assert await earlier_result(session, Idempotency, request(), NOW) == {"rental": "ren_1"}


async def test_a_key_with_other_input_is_refused(database: Database) -> None:
    async with database.transaction() as session:
        await earlier_result(session, Idempotency, request(), NOW)
    with pytest.raises(Refused):
        async with database.transaction() as session:
            await earlier_result(session, Idempotency, request(offerToken="xyz"), NOW)


async def test_a_refused_request_frees_its_key(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as session:
            await earlier_result(session, Idempotency, request(), NOW)
            raise RuntimeError
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Idempotency)) == 0


async def test_a_new_broker_file_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    brokers = [EmbeddedBroker(tmp_path / "broker.sqlite") for _ in range(20)]
    sent = [Message.new("movie.created", f"mov_{number}", {}, NOW) for number in range(20)]
    await asyncio.gather(*(broker.publish([message]) for broker, message in zip(brokers, sent, strict=True)))
    assert len(await consumed(brokers[0], "users", 20)) == 20
    for broker in brokers:
        await broker.close()


async def test_a_message_is_marked_with_the_moment_in_which_the_broker_had_it(
    database: Database, tmp_path: Path
) -> None:
    broker = EmbeddedBroker(tmp_path / "broker.sqlite")
    later = NOW + timedelta(hours=1)
    await tell(database, "mov_1")
    await relay_once(database, Outbox, broker, lambda: later)
    async with database.read() as session:
        assert await session.scalar(select(Outbox.published_at)) == later
    await broker.close()


async def test_a_message_that_took_the_number_of_a_deleted_one_is_still_carried(
    database: Database, tmp_path: Path
) -> None:
    class Meddling(EmbeddedBroker):
        async def publish(self, messages: Sequence[Message]) -> None:
            await super().publish(messages)
            async with database.transaction() as session:
                await session.execute(delete(Outbox))
            await tell(database, "mov_2")

    broker = Meddling(tmp_path / "broker.sqlite")
    await tell(database, "mov_1")
    await relay_once(database, Outbox, broker)
    async with database.read() as session:
        waiting = (await session.scalars(select(Outbox.aggregate).where(Outbox.published_at.is_(None)))).all()
    assert waiting == ["mov_2"]
    await broker.close()


async def test_what_was_carried_away_long_ago_is_deleted_but_for_the_newest(database: Database) -> None:
    await tell(database, "mov_1", "mov_2", "mov_3")
    async with database.transaction() as session:
        await session.execute(update(Outbox).values(published_at=NOW))
        await prune_outbox(session, Outbox, NOW + KEPT + timedelta(seconds=1))
    assert await kept(database) == ["mov_3"]


async def test_what_waits_or_was_just_carried_away_is_kept(database: Database) -> None:
    await tell(database, "mov_1", "mov_2", "mov_3")
    async with database.transaction() as session:
        await session.execute(update(Outbox).where(Outbox.aggregate == "mov_2").values(published_at=NOW))
        await prune_outbox(session, Outbox, NOW + KEPT)
    assert await kept(database) == ["mov_1", "mov_2", "mov_3"]


async def test_ids_of_messages_are_remembered_for_a_month(database: Database) -> None:
    messages = [Message.new("movie.created", "mov_1", {}, NOW) for _ in range(2)]
    async with database.transaction() as session:
        await first_delivery(session, Inbox, messages[0], NOW)
        await first_delivery(session, Inbox, messages[1], NOW + timedelta(days=1))
        await prune_inbox(session, Inbox, NOW + KEPT + timedelta(hours=1))
        assert (await session.scalars(select(Inbox.message_id))).all() == [messages[1].id]


async def tell(database: Database, *aggregates: str) -> None:
    """Puts a message about each into the outbox."""
    async with database.transaction() as session:
        for aggregate in aggregates:
            record(session, Outbox, Message.new("movie.created", aggregate, {}, NOW))
            await session.flush()


async def kept(database: Database) -> list[str]:
    """What the outbox still holds."""
    async with database.read() as session:
        return list(await session.scalars(select(Outbox.aggregate).order_by(Outbox.sequence)))


async def test_the_embedded_brokers_log_keeps_what_is_young_unread_or_a_dead_letter(tmp_path: Path) -> None:
    broker = EmbeddedBroker(tmp_path / "broker.sqlite")
    recently = utc_now()
    old, young = recently - KEPT - timedelta(days=2), recently - timedelta(days=1)
    told = [
        Message.new("movie.created", name, {}, moment)
        for name, moment in (("old", old), ("young", young), ("unread", old))
    ]
    await broker.publish(told[:2])
    assert await consumed(broker, "users", 2) == ["old", "young"]
    await broker.publish(told[2:])
    await broker.prune(recently)
    assert await consumed(broker, "another queue", 2) == ["young", "unread"]
    await broker.close()


async def test_what_another_process_publishes_while_a_queue_is_read_is_heard_in_order(tmp_path: Path) -> None:
    file = tmp_path / "broker.sqlite"
    publisher, reader = EmbeddedBroker(file), EmbeddedBroker(file, poll_seconds=0.001)
    heard: list[str] = []
    all_heard = asyncio.Event()

    async def hear(message: Message) -> None:
        heard.append(message.aggregate)
        if len(heard) == 250:
            all_heard.set()

    reading = asyncio.create_task(reader.consume("queue", ["movie.created"], hear))
    for start in range(0, 250, 5):
        numbers = range(start, start + 5)
        await publisher.publish([Message.new("movie.created", f"{number}", {}, NOW) for number in numbers])
        await asyncio.sleep(0.002)
    await asyncio.wait_for(all_heard.wait(), 10)
    reading.cancel()
    await asyncio.wait({reading})
    assert heard == [f"{number}" for number in range(250)]
    await publisher.close()
    await reader.close()


async def test_a_queue_is_not_read_again_while_nothing_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = EmbeddedBroker(tmp_path / "broker.sqlite", poll_seconds=0.001)
    looks: list[str] = []

    async def noted(_connection: object, queue: str, *_: object) -> None:
        looks.append(queue)

    monkeypatch.setattr(broker, "_read_on", noted)
    reading = asyncio.create_task(broker.consume("queue", ["movie.created"], AsyncMock()))
    await asyncio.sleep(0.1)
    assert looks == ["queue"]
    await broker.publish([Message.new("movie.created", "mov_1", {}, NOW)])
    await asyncio.sleep(0.1)
    assert set(looks[1:]) == {"queue"}
    reading.cancel()
    await asyncio.wait({reading})
    await broker.close()
