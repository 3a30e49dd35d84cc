"""Who may do what: roles, the scopes they carry, and membership tiers."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a person is to the shop. Everybody is a customer; the other roles are granted."""

    CUSTOMER = "CUSTOMER"
    CLERK = "CLERK"
    MANAGER = "MANAGER"
    ADMIN = "ADMIN"


class MembershipTier(StrEnum):
    """How good a customer somebody is; rentals sets limits and discounts by it."""

    STANDARD = "STANDARD"
    PLUS = "PLUS"
    PREMIER = "PREMIER"


READ_USERS = "users:read"
ADMINISTER_USERS = "users:admin"
MODERATE_REVIEWS = "reviews:moderate"

_CLERK = frozenset(
    {"catalog:write", "inventory:read", "inventory:write", "rentals:read", "rentals:write", READ_USERS}
)
_MANAGER = _CLERK | {"rentals:manage", MODERATE_REVIEWS}
_ADMIN = _MANAGER | {ADMINISTER_USERS}

SCOPES: dict[Role, frozenset[str]] = {
    Role.CUSTOMER: frozenset(),
    Role.CLERK: _CLERK,
    Role.MANAGER: _MANAGER,
    Role.ADMIN: _ADMIN,
}


def scopes_of(roles: Iterable[Role]) -> frozenset[str]:
    """All that these roles together may do."""
    return frozenset().union(*(SCOPES[role] for role in roles))


def with_customer(granted: Iterable[str]) -> list[Role]:
    """The roles of somebody who was granted these, the least first."""
    held = {Role.CUSTOMER, *granted}
    return [role for role in Role if role in held]
