"""The movies subgraph's background work: carrying what happened to the broker, and sweeping."""

import asyncio

from subgraphs.common.broker import open_broker
from subgraphs.common.clock import Clock, utc_now
from subgraphs.common.database import Database
from subgraphs.common.duties import Duty, every, work
from subgraphs.common.idempotency import sweep
from subgraphs.common.outbox import relay
from subgraphs.common.retention import prune_outbox
from subgraphs.listeners import LISTENERS
from subgraphs.movies.models import Idempotency, Outbox
from subgraphs.movies.settings import NAME, Settings

SWEEP_EVERY_S = 3600.0


async def run(stop: asyncio.Event) -> None:
    """Works until `stop` is set; a duty that fails begins again."""
    settings = Settings()
    database = Database(settings.database(NAME))
    broker = open_broker(settings, LISTENERS)
    duties = _duties(database, utc_now)
    try:
        await asyncio.gather(relay(database, Outbox, broker, stop), work(duties, stop))
    finally:
        await broker.close()
        await database.close()


def _duties(database: Database, clock: Clock) -> dict[str, Duty]:
    async def sweep_what_is_over() -> None:
        async with database.transaction() as session:
            await sweep(session, Idempotency, clock())
            await prune_outbox(session, Outbox, clock())

    return {"sweeping": every(SWEEP_EVERY_S, sweep_what_is_over)}
