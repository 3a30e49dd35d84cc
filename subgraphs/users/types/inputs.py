"""What clients send."""

from datetime import date

import strawberry

from subgraphs.users.roles import MembershipTier, Role
from subgraphs.users.service.profile import ProfileChange
from subgraphs.users.service.registration import Application
from subgraphs.users.service.reviews import Opinion


@strawberry.input
class RegisterInput:
    """Somebody who wants to join."""

    handle: str
    display_name: str
    email: str
    password: str
    birth_date: date
    idempotency_key: strawberry.ID

    def application(self) -> Application:
        """As the service takes it."""
        return Application(
            handle=self.handle,
            display_name=self.display_name,
            email=self.email,
            birth_date=self.birth_date,
            idempotency_key=self.idempotency_key,
            password=self.password,
        )


@strawberry.input
class ResendActivationInput:
    """Whose registration."""

    status_token: str


@strawberry.input
class ActivateAccountInput:
    """The token of a mailed link."""

    token: str


@strawberry.input
class SignInInput:
    """Who, and the proof."""

    handle: str
    password: str


@strawberry.input
class RefreshSessionInput:
    """The token to trade."""

    refresh_token: str


@strawberry.input
class SignOutInput:
    """A token of the session to end."""

    refresh_token: str


@strawberry.input
class RequestPasswordResetInput:
    """Where the link goes."""

    email: str


@strawberry.input
class ResetPasswordInput:
    """The token of a mailed link, and the new password."""

    token: str
    password: str


@strawberry.input
class ChangePasswordInput:
    """The proof, and the new password."""

    current_password: str
    new_password: str


@strawberry.input(
    description="A field left out stays as it is. A new address holds once its owner follows the mailed link."
)
class UpdateProfileInput:
    """What is to change."""

    expected_version: int
    display_name: strawberry.Maybe[str | None]
    email: strawberry.Maybe[str | None]

    def change(self) -> ProfileChange:
        """As the service takes it; null becomes an empty text, which no rule lets pass."""
        return ProfileChange(
            self.expected_version,
            display_name=None if self.display_name is None else self.display_name.value or "",
            email=None if self.email is None else self.email.value or "",
        )


@strawberry.input
class CloseAccountInput:
    """The proof."""

    password: str


@strawberry.input
class AddToWatchlistInput:
    """What to watch, and why."""

    title_id: strawberry.ID
    note: str | None = strawberry.UNSET


@strawberry.input
class RemoveFromWatchlistInput:
    """What not to watch."""

    title_id: strawberry.ID


@strawberry.input(description="Without `expectedVersion` a new review; with it, a change of one's own.")
class WriteReviewInput:
    """What somebody thinks of a title."""

    title_id: strawberry.ID
    score: int
    headline: str | None = strawberry.UNSET
    body: str | None = strawberry.UNSET
    spoiler: bool = False
    expected_version: int | None = strawberry.UNSET

    def opinion(self) -> Opinion:
        """As the service takes it."""
        return Opinion(self.title_id, self.score, self.headline or None, self.body or None, self.spoiler)


@strawberry.input(description="One's own, or any with the scope reviews:moderate.")
class DeleteReviewInput:
    """Which review."""

    review_id: strawberry.ID


@strawberry.input
class RoleInput:
    """Who, and which role."""

    user_id: strawberry.ID
    role: Role


@strawberry.input
class ChangeMembershipInput:
    """Who, and which tier."""

    user_id: strawberry.ID
    tier: MembershipTier
