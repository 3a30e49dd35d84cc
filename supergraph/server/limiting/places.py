"""How many connections and subscriptions are held open: in all, of one address, of one user."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from supergraph.configuration import PlacesConfiguration, StreamsConfiguration
from supergraph.server.networks import network_of
from supergraph.server.refusal import HttpRefusal

Holder = tuple[str, str]
"""Who holds a place: `address` or `subject`, and which."""

EVERYBODY: Holder = ("all", "")


class Places:
    """A bounded number of places for each holder; a place is given back when its context is left."""

    def __init__(self, configuration: PlacesConfiguration) -> None:
        self._most = {
            "all": configuration.all,
            "address": configuration.address,
            "subject": configuration.subject,
        }
        self._taken: Counter[Holder] = Counter()

    def full(self, address: str | None, subject: str | None = None) -> bool:
        """Whether there is no place for this client."""
        return self._full([EVERYBODY, *_holders(address, subject)])

    def held(self, address: str | None, subject: str | None = None) -> AbstractContextManager[None]:
        """Holds a place; raises `NoPlace` where there is none."""
        return self._held([EVERYBODY, *_holders(address, subject)])

    def held_too(self, subject: str | None) -> AbstractContextManager[None]:
        """Holds a place that is held already as one of this user's too; raises `NoPlace`."""
        return self._held(_holders(None, subject))

    def _full(self, holders: Sequence[Holder]) -> bool:
        return any(self._taken[holder] >= self._most[holder[0]] for holder in holders)

    @contextmanager
    def _held(self, holders: Sequence[Holder]) -> Iterator[None]:
        if self._full(holders):
            raise NoPlace
        self._taken.update(holders)
        try:
            yield
        finally:
            for holder in holders:
                self._taken[holder] -= 1
                if not self._taken[holder]:
                    del self._taken[holder]


class NoPlace(Exception):
    """The client holds as many as it may, or all do."""


def too_many_subscriptions() -> HttpRefusal:
    """A 429 for one that finds no place."""
    return HttpRefusal(
        HTTPStatus.TOO_MANY_REQUESTS,
        "SUBSCRIPTION_LIMIT_REACHED",
        "Too many subscriptions are open: end one first.",
        ((b"retry-after", b"10"),),
    )


@dataclass(frozen=True, slots=True)
class Streams:
    """Places for WebSocket connections and for subscriptions, and how many `operations` one connection may run.

    A connection has `init_seconds` to be initialised, and may be without anything to do for `idle_seconds`.
    """

    connections: Places
    subscriptions: Places
    operations: int
    init_seconds: float
    idle_seconds: float

    @classmethod
    def of(cls, configuration: StreamsConfiguration) -> Streams:
        """Places as configured."""
        return cls(
            Places(configuration.connections),
            Places(configuration.subscriptions),
            configuration.operations,
            configuration.init_seconds,
            configuration.idle_seconds,
        )


def _holders(address: str | None, subject: str | None) -> list[Holder]:
    holders: list[Holder] = []
    if address is not None:
        holders.append(("address", network_of(address)))
    if subject is not None:
        holders.append(("subject", subject))
    return holders
