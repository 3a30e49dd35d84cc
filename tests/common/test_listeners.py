"""What is told waits for whoever listens to it, in whatever order workers start."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aio_pika
import pytest
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase

from subgraphs.common.database import Database, metadata
from subgraphs.common.messages import Broker, Message
from subgraphs.common.outbox import OutboxRow, record, relay_once
from subgraphs.common.rabbitmq_broker import RabbitMQBroker
from subgraphs.listeners import LISTENERS, UNHEARD
from subgraphs.movies import events as movies_events
from subgraphs.rentals import events as rentals_events
from subgraphs.users import events as users_events
from tests.brokers import BROKERS, broker_of, rabbitmq_prefix
from tests.conftest import rabbitmq_url

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
TOLD = {
    value
    for events in (movies_events, rentals_events, users_events)
    for name, value in vars(events).items()
    if name.isupper() and isinstance(value, str) and "." in value
}
"""The kinds of message that the subgraphs' `events` name."""

needs_rabbitmq = pytest.mark.needs("rabbitmq")


class Base(DeclarativeBase):
    """The tables of this test."""

    metadata = metadata()


class Outbox(OutboxRow, Base):
    """Messages to be sent."""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A store with an outbox."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield database
    await database.close()


def message(kind: str, aggregate: str = "mov_1") -> Message:
    """A message of a kind."""
    return Message.new(kind, aggregate, {}, NOW)


async def first_of(broker: Broker, queue: str, kinds: Sequence[str]) -> str:
    """The aggregate of the first message that a queue hands out."""
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def note(message: Message) -> None:
        heard.put_nowait(message.aggregate)

    listening = asyncio.create_task(broker.consume(queue, kinds, note))
    try:
        return await asyncio.wait_for(heard.get(), 20)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def waiting(database: Database) -> list[str]:
    """The kinds of the messages that have not been carried away."""
    async with database.read() as session:
        unpublished = select(Outbox.kind).where(Outbox.published_at.is_(None)).order_by(Outbox.sequence)
        return list((await session.scalars(unpublished)).all())


async def tell(database: Database, *kinds: str) -> None:
    """Writes a message of each kind."""
    async with database.transaction() as session:
        for kind in kinds:
            record(session, Outbox, message(kind))
            await session.flush()


def test_every_kind_that_is_told_has_a_listener_or_is_said_to_have_none() -> None:
    heard = {kind for kinds in LISTENERS.values() for kind in kinds}
    assert sorted(TOLD) == sorted([*heard, *UNHEARD])


@pytest.mark.parametrize("kind", BROKERS)
async def test_a_message_told_before_its_readers_ever_ran_reaches_each_of_them(
    kind: str, tmp_path: Path
) -> None:
    async with broker_of(kind, tmp_path, LISTENERS) as broker:
        await broker.publish([message("movie.created")])
        readers = [queue for queue, kinds in LISTENERS.items() if "movie.created" in kinds]
        assert len(readers) == 2
        for queue in readers:
            assert await first_of(broker, queue, LISTENERS[queue]) == "mov_1"


@needs_rabbitmq
async def test_what_one_worker_tells_and_then_stops_is_there_for_another_that_starts_later() -> None:
    async with rabbitmq_prefix(LISTENERS) as prefix:
        teller, reader = (RabbitMQBroker(rabbitmq_url(), LISTENERS, prefix) for _ in range(2))
        await teller.publish([message("user.opened", "usr_1")])
        await teller.close()
        assert await first_of(reader, "rentals.users", LISTENERS["rentals.users"]) == "usr_1"
        await reader.close()


@needs_rabbitmq
async def test_workers_that_start_at_once_make_the_same_queues() -> None:
    async with rabbitmq_prefix(LISTENERS) as prefix:
        brokers = [RabbitMQBroker(rabbitmq_url(), LISTENERS, prefix) for _ in range(3)]
        await asyncio.gather(*(broker.publish([message("user.opened", "usr_1")]) for broker in brokers))
        assert await first_of(brokers[0], "rentals.users", LISTENERS["rentals.users"]) == "usr_1"
        for broker in brokers:
            await broker.close()


@asynccontextmanager
async def admin() -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    """A channel for somebody who meddles with the queues."""
    async with await aio_pika.connect(rabbitmq_url()) as connection:
        yield await connection.channel()


@needs_rabbitmq
async def test_a_message_that_no_queue_takes_stays_in_the_outbox_until_one_does(database: Database) -> None:
    queue = "rentals.users"
    listeners = {queue: LISTENERS[queue]}
    async with rabbitmq_prefix(listeners) as prefix:
        broker = RabbitMQBroker(rabbitmq_url(), listeners, prefix)
        await broker.publish([message("user.opened", "usr_0")])
        async with admin() as channel:
            await channel.queue_delete(f"{prefix}{queue}")
        await tell(database, "user.changed")
        with pytest.raises(aio_pika.exceptions.PublishError):
            await relay_once(database, Outbox, broker)
        assert await waiting(database) == ["user.changed"]
        assert await relay_once(database, Outbox, broker) == 1
        assert await first_of(broker, queue, listeners[queue]) == "mov_1"
        await broker.close()


@pytest.mark.parametrize("kind", BROKERS)
async def test_a_kind_that_nobody_listens_to_keeps_nothing_else_waiting(
    kind: str, tmp_path: Path, database: Database
) -> None:
    await tell(database, *UNHEARD, "user.opened")
    async with broker_of(kind, tmp_path, LISTENERS) as broker:
        await relay_once(database, Outbox, broker)
        assert await waiting(database) == []
        assert await first_of(broker, "rentals.users", LISTENERS["rentals.users"]) == "mov_1"


@needs_rabbitmq
async def test_a_dead_letter_whose_queue_is_gone_stays_where_it_is() -> None:
    queue = "rentals.users"
    async with rabbitmq_prefix([queue]) as prefix:
        async with admin() as channel:
            await channel.declare_queue(f"{prefix}{queue}.dead-letters", durable=True)
            letter = aio_pika.Message(b"{", message_id="msg_1")
            await channel.default_exchange.publish(letter, routing_key=f"{prefix}{queue}.dead-letters")
        broker = RabbitMQBroker(rabbitmq_url(), {}, prefix)
        with pytest.raises(aio_pika.exceptions.PublishError):
            await broker.replay(queue, ["msg_1"])
        assert [letter.id for letter in await broker.dead_letters(queue)] == ["msg_1"]
        await broker.close()
