"""What `@authenticated`, `@requiresScopes` and `@policy` ask of whoever sees an element, and which asks more.

Source: https://specs.apollo.dev/authenticated/v0.1/, https://specs.apollo.dev/requiresScopes/v0.1/,
https://specs.apollo.dev/policy/v0.1/.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from graphql import parse_const_value

from supergraph.composition.merging.directives import alternatives
from supergraph.composition.merging.merged import MergedDirective, MergedElement

Alternatives = frozenset[frozenset[str]]
"""Of these sets one must be met in full."""

Guard = Mapping[str, Alternatives]
"""What is asked, by directive; a directive that is absent asks for nothing."""

_NOTHING: Alternatives = frozenset({frozenset()})
_DIRECTIVES = frozenset({"authenticated", "requiresScopes", "policy"})


def guards_on(element: MergedElement) -> tuple[MergedDirective, ...]:
    """The authorization directives that stand on the element itself."""
    return tuple(one for one in element.directives if one.specification in _DIRECTIVES)


def guard_of(directives: Iterable[MergedDirective]) -> Guard:
    """What several directives ask together."""
    guard: dict[str, Alternatives] = {}
    for directive in directives:
        known = guard.get(directive.specification, _NOTHING)
        pairs = itertools.product(known, _asked(directive))
        guard[directive.specification] = frozenset(one | other for one, other in pairs)
    return guard


def implies(guard: Guard, other: Guard) -> bool:
    """Whether whoever meets the guard meets the other one too, whichever alternative they meet it by."""
    return all(
        any(enough <= met for enough in asked)
        for directive, asked in other.items()
        for met in guard.get(directive, _NOTHING)
    )


def _asked(directive: MergedDirective) -> Alternatives:
    """What one directive asks; an empty list asks for nothing."""
    if directive.specification == "authenticated":
        return frozenset({frozenset({"authenticated"})})
    _, _, listed = directive.arguments.partition(":")
    return frozenset(alternatives(parse_const_value(listed))) or _NOTHING
