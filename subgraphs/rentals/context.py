"""What the resolvers of one request share."""

from dataclasses import dataclass
from datetime import datetime

from strawberry.fastapi import BaseContext
from strawberry.types import Info

from subgraphs.common.caller import Caller
from subgraphs.common.clock import Clock
from subgraphs.common.database import Database
from subgraphs.rentals.feed import Feed
from subgraphs.rentals.loaders import Loaders
from subgraphs.rentals.offers import Seal
from subgraphs.rentals.payments import PaymentProvider


@dataclass(frozen=True)
class Counter:
    """What all requests of a process share."""

    database: Database
    seal: Seal
    provider: PaymentProvider
    feed: Feed
    clock: Clock


class Context(BaseContext):
    """Who asks, the moment of asking, and what has been loaded for it."""

    def __init__(self, counter: Counter, caller: Caller) -> None:
        super().__init__()
        self.counter = counter
        self.caller = caller
        self.renew()

    def renew(self) -> None:
        """Begins anew: another moment, nothing loaded. For what answers more than once, and after a change."""
        self.now: datetime = self.counter.clock()
        self.loaders = Loaders(self.counter.database, self.now, self.caller.subject)


RentalsInfo = Info[Context, None]
"""A resolver's `info` in this subgraph."""
