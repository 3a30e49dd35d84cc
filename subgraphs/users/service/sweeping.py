"""What is thrown away once its time is over."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from subgraphs.common import idempotency
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

KEPT = timedelta(days=30)


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
        await session.execute(delete(Outbox).where(Outbox.published_at < over))
        await session.execute(delete(Inbox).where(Inbox.received_at < over))
        ended = (RegistrationState.ACTIVE, RegistrationState.EXPIRED)
        await session.execute(
            delete(RegistrationRow).where(RegistrationRow.state.in_(ended), RegistrationRow.expires_at < over)
        )
