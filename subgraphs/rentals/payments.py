"""Payment providers: who takes the money, and how they are asked.

A provider may be asked twice with the same key, because an answer can be lost on the way: it must then
charge once and give its first answer again.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from subgraphs.common.settings import SettingsError
from subgraphs.rentals.settings import Settings


@dataclass(frozen=True, slots=True)
class Charged:
    """The money was taken; `reference` is the provider's name for it."""

    reference: str


@dataclass(frozen=True, slots=True)
class Declined:
    """The money was not taken, and never will be under this key."""

    reason: str


class PaymentProvider(Protocol):
    """Takes money from whoever stands behind a token."""

    async def charge(self, amount: int, token: str, idempotency_key: str) -> Charged | Declined:
        """Charges so many US cents once, however often it is called with this key.

        Whatever it raises means: no answer. It is then asked again with the same key.
        """
        ...


class DemoProvider:
    """Takes `demo-ok` and declines everything else; for demonstrations, since no money moves."""

    async def charge(self, amount: int, token: str, idempotency_key: str) -> Charged | Declined:
        """The same answer for the same token, so it needs to remember no key."""
        del amount
        if token == "demo-ok":  # noqa: S105 - the demo's public word
            return Charged(f"demo-{idempotency_key}")
        if token == "demo-declined":  # noqa: S105 - the demo's public word
            return Declined("the demo card has no cover.")
        return Declined("the demo provider knows only `demo-ok` and `demo-declined`.")


class NoProvider:
    """Stands where none is configured: balances are paid elsewhere."""

    async def charge(self, amount: int, token: str, idempotency_key: str) -> Charged | Declined:
        """Declines, so that no payment waits for a provider that is not there."""
        del amount, token, idempotency_key
        return Declined("this shop takes no payments online; pay at the counter.")


def open_provider(settings: Settings) -> PaymentProvider:
    """The provider that the settings name, the demo's where it runs, else none.

    Raises:
        SettingsError: there is nothing under that import string.
    """
    if not settings.payment_provider:
        return DemoProvider() if settings.demo else NoProvider()
    module, _, factory = settings.payment_provider.partition(":")
    try:
        return getattr(import_module(module), factory)()
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsError(
            f"RENTALS_PAYMENT_PROVIDER must be an import string `package.module:factory`: {error}"
        ) from error
