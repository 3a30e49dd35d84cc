"""Joining, and being signed in."""

from __future__ import annotations

from datetime import datetime

import strawberry

from subgraphs.users.models import RegistrationRow, RegistrationState
from subgraphs.users.service.registration import state_at
from subgraphs.users.service.sessions import OpenedSession
from subgraphs.users.types.people import User

RegistrationStatus = strawberry.enum(RegistrationState, name="RegistrationStatus")


@strawberry.type
class Registration:
    """How far somebody's joining has come."""

    handle: str
    status: RegistrationState
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: RegistrationRow, now: datetime) -> Registration:
        """The registration of a row, as it stands now."""
        return cls(
            handle=row.handle,
            status=state_at(row, now),
            created_at=row.created_at,
            expires_at=row.expires_at,
        )


@strawberry.type
class Session:
    """What a signed-in client holds."""

    access_token: str
    expires_at: datetime
    refresh_token: str
    user: User

    @classmethod
    def of(cls, opened: OpenedSession) -> Session:
        """The session that has been opened."""
        return cls(
            access_token=opened.access_token,
            expires_at=opened.expires_at,
            refresh_token=opened.refresh_token,
            user=User.of(opened.account),
        )
