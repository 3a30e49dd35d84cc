"""Brokers for tests: the embedded one, and RabbitMQ with queues that no other test reads."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import aio_pika
import pytest

from subgraphs.common.embedded_broker import EmbeddedBroker
from subgraphs.common.messages import Broker, Listeners
from subgraphs.common.rabbitmq_broker import RabbitMQBroker
from tests.conftest import rabbitmq_url

BROKERS = ["embedded", pytest.param("rabbitmq", marks=pytest.mark.needs("rabbitmq"))]


@asynccontextmanager
async def broker_of(kind: str, folder: Path, listeners: Listeners) -> AsyncIterator[Broker]:
    """A broker of a kind that hurries, and leaves nothing on the server."""
    if kind == "embedded":
        broker = EmbeddedBroker(folder / "broker.sqlite", poll_seconds=0.01, first_pause_s=0.001)
        yield broker
        await broker.close()
        return
    async with rabbitmq_prefix(listeners) as prefix:
        broker = RabbitMQBroker(rabbitmq_url(), listeners, prefix, first_pause_s=0.001)
        yield broker
        await broker.close()


@asynccontextmanager
async def rabbitmq_prefix(queues: Iterable[str]) -> AsyncIterator[str]:
    """A prefix for exchange and queues, which are deleted at the end."""
    prefix = f"test-{uuid4().hex[:12]}."
    yield prefix
    async with await aio_pika.connect(rabbitmq_url()) as connection:
        channel = await connection.channel()
        for queue in queues:
            await channel.queue_delete(f"{prefix}{queue}")
            await channel.queue_delete(f"{prefix}{queue}.dead-letters")
        await channel.exchange_delete(f"{prefix}events")
