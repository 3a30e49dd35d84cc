"""What all tables of this subgraph share, and the tables that every subgraph has."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import DeclarativeBase

from subgraphs.common.database import metadata
from subgraphs.common.idempotency import IdempotencyRow
from subgraphs.common.outbox import InboxRow, OutboxRow


class Base(DeclarativeBase):
    """The tables of this subgraph."""

    metadata = metadata()


class Outbox(OutboxRow, Base):
    """What this subgraph has to tell."""


class Inbox(InboxRow, Base):
    """What this subgraph has heard."""


class Idempotency(IdempotencyRow, Base):
    """Keyed requests that succeeded."""


def one_of(column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    """The column holds one of the values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
