"""Why the counter says no: the members of its payloads' error unions, and how each is worded."""

from datetime import datetime

import strawberry

from subgraphs.common.errors import UserError
from subgraphs.common.money import Money, usd
from subgraphs.rentals.domain import Certification, minimum_age

strawberry.enum(Certification)


@strawberry.type(description="The token was not sealed by us, or not for this renter.")
class OfferInvalid(UserError):
    """An offer token that opens nothing."""


@strawberry.type
class OfferExpired(UserError):
    """An offer token that was good once."""


@strawberry.type
class OutOfStock(UserError):
    """Somebody else has the last copy."""

    next_due_at: datetime | None = None


@strawberry.type
class RentalLimitReached(UserError):
    """The member has as many films out as the tier allows."""

    limit: int = strawberry.field()


@strawberry.type
class AgeRestricted(UserError):
    """The member is too young, or of unknown age."""

    certification: Certification = strawberry.field()
    minimum_age: int = strawberry.field()


@strawberry.type
class CreditLimitReached(UserError):
    """The member owes more than the tier's credit limit."""

    balance: Money = strawberry.field()


@strawberry.type
class ExtensionRefused(UserError):
    """The rental may not be extended, or not again."""


@strawberry.type
class AlreadyReturned(UserError):
    """The box is back already, or on its way."""

    returned_at: datetime | None = None


@strawberry.type
class Overpayment(UserError):
    """More than is owed."""

    balance: Money = strawberry.field()


@strawberry.type
class PaymentDeclined(UserError):
    """The payment provider said no."""


def offer_invalid() -> OfferInvalid:
    """For a token that is forged, damaged or another's; which of them is not told."""
    return OfferInvalid(
        code="OFFER_INVALID",
        message="This offer cannot be opened: ask for the film's offers again, signed in as the renter.",
        path=["input", "offerToken"],
    )


def offer_expired() -> OfferExpired:
    """For a token whose time is over."""
    return OfferExpired(
        code="OFFER_EXPIRED",
        message="This offer has expired: ask for the film's offers again.",
        path=["input", "offerToken"],
    )


def out_of_stock(next_due_at: datetime | None) -> OutOfStock:
    """For a film without a copy on the shelf in the offer's store and format."""
    return OutOfStock(
        code="OUT_OF_STOCK",
        message="The last copy has just gone out.",
        path=["input", "offerToken"],
        next_due_at=next_due_at,
    )


def rental_limit_reached(limit: int) -> RentalLimitReached:
    """For a member who has `limit` films out."""
    return RentalLimitReached(
        code="RENTAL_LIMIT_REACHED",
        message=f"You have {limit} films out, as many as your membership allows; return one first.",
        path=None,
        limit=limit,
    )


def age_restricted(certification: Certification) -> AgeRestricted:
    """For a film that the member is too young for."""
    age = minimum_age(certification)
    return AgeRestricted(
        code="AGE_RESTRICTED",
        message=f"This film is rated {certification}: it goes out to members of {age} years and older.",
        path=None,
        certification=certification,
        minimum_age=age,
    )


def credit_limit_reached(balance: int) -> CreditLimitReached:
    """For a member who owes `balance` cents."""
    return CreditLimitReached(
        code="CREDIT_LIMIT_REACHED",
        message="You owe more than your membership's credit limit; pay some of it first.",
        path=None,
        balance=usd(balance),
    )


def extension_refused(reason: str) -> ExtensionRefused:
    """For a rental that stays due when it is."""
    return ExtensionRefused(code="EXTENSION_REFUSED", message=reason, path=["input", "rentalId"])


def already_returned(returned_at: datetime | None, *path: str) -> AlreadyReturned:
    """For a box that is not out; `returned_at` is when the counter had it."""
    return AlreadyReturned(
        code="ALREADY_RETURNED",
        message="This box is not out: it is on its way back, or was taken in before.",
        path=["input", *path],
        returned_at=returned_at,
    )


def overpayment(balance: int) -> Overpayment:
    """For a payment of more than the `balance` cents that are still to be paid."""
    return Overpayment(
        code="OVERPAYMENT",
        message="That is more than is still to be paid; pay the balance or less.",
        path=["input", "amount", "amountMinor"],
        balance=usd(balance),
    )


def payment_declined(reason: str) -> PaymentDeclined:
    """For a payment that the provider refused, with the reason that it gave."""
    return PaymentDeclined(
        code="PAYMENT_DECLINED",
        message=f"The payment was declined: {reason}",
        path=["input", "paymentToken"],
    )
