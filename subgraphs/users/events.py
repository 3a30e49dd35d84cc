"""What this subgraph tells the others."""

from datetime import datetime

from subgraphs.common.messages import Message
from subgraphs.users.models import ClosingRow, RegistrationRow, UserRow

REGISTRATION_ACCEPTED = "registration.accepted"
USER_OPENED = "user.opened"
USER_CHANGED = "user.changed"
USER_CLOSING = "user.closing"
USER_CLOSED = "user.closed"
CLOSING_CONFIRMED = "account.closing_confirmed"
"""What the counter tells where it agrees to a closing."""


def registration_accepted(registration: RegistrationRow, now: datetime) -> Message:
    """That somebody has asked to join. It carries nothing of the person, only where to read it."""
    payload = {"registrationId": registration.id}
    return Message.new(REGISTRATION_ACCEPTED, registration.id, payload, now)


def user_event(kind: str, user: UserRow, now: datetime) -> Message:
    """That something happened to an account: what others keep of it, with its version.

    Nothing of it says who the person is, for what was told cannot be taken back once they leave.
    """
    payload = {"id": user.id, "tier": user.tier, "version": user.version}
    return Message.new(kind, user.id, payload, now)


def user_closing(closing: ClosingRow, now: datetime) -> Message:
    """That somebody wants to leave: a question to the counter, whose answer names `closingId`."""
    payload = {"id": closing.user_id, "closingId": closing.id}
    return Message.new(USER_CLOSING, closing.user_id, payload, now)
