"""RabbitMQ as the broker: one topic exchange, one durable quorum queue a consumer, dead letters beside it."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import (
    AbstractChannel,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractQueue,
    AbstractRobustConnection,
)

from subgraphs.common.delivering import deliver
from subgraphs.common.messages import DeadLetter, Handler, Listeners, Message

EXCHANGE = "events"
REASON = "x-reason"
DIED_IN_HAND = "Each worker that took it died, or lost its connection, before it was done."
DELIVERIES = 5
"""How often a message is handed out whose worker goes away with it; what only fails stays with its worker."""
FIRST_PAUSE_S = 0.2


class RabbitMQBroker:
    """A `Broker` over AMQP, with publisher confirms and manual acknowledgement.

    RabbitMQ drops what no queue takes, so all queues of `listeners` are made before anything is published, whether
    their readers have ever run or not. What they listen to and cannot be put into any queue is an error, and so are
    dead letters that find no place; a kind of message that nobody listens to is let go.

    A queue hands its messages out one at a time and in order, so an aggregate's messages stay in theirs. `prefix`
    begins the names of exchange and queues, so that several businesses may share a virtual host.
    """

    def __init__(
        self, url: str, listeners: Listeners, prefix: str = "", *, first_pause_s: float = FIRST_PAUSE_S
    ) -> None:
        self._url = url
        self._listeners = listeners
        self._heard = frozenset(kind for kinds in listeners.values() for kind in kinds)
        self._prefix = prefix
        self._first_pause_s = first_pause_s
        self._connection: AbstractRobustConnection | None = None
        self._exchange: AbstractExchange | None = None
        self._opening = asyncio.Lock()

    async def publish(self, messages: Sequence[Message]) -> None:
        """Sends the messages; RabbitMQ has confirmed each one when this returns.

        Raises:
            aio_pika.exceptions.PublishError: no queue takes a message that somebody listens to; queues that were
                deleted have been made again.
        """
        exchange = await self._open()
        for message in messages:
            carried = _persistent(message.encode(), message.id)
            try:
                await exchange.publish(
                    carried, routing_key=message.kind, mandatory=message.kind in self._heard
                )
            except aio_pika.exceptions.PublishError:
                await self._declare_anew()
                raise

    async def consume(self, queue: str, kinds: Sequence[str], handler: Handler) -> None:
        """Declares the queue and its dead letters, binds it to the kinds, and hands messages to the handler."""
        exchange = await self._open()
        channel = await self._channel()
        await channel.set_qos(prefetch_count=1)
        declared = await _declare(channel, exchange, f"{self._prefix}{queue}", kinds)
        async with declared.iterator() as incoming:
            async for delivery in incoming:
                reason = await deliver(delivery.body, queue, handler, self._first_pause_s)
                if reason is not None:
                    await _bury(channel, declared.name, delivery, reason)
                await delivery.ack()

    async def dead_letters(self, queue: str) -> list[DeadLetter]:
        """What the queue gave up, the oldest first."""
        async with self._buried(queue) as (_, letters):
            return [_dead_letter(letter, queue) for letter in letters]

    async def replay(self, queue: str, ids: Collection[str]) -> int:
        """Puts these dead letters at the end of their queue; each leaves here once it is there."""
        async with self._buried(queue) as (channel, letters):
            chosen = [letter for letter in letters if letter.message_id in ids]
            for letter in chosen:
                again = _persistent(letter.body, letter.message_id)
                await channel.default_exchange.publish(again, routing_key=f"{self._prefix}{queue}")
                await letter.ack()
        return len(chosen)

    async def close(self) -> None:
        """Closes the connection."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = self._exchange = None

    async def _open(self) -> AbstractExchange:
        async with self._opening:
            if self._connection is None:
                self._connection = await aio_pika.connect_robust(self._url)
            if self._exchange is None:
                channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
                self._exchange = await self._declare_all(channel)
            return self._exchange

    async def _declare_all(self, channel: AbstractChannel) -> AbstractExchange:
        exchange = await channel.declare_exchange(
            f"{self._prefix}{EXCHANGE}", aio_pika.ExchangeType.TOPIC, durable=True
        )
        for queue, kinds in self._listeners.items():
            await _declare(channel, exchange, f"{self._prefix}{queue}", kinds)
        return exchange

    async def _declare_anew(self) -> None:
        channel = await self._channel()
        await self._declare_all(channel)
        await channel.close()

    async def _channel(self) -> AbstractChannel:
        await self._open()
        assert self._connection is not None  # noqa: S101 - `_open` has just made it
        return await self._connection.channel(publisher_confirms=True, on_return_raises=True)

    @asynccontextmanager
    async def _buried(
        self, queue: str
    ) -> AsyncIterator[tuple[AbstractChannel, Sequence[AbstractIncomingMessage]]]:
        """The dead letters, held by a channel; RabbitMQ puts back what is not acknowledged when it closes."""
        channel = await self._channel()
        try:
            buried = await channel.declare_queue(f"{self._prefix}{_dead_letters(queue)}", durable=True)
            letters: list[AbstractIncomingMessage] = []
            while (letter := await buried.get(fail=False)) is not None:
                letters.append(letter)
            yield channel, letters
        finally:
            await channel.close()


def _dead_letters(queue: str) -> str:
    return f"{queue}.dead-letters"


def _persistent(body: bytes, message_id: str | None, reason: str | None = None) -> aio_pika.Message:
    return aio_pika.Message(
        body,
        message_id=message_id,
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        headers={REASON: reason} if reason else {},
    )


async def _declare(
    channel: AbstractChannel, exchange: AbstractExchange, queue: str, kinds: Sequence[str]
) -> AbstractQueue:
    await channel.declare_queue(_dead_letters(queue), durable=True)
    declared = await channel.declare_queue(
        queue,
        durable=True,
        arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERIES,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": _dead_letters(queue),
        },
    )
    for kind in kinds:
        await declared.bind(exchange, routing_key=kind)
    return declared


async def _bury(channel: AbstractChannel, queue: str, delivery: AbstractIncomingMessage, reason: str) -> None:
    letter = _persistent(delivery.body, delivery.message_id, reason)
    await channel.default_exchange.publish(letter, routing_key=_dead_letters(queue))


def _dead_letter(delivery: AbstractIncomingMessage, queue: str) -> DeadLetter:
    reason = delivery.headers.get(REASON)
    return DeadLetter(delivery.message_id or "", queue, str(reason or DIED_IN_HAND), delivery.body)
