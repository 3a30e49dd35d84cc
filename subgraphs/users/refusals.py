"""Why a mutation of this subgraph is refused, beyond what all subgraphs refuse."""

import strawberry

from subgraphs.common.errors import UserError
from subgraphs.common.money import Money, usd


@strawberry.type(description="Handles are public, so this tells nothing that a look at the shop would not.")
class HandleTaken(UserError):
    """Somebody has the handle."""


@strawberry.type
class InvalidCredentials(UserError):
    """Handle, password or token is not right; which of them, nobody learns."""


@strawberry.type
class TokenExpired(UserError):
    """The token was right once."""


@strawberry.type
class ClosingUnderway(UserError):
    """The account is about to be closed, or to stay open."""


@strawberry.type
class RentalsOutstanding(UserError):
    """Something is still on loan."""


@strawberry.type
class BalanceOutstanding(UserError):
    """Something is still owed."""

    balance: Money = strawberry.field()


def handle_taken(handle: str) -> HandleTaken:
    """Somebody has the handle already."""
    return HandleTaken(
        code="HANDLE_TAKEN",
        message=f"The handle {handle} is taken; choose another.",
        path=["input", "handle"],
    )


def wrong_handle_or_password() -> InvalidCredentials:
    """The same for an unknown handle, a wrong password and an account that is not active."""
    return InvalidCredentials(
        code="INVALID_CREDENTIALS",
        message="Handle or password is wrong, or the account is not active yet.",
        path=None,
    )


def wrong_password(*path: str) -> InvalidCredentials:
    """The caller's own password is another."""
    return InvalidCredentials(
        code="INVALID_CREDENTIALS", message="The password is wrong.", path=["input", *path]
    )


def wrong_token(*path: str) -> InvalidCredentials:
    """No such token was given out, or it has been used."""
    return InvalidCredentials(
        code="INVALID_CREDENTIALS",
        message="This token is not valid, or has been used already.",
        path=["input", *path],
    )


def token_expired(message: str, *path: str) -> TokenExpired:
    """The token's time is over; `message` says what to do."""
    return TokenExpired(code="TOKEN_EXPIRED", message=message, path=["input", *path])


def closing_underway() -> ClosingUnderway:
    """The counter has been asked whether the account can be closed, and nobody is let in until it answers."""
    return ClosingUnderway(
        code="CLOSING_UNDERWAY",
        message="This account is being closed. Where films are out or something is owed it stays open, "
        "and lets you in again: try again in a minute.",
        path=None,
    )


def rentals_outstanding(open_rentals: int) -> RentalsOutstanding:
    """So many films have to be brought back first."""
    films = "film is" if open_rentals == 1 else "films are"
    return RentalsOutstanding(
        code="RENTALS_OUTSTANDING",
        message=f"{open_rentals} {films} still on loan; the account can be closed once all are back.",
        path=None,
    )


def balance_outstanding(cents: int) -> BalanceOutstanding:
    """So much has to be paid first."""
    return BalanceOutstanding(
        code="BALANCE_OUTSTANDING",
        message=f"{cents / 100:.2f} US dollars are still owed; the account can be closed once they are paid.",
        path=None,
        balance=usd(cents),
    )
