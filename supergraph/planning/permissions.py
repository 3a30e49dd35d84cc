"""What a caller may see: authentication, scopes and policies, held against authorization rules."""

from __future__ import annotations

from dataclasses import dataclass

from supergraph.model import Authorization
from supergraph.planning.query_plan import Denial


@dataclass(frozen=True, slots=True)
class Permissions:
    """A caller's standing: signed in or not, the granted scopes, and the policies that were found to hold."""

    authenticated: bool = False
    scopes: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()

    def meets(self, rule: Authorization) -> bool:
        """Whether the caller has all that the rule asks for."""
        return self.denial("", rule) is None

    def denial(self, coordinate: str, rule: Authorization) -> Denial | None:
        """What the caller lacks, first things first; None where nothing."""
        if rule.authenticated and not self.authenticated:
            return Denial(coordinate, "authenticated")
        if not _any_granted(rule.scopes, self.scopes):
            return Denial(coordinate, "requiresScopes", rule.scopes)
        if not _any_granted(rule.policies, self.policies):
            return Denial(coordinate, "policy", rule.policies)
        return None


def _any_granted(alternatives: tuple[tuple[str, ...], ...], granted: frozenset[str]) -> bool:
    return not alternatives or any(granted.issuperset(together) for together in alternatives)
