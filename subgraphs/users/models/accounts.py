"""People: their accounts, their roles, and the registrations that lead there."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from subgraphs.common.database import Timestamp
from subgraphs.users.models.base import Base, one_of
from subgraphs.users.roles import MembershipTier, Role


class AccountState(StrEnum):
    """Pending until its activation link is followed; closed once its owner has left."""

    PENDING = "PENDING"
    OPEN = "OPEN"
    CLOSED = "CLOSED"


class RegistrationState(StrEnum):
    """How far a registration has come."""

    ACCEPTED = "ACCEPTED"
    AWAITING_ACTIVATION = "AWAITING_ACTIVATION"
    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"


_OPEN = text("state = 'OPEN'")
_LIVE = text("state IN ('ACCEPTED', 'AWAITING_ACTIVATION')")


class UserRow(Base):
    """An account. A closed one keeps its id, so that ledgers and reviews still have somebody to point at.

    Addresses are kept in small letters; only open accounts own theirs.
    """

    __tablename__ = "users"
    __table_args__ = (
        one_of("state", AccountState),
        one_of("tier", MembershipTier),
        CheckConstraint("state = 'CLOSED' OR email IS NOT NULL", name="reachable"),
        CheckConstraint("state <> 'CLOSED' OR (email IS NULL AND birth_date IS NULL)", name="erased"),
        Index("uq_users_email", "email", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    handle: Mapped[str] = mapped_column(String(40), unique=True)
    display_name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    birth_date: Mapped[date | None] = mapped_column(Date)
    tier: Mapped[str] = mapped_column(String(10))
    tier_since: Mapped[datetime] = mapped_column(Timestamp)
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    version: Mapped[int]


class UserRoleRow(Base):
    """A role that somebody was granted. `CUSTOMER` needs no row: everybody is one."""

    __tablename__ = "user_roles"
    __table_args__ = (one_of("role", [role for role in Role if role is not Role.CUSTOMER]),)

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(10), primary_key=True)


class HeldHandleRow(Base):
    """A handle that a registration or an account holds: one holder a handle, whatever state that is in."""

    __tablename__ = "held_handles"

    handle: Mapped[str] = mapped_column(String(40), primary_key=True)


class RegistrationRow(Base):
    """A request to join. What it says of the person is erased once an account holds it, or it has expired."""

    __tablename__ = "registrations"
    __table_args__ = (
        one_of("state", RegistrationState),
        Index("ix_registrations_live", "expires_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    status_token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    handle: Mapped[str] = mapped_column(String(40))
    display_name: Mapped[str | None] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    birth_date: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    expires_at: Mapped[datetime] = mapped_column(Timestamp)
