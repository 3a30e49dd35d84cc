"""What subscriptions live on: the outbox, read as it grows.

All processes of this subgraph share its database, and whatever changes a rental or the stock writes its message
there in the same transaction. So each process that has subscribers follows the outbox by itself: nothing is lost
between processes, no broker is needed, and a queue that nobody reads any more cannot pile up.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select

from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.rentals.models import Outbox

_log = structlog.get_logger(__name__)

POLL_SECONDS = 0.2
LOOK_BACK = 100
GAP_LIFETIME = timedelta(seconds=20)
"""How long a missing number is looked for: a transaction that took it may end after one that took a later one,
and one that was rolled back leaves it empty for good."""

Wanted = Callable[[Outbox], str | None]
"""Tells which thing a subscriber wants to hear of because of a message: its id, or None."""


class Subscriber:
    """One subscription: the ids of things that have changed, each once until it is taken.

    A slow reader skips states in between and never holds more than one entry a thing.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._changed: dict[str, None] = {}
        self._waiting = asyncio.Event()

    def offer(self, message: Outbox) -> None:
        """Notes the message where it is about something wanted."""
        if (changed := self._wanted(message)) is not None:
            self._changed[changed] = None
            self._waiting.set()

    def __len__(self) -> int:
        """How many things wait to be taken."""
        return len(self._changed)

    async def take(self) -> str:
        """The id of the thing that changed first, once there is one."""
        await self._waiting.wait()
        changed = next(iter(self._changed))
        del self._changed[changed]
        if not self._changed:
            self._waiting.clear()
        return changed


class Feed:
    """Follows the outbox while anybody subscribes."""

    def __init__(self, database: Database, clock: Clock, poll_seconds: float = POLL_SECONDS) -> None:
        self._database = database
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._subscribers: set[Subscriber] = set()
        self._following: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._last = 0
        self._gaps: dict[int, datetime] = {}

    @property
    def subscribers(self) -> int:
        """How many subscribe."""
        return len(self._subscribers)

    @property
    def is_following(self) -> bool:
        """Whether the outbox is being read."""
        return self._following is not None

    @asynccontextmanager
    async def subscribe(self, wanted: Wanted) -> AsyncIterator[Subscriber]:
        """A subscriber that hears of everything written to the outbox from now on."""
        async with self._starting:
            if self._following is None:
                await self._catch_up()
                self._following = asyncio.create_task(self._follow())
        subscriber = Subscriber(wanted)
        self._subscribers.add(subscriber)
        try:
            yield subscriber
        finally:
            self._subscribers.discard(subscriber)
            if not self._subscribers:
                self.close()

    def close(self) -> None:
        """Stops following."""
        if self._following is not None:
            self._following.cancel()
            self._following = None

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(self._poll_seconds)
            try:
                messages = await self._unseen()
            except Exception as error:  # noqa: BLE001 - an outage of the database must not end the feed
                _log.warning("feed will try again", exc_info=error)
                continue
            for message in messages:
                for subscriber in self._subscribers:
                    subscriber.offer(message)

    async def _catch_up(self) -> None:
        """Begins at the end of the outbox, with an eye on the numbers just before it that are still missing."""
        async with self._database.read() as session:
            newest = select(Outbox.sequence).order_by(Outbox.sequence.desc()).limit(LOOK_BACK)
            present = (await session.scalars(newest)).all()
        self._last = max(present, default=0)
        self._gaps = {}
        self._note_gaps(min(present, default=1), set(present))

    async def _unseen(self) -> Sequence[Outbox]:
        new = or_(Outbox.sequence > self._last, Outbox.sequence.in_(self._gaps))
        async with self._database.read() as session:
            rows = (await session.scalars(select(Outbox).where(new).order_by(Outbox.sequence))).all()
        first, present = self._last + 1, {row.sequence for row in rows}
        self._last = max(self._last, *present, 0)
        self._note_gaps(first, present)
        return rows

    def _note_gaps(self, first: int, present: set[int]) -> None:
        now = self._clock()
        known = {number: since for number, since in self._gaps.items() if now - since < GAP_LIFETIME}
        missing = dict.fromkeys(range(first, self._last), now)
        self._gaps = {number: since for number, since in (missing | known).items() if number not in present}
