"""RabbitMQ as the broker: one topic exchange, one durable quorum queue a consumer, dead letters beside it."""

import asyncio
from collections.abc import Sequence

import aio_pika
import structlog
from aio_pika.abc import (
    AbstractChannel,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractQueue,
    AbstractRobustConnection,
)

from subgraphs.common.messages import Handler, Message

_log = structlog.get_logger(__name__)

EXCHANGE = "events"
DELIVERIES = 5
RETRY_SECONDS = 0.5


class RabbitMQBroker:
    """A `Broker` over AMQP, with publisher confirms and manual acknowledgement.

    A queue hands its messages out one at a time and in order, so an aggregate's messages stay in theirs. `prefix`
    begins the names of exchange and queues, so that several businesses may share a virtual host.
    """

    def __init__(self, url: str, prefix: str = "") -> None:
        self._url = url
        self._prefix = prefix
        self._connection: AbstractRobustConnection | None = None
        self._exchange: AbstractExchange | None = None
        self._opening = asyncio.Lock()

    async def publish(self, messages: Sequence[Message]) -> None:
        """Sends the messages; RabbitMQ has confirmed each one when this returns."""
        exchange = await self._open()
        for message in messages:
            await exchange.publish(
                aio_pika.Message(
                    message.encode(),
                    message_id=message.id,
                    content_type="application/json",
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                ),
                routing_key=message.kind,
                mandatory=False,
            )

    async def consume(self, queue: str, kinds: Sequence[str], handler: Handler) -> None:
        """Declares the queue and its dead letters, binds it to the kinds, and hands messages to the handler."""
        exchange = await self._open()
        assert self._connection is not None  # noqa: S101 - `_open` has just made it
        channel = await self._connection.channel()
        await channel.set_qos(prefetch_count=1)
        declared = await _declare(channel, exchange, f"{self._prefix}{queue}", kinds)
        async with declared.iterator() as incoming:
            async for delivery in incoming:
                await _deliver(delivery, queue, handler)

    async def close(self) -> None:
        """Closes the connection."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = self._exchange = None

    async def _open(self) -> AbstractExchange:
        async with self._opening:
            if self._exchange is None:
                self._connection = await aio_pika.connect_robust(self._url)
                channel = await self._connection.channel(publisher_confirms=True)
                self._exchange = await channel.declare_exchange(
                    f"{self._prefix}{EXCHANGE}", aio_pika.ExchangeType.TOPIC, durable=True
                )
            return self._exchange


async def _declare(
    channel: AbstractChannel, exchange: AbstractExchange, queue: str, kinds: Sequence[str]
) -> AbstractQueue:
    dead_letters = f"{queue}.dead-letters"
    await channel.declare_queue(dead_letters, durable=True)
    declared = await channel.declare_queue(
        queue,
        durable=True,
        arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERIES,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": dead_letters,
        },
    )
    for kind in kinds:
        await declared.bind(exchange, routing_key=kind)
    return declared


async def _deliver(delivery: AbstractIncomingMessage, queue: str, handler: Handler) -> None:
    try:
        await handler(Message.decode(delivery.body))
    except ValueError as error:
        _log.error("message cannot be read", queue=queue, exc_info=error)
        await delivery.reject(requeue=False)
    except Exception as error:  # noqa: BLE001 - whatever it is, the queue must go on
        _log.warning("message not handled", queue=queue, message_id=delivery.message_id, exc_info=error)
        await asyncio.sleep(RETRY_SECONDS)
        await delivery.nack(requeue=True)
    else:
        await delivery.ack()
