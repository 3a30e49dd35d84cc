"""What the counter's mutations answer: the thing, or why not."""

from typing import Annotated

import strawberry

from subgraphs.common.errors import IdempotencyKeyReused, InvalidInput, NotFound, VersionConflict
from subgraphs.rentals.refusals import (
    AgeRestricted,
    AlreadyReturned,
    CreditLimitReached,
    ExtensionRefused,
    OfferExpired,
    OfferInvalid,
    OutOfStock,
    Overpayment,
    PaymentDeclined,
    RentalLimitReached,
)
from subgraphs.rentals.types.entities import Copy, Rental, User

RentMovieError = Annotated[
    OfferInvalid
    | OfferExpired
    | OutOfStock
    | RentalLimitReached
    | AgeRestricted
    | CreditLimitReached
    | IdempotencyKeyReused,
    strawberry.union("RentMovieError"),
]
ExtendRentalError = Annotated[
    NotFound | VersionConflict | ExtensionRefused | IdempotencyKeyReused,
    strawberry.union("ExtendRentalError"),
]
ReturnRentalError = Annotated[
    NotFound | AlreadyReturned | IdempotencyKeyReused, strawberry.union("ReturnRentalError")
]
ReturnCopyError = Annotated[
    NotFound | AlreadyReturned | IdempotencyKeyReused, strawberry.union("ReturnCopyError")
]
PayBalanceError = Annotated[
    InvalidInput | Overpayment | PaymentDeclined | IdempotencyKeyReused,
    strawberry.union("PayBalanceError"),
]
WaiveLateFeeError = Annotated[
    NotFound | VersionConflict | InvalidInput | IdempotencyKeyReused,
    strawberry.union("WaiveLateFeeError"),
]
AddCopiesError = Annotated[InvalidInput | NotFound | IdempotencyKeyReused, strawberry.union("AddCopiesError")]


@strawberry.type
class RentMoviePayload:
    """The new rental."""

    rental: Rental | None
    errors: list[RentMovieError]


@strawberry.type
class ExtendRentalPayload:
    """The extended rental."""

    rental: Rental | None
    errors: list[ExtendRentalError]


@strawberry.type
class ReturnRentalPayload:
    """The rental whose box is on its way."""

    rental: Rental | None
    errors: list[ReturnRentalError]


@strawberry.type
class ReturnCopyPayload:
    """The rental that ends with the box."""

    rental: Rental | None
    errors: list[ReturnCopyError]


@strawberry.type
class PayBalancePayload:
    """Whose balance was paid."""

    user: User | None
    errors: list[PayBalanceError]


@strawberry.type
class WaiveLateFeePayload:
    """The rental whose fee was let go."""

    rental: Rental | None
    errors: list[WaiveLateFeeError]


@strawberry.type
class AddCopiesPayload:
    """The new copies."""

    copies: list[Copy]
    errors: list[AddCopiesError]
