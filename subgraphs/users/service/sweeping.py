"""What is thrown away once its time is over."""

from datetime import datetime

from sqlalchemy import delete

from subgraphs.common import idempotency
from subgraphs.common.retention import KEPT, prune_inbox, prune_outbox
from subgraphs.users.models import (
    Idempotency,
    Inbox,
    LetterRow,
    Outbox,
    RegistrationRow,
    RegistrationState,
    SessionRow,
)
from subgraphs.users.resources import Resources
from subgraphs.users.service.activation import expire_registrations
from subgraphs.users.service.signing_in import sweep_attempts


async def sweep(resources: Resources, now: datetime) -> None:
    """Ends registrations that nobody activated, and deletes what has been over for a month."""
    async with resources.database.transaction() as session:
        await expire_registrations(session, now)
    async with resources.database.transaction() as session:
        await sweep_attempts(session, now)
        await idempotency.sweep(session, Idempotency, now)
        over = now - KEPT
        await session.execute(delete(SessionRow).where(SessionRow.expires_at < over))
        await session.execute(delete(LetterRow).where(LetterRow.expires_at < over))
        await prune_outbox(session, Outbox, now)
        await prune_inbox(session, Inbox, now)
        ended = (RegistrationState.ACTIVE, RegistrationState.EXPIRED)
        await session.execute(
            delete(RegistrationRow).where(RegistrationRow.state.in_(ended), RegistrationRow.expires_at < over)
        )
