"""The rentals subgraph's background work: telling, hearing, and what time brings."""

import asyncio
from datetime import timedelta

from subgraphs.common.broker import open_broker
from subgraphs.common.clock import Clock, utc_now
from subgraphs.common.database import Database
from subgraphs.common.duties import Duty, every, work
from subgraphs.common.idempotency import sweep
from subgraphs.common.messages import Broker, Message
from subgraphs.common.outbox import relay
from subgraphs.common.retention import prune_inbox, prune_outbox
from subgraphs.listeners import FILMS, LISTENERS, MEMBERS
from subgraphs.rentals.models import Idempotency, Inbox, Outbox
from subgraphs.rentals.payments import PaymentProvider, open_provider
from subgraphs.rentals.service.paying import Payer, settle_pending
from subgraphs.rentals.service.projections import hear
from subgraphs.rentals.service.transitions import tell_transitions
from subgraphs.rentals.settings import NAME, Settings

TRANSITION_EVERY_S = 5.0
PAYMENT_EVERY_S = 15.0
PAYMENT_PATIENCE = timedelta(minutes=1)
"""How long a payment is left to the request that began it."""
SWEEP_EVERY_S = 3600.0


async def run(stop: asyncio.Event) -> None:
    """Works until `stop` is set; a duty that fails begins again."""
    settings = Settings()
    database = Database(settings.database(NAME))
    broker = open_broker(settings, LISTENERS)
    duties = _duties(database, broker, open_provider(settings), utc_now)
    try:
        await asyncio.gather(relay(database, Outbox, broker, stop), work(duties, stop))
    finally:
        await broker.close()
        await database.close()


def _duties(database: Database, broker: Broker, provider: PaymentProvider, clock: Clock) -> dict[str, Duty]:
    async def handle(message: Message) -> None:
        await hear(database, message, clock())

    async def settle() -> None:
        now = clock()
        await settle_pending(Payer(database, provider, now), now - PAYMENT_PATIENCE)

    async def sweep_what_is_over() -> None:
        async with database.transaction() as session:
            now = clock()
            await sweep(session, Idempotency, now)
            await prune_outbox(session, Outbox, now)
            await prune_inbox(session, Inbox, now)

    return {
        "hearing of films": lambda: broker.consume(FILMS, LISTENERS[FILMS], handle),
        "hearing of members": lambda: broker.consume(MEMBERS, LISTENERS[MEMBERS], handle),
        "transitions": every(TRANSITION_EVERY_S, lambda: tell_transitions(database, clock())),
        "payments": every(PAYMENT_EVERY_S, settle),
        "sweeping": every(SWEEP_EVERY_S, sweep_what_is_over),
    }
