"""Who asks."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Caller:
    """The person behind a request, as the router vouches for them; all empty for an anonymous one.

    `subject` is the user's id, `session` the sign-in's, `tier` the membership tier's name, `address` the IP address
    that the client calls from (None: not known).
    """

    subject: str | None = None
    session: str | None = None
    scopes: frozenset[str] = frozenset()
    tier: str | None = None
    birth_date: date | None = None
    address: str | None = None

    def may(self, scope: str) -> bool:
        """Whether the caller holds the scope."""
        return scope in self.scopes

    def is_or_may(self, subject: str, scope: str) -> bool:
        """Whether the caller is that person, or holds the scope that opens other people's things."""
        return self.subject == subject or self.may(scope)


ANONYMOUS = Caller()
