"""The tables of the users subgraph."""

from subgraphs.users.models.accounts import (
    AccountState,
    HeldHandleRow,
    RegistrationRow,
    RegistrationState,
    UserRoleRow,
    UserRow,
)
from subgraphs.users.models.base import Base, Idempotency, Inbox, Outbox
from subgraphs.users.models.closings import ClosingRow
from subgraphs.users.models.directory import UserWordRow
from subgraphs.users.models.loans import BalanceRow, LoanRow
from subgraphs.users.models.mail import LetterKind, LetterRow
from subgraphs.users.models.sessions import AttemptsRow, RefreshTokenRow, SessionRow
from subgraphs.users.models.titles import SCORES, RatingRow, ReviewRow, TitleRow, WatchlistItemRow

__all__ = [
    "SCORES",
    "AccountState",
    "AttemptsRow",
    "BalanceRow",
    "Base",
    "ClosingRow",
    "HeldHandleRow",
    "Idempotency",
    "Inbox",
    "LetterKind",
    "LetterRow",
    "LoanRow",
    "Outbox",
    "RatingRow",
    "RefreshTokenRow",
    "RegistrationRow",
    "RegistrationState",
    "ReviewRow",
    "SessionRow",
    "TitleRow",
    "UserRoleRow",
    "UserRow",
    "UserWordRow",
    "WatchlistItemRow",
]
