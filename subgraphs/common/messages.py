"""What one subgraph tells the others, and how brokers carry it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import orjson

from subgraphs.common.ids import new_id


@dataclass(frozen=True, slots=True)
class Message:
    """Something that happened (`movie.renamed`) to one aggregate (`mov_...`).

    `payload` is JSON. The id stays the same however often the message is delivered.
    """

    id: str
    kind: str
    aggregate: str
    payload: Mapping[str, Any]
    occurred_at: datetime

    @classmethod
    def new(cls, kind: str, aggregate: str, payload: Mapping[str, Any], now: datetime) -> "Message":
        """A message with a fresh id about something that has just happened."""
        return cls(new_id("msg"), kind, aggregate, payload, now)

    def encode(self) -> bytes:
        """The message as JSON."""
        return orjson.dumps(self)

    @classmethod
    def decode(cls, data: bytes) -> "Message":
        """Reads what `encode` wrote.

        Raises:
            ValueError: the data are no message.
        """
        try:
            fields = orjson.loads(data)
            return cls(
                id=fields["id"],
                kind=fields["kind"],
                aggregate=fields["aggregate"],
                payload=fields["payload"],
                occurred_at=datetime.fromisoformat(fields["occurred_at"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"no message: {error!r}") from error


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that its queue gave up, and why; `data` is the message as it came, which may be unreadable."""

    id: str
    queue: str
    reason: str
    data: bytes


Handler = Callable[[Message], Awaitable[None]]
"""Takes a message in; it is acknowledged when the handler returns, and delivered again when it raises."""


Listeners = Mapping[str, Sequence[str]]
"""The kinds of message that each queue takes."""


class Broker(Protocol):
    """Carries messages from outboxes to consumers: at least once, in order for each aggregate."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Takes the messages; when this returns every queue that listens to them has, or will have, its copy."""
        ...

    async def consume(self, queue: str, kinds: Sequence[str], handler: Handler) -> None:
        """Hands each message of these kinds to the handler, once for all consumers of `queue`; until cancelled.

        A message that keeps failing ends among the dead letters of the queue, with its reason.
        """
        ...

    async def dead_letters(self, queue: str) -> Sequence[DeadLetter]:
        """What the queue gave up, the oldest first; nothing changes by looking."""
        ...

    async def replay(self, queue: str, ids: Collection[str]) -> int:
        """Puts these dead letters into their queue again, and no other; gives how many there were."""
        ...

    async def close(self) -> None:
        """Gives connections back."""
        ...
