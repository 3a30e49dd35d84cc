"""What mutations answer: the thing, or why not."""

from __future__ import annotations

from typing import Annotated

import strawberry

from subgraphs.common.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    UserError,
    VersionConflict,
)
from subgraphs.users.refusals import (
    BalanceOutstanding,
    ClosingUnderway,
    HandleTaken,
    InvalidCredentials,
    RentalsOutstanding,
    TokenExpired,
)
from subgraphs.users.types.people import AccountClosing, Review, Title, User, WatchlistItem
from subgraphs.users.types.sessions import Registration, Session


@strawberry.type
class AlreadyReviewed(UserError):
    """One review a person and title; `review` is the one that is there."""

    review: Review = strawberry.field()


def already_reviewed(review: Review) -> AlreadyReviewed:
    """An `AlreadyReviewed` that says how to change the review."""
    return AlreadyReviewed(
        code="ALREADY_REVIEWED",
        message=f"You have reviewed this title; to change that, pass `expectedVersion: {review.version}`.",
        path=["input", "titleId"],
        review=review,
    )


RegisterError = Annotated[
    InvalidInput | HandleTaken | IdempotencyKeyReused, strawberry.union("RegisterError")
]
SessionError = Annotated[
    InvalidCredentials | TokenExpired | InvalidInput | ClosingUnderway, strawberry.union("SessionError")
]
UpdateProfileError = Annotated[InvalidInput | VersionConflict, strawberry.union("UpdateProfileError")]
CloseAccountError = Annotated[
    InvalidCredentials | RentalsOutstanding | BalanceOutstanding, strawberry.union("CloseAccountError")
]
WatchlistError = Annotated[InvalidInput | NotFound, strawberry.union("WatchlistError")]
WriteReviewError = Annotated[
    InvalidInput | NotFound | AlreadyReviewed | VersionConflict, strawberry.union("WriteReviewError")
]
DeleteReviewError = Annotated[NotFound, strawberry.union("DeleteReviewError")]
RoleError = Annotated[NotFound | InvalidInput, strawberry.union("RoleError")]
ChangeMembershipError = Annotated[NotFound, strawberry.union("ChangeMembershipError")]


@strawberry.type(description="The request was taken; what comes of it comes by mail.")
class AcceptedPayload:
    """Always the same, whatever comes of it."""

    accepted: bool = strawberry.field(default=True)


@strawberry.type
class RegisterPayload:
    """The registration, and the token that opens it."""

    status_token: str | None = strawberry.field(
        default=None, description="Opens `registration`; given once, to whoever registers."
    )
    registration: Registration | None = None
    errors: list[RegisterError] = strawberry.field(default_factory=list)


@strawberry.type
class SessionPayload:
    """The opened session."""

    session: Session | None = None
    errors: list[SessionError] = strawberry.field(default_factory=list)


@strawberry.type
class UpdateProfilePayload:
    """The changed profile."""

    user: User | None = None
    errors: list[UpdateProfileError] = strawberry.field(default_factory=list)


@strawberry.type
class CloseAccountPayload:
    """Whether the account is closed."""

    closed: bool = False
    closing: AccountClosing | None = None
    errors: list[CloseAccountError] = strawberry.field(default_factory=list)


@strawberry.type
class WatchlistPayload:
    """What was put on the watchlist, or taken off it."""

    item: WatchlistItem | None = None
    errors: list[WatchlistError] = strawberry.field(default_factory=list)


@strawberry.type
class WriteReviewPayload:
    """The review as it is now."""

    review: Review | None = None
    errors: list[WriteReviewError] = strawberry.field(default_factory=list)


@strawberry.type
class DeleteReviewPayload:
    """The title whose review is gone."""

    title: Title | None = None
    errors: list[DeleteReviewError] = strawberry.field(default_factory=list)


@strawberry.type
class RolePayload:
    """The person with their new roles."""

    user: User | None = None
    errors: list[RoleError] = strawberry.field(default_factory=list)


@strawberry.type
class ChangeMembershipPayload:
    """The person in their new tier."""

    user: User | None = None
    errors: list[ChangeMembershipError] = strawberry.field(default_factory=list)
