"""What clients send to the counter."""

import strawberry

from subgraphs.common.money import MoneyInput
from subgraphs.rentals.domain import CopyCondition, Format


@strawberry.input
class RentMovieInput:
    """Which offer to open."""

    offer_token: str
    idempotency_key: strawberry.ID


@strawberry.input
class ExtendRentalInput:
    """Which rental to extend."""

    rental_id: strawberry.ID
    expected_version: int
    idempotency_key: strawberry.ID


@strawberry.input
class ReturnRentalInput:
    """Which rental's box is on its way back."""

    rental_id: strawberry.ID
    idempotency_key: strawberry.ID


@strawberry.input
class ReturnCopyInput:
    """Which box is on the counter, and how it looks."""

    barcode: str
    condition: CopyCondition | None = None
    idempotency_key: strawberry.ID


@strawberry.input(description="`paymentToken` is the payment provider's.")
class PayBalanceInput:
    """How much to pay, and from what."""

    amount: MoneyInput
    payment_token: str
    idempotency_key: strawberry.ID


@strawberry.input
class WaiveLateFeeInput:
    """Whose fee to let go, and why."""

    rental_id: strawberry.ID
    expected_version: int
    reason: str
    idempotency_key: strawberry.ID


@strawberry.input
class AddCopiesInput:
    """Which film comes where, on what, how often."""

    movie_id: strawberry.ID
    store_id: strawberry.ID
    format: Format
    count: int
    idempotency_key: strawberry.ID
