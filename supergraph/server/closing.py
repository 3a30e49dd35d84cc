"""How endless responses end: subscriptions over HTTP, and WebSocket connections."""

from __future__ import annotations

import asyncio
import random
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from supergraph.server.router import Router


@dataclass(frozen=True, slots=True)
class Ending:
    """Why an endless response ends, as its client is told."""

    code: str
    message: str

    @property
    def payload(self) -> dict[str, Any]:
        """The GraphQL response that tells of it."""
        return {"errors": [{"message": self.message, "extensions": {"code": self.code}}]}


RELOADED = Ending(
    "SUBSCRIPTION_SCHEMA_RELOAD", "The schema or the configuration has changed: subscribe again."
)
SHUTTING_DOWN = Ending("SHUTTING_DOWN", "The router is shutting down: subscribe again.")

GoesOn = Callable[["Router"], bool]
"""Whether an endless response goes on under this newer router, because it would be the same there."""


def never(_: Router) -> bool:
    """Nothing is the same under a newer router."""
    return False


class OpenStream:
    """An endless response; `ended` is done, with the reason, once it is to end."""

    def __init__(self, goes_on: GoesOn) -> None:
        self.ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self.goes_on = goes_on
        self._timer: asyncio.TimerHandle | None = None

    def end(self, ending: Ending) -> None:
        """Ends it now."""
        self.release()
        if not self.ended.done():
            self.ended.set_result(ending)

    def end_in(self, seconds: float, ending: Ending) -> None:
        """Ends it in so many seconds, unless something else ends it before."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self.end, ending)

    def release(self) -> None:
        """Takes back what `end_in` set."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Closing:
    """The endless responses of one generation of the router, and when they end.

    `set` ends all of them: the router stops. `retire` ends those that a newer generation would answer differently,
    each at a time of its own, so that their clients do not all come back at once.
    """

    def __init__(self) -> None:
        self._streams: set[OpenStream] = set()
        self._closed = False
        self._retire: Callable[[OpenStream], None] | None = None

    def __len__(self) -> int:
        return len(self._streams)

    def is_set(self) -> bool:
        """Whether the router stops."""
        return self._closed

    def set(self) -> None:
        """The router stops: ends all responses now, and later ones at once."""
        self._closed = True
        for stream in tuple(self._streams):
            stream.end(SHUTTING_DOWN)

    async def retire(self, successor: Router, within: float, *, all_end: bool = False) -> None:
        """A newer router has taken over: ends what it would answer differently, in that many seconds at most.

        With `all_end`, ends whatever is left. With many responses this takes some time, in which others are served.
        """

        # Weakly, for whoever holds this generation must not hold all that come after it.
        weakly = weakref.ref(successor)

        def retire_one(stream: OpenStream) -> None:
            newer = weakly()
            if all_end or newer is None or not stream.goes_on(newer):
                stream.end_in(random.uniform(0, within), RELOADED)  # noqa: S311 - no secret

        self._retire = retire_one
        for stream in tuple(self._streams):
            retire_one(stream)
            await asyncio.sleep(0)

    @contextmanager
    def stream(self, goes_on: GoesOn = never) -> Iterator[OpenStream]:
        """Takes note of an endless response while the context lasts."""
        stream = OpenStream(goes_on)
        self._streams.add(stream)
        if self._closed:
            stream.end(SHUTTING_DOWN)
        elif self._retire is not None:
            self._retire(stream)
        try:
            yield stream
        finally:
            stream.release()
            self._streams.discard(stream)
