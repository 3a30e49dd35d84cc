"""Money as GraphQL: integer minor units and a currency."""

from typing import NewType

import strawberry
from strawberry import federation as fed
from strawberry.types.scalar import ScalarDefinition

CurrencyCode = NewType("CurrencyCode", str)

CURRENCY_CODE: ScalarDefinition = strawberry.scalar(
    name="CurrencyCode",
    description="A currency by its ISO 4217 code, such as USD.",
    serialize=str,
    parse_value=str,
)
"""How `CurrencyCode` stands in a schema; see `SCALARS`."""

USD = CurrencyCode("USD")


@fed.type(shareable=True, description="An amount in the currency's smallest unit (cents).")
class Money:
    """An amount of money."""

    amount_minor: int
    currency: CurrencyCode


@strawberry.input
class MoneyInput:
    """An amount of money, as input."""

    amount_minor: int
    currency: CurrencyCode


def usd(amount_minor: int) -> Money:
    """So many US cents."""
    return Money(amount_minor=amount_minor, currency=USD)
