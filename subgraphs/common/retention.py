"""How long outbox and inbox keep what is done: long enough to be looked at, not for ever."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

KEPT = timedelta(days=30)
"""How long a message is kept after it was carried away, or heard. The same message may come again as long."""


async def prune_outbox(session: AsyncSession, outbox: type[Any], now: datetime) -> None:
    """Deletes messages that were carried away long ago, all but the newest row.

    The newest stays because SQLite would give its number again, and whoever follows the numbers would miss a message.
    """
    newest = select(func.max(outbox.sequence)).scalar_subquery()
    await session.execute(
        delete(outbox).where(outbox.published_at < now - KEPT, outbox.sequence < newest),
        execution_options={"synchronize_session": False},
    )


async def prune_inbox(session: AsyncSession, inbox: type[Any], now: datetime) -> None:
    """Deletes the ids of messages that were heard so long ago that none of them will come again."""
    await session.execute(
        delete(inbox).where(inbox.received_at < now - KEPT), execution_options={"synchronize_session": False}
    )
