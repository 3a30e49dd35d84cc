"""Guards: which selections count, given the variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from supergraph.planning.query_plan import ALWAYS, Guard


class Decisions(dict[Guard, bool]):
    """Whether each guard holds for these variables; decided when first asked, and remembered."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        super().__init__({ALWAYS: True})
        self._variables = variables

    def __missing__(self, guard: Guard) -> bool:
        """Decide: any of the guard's conjunctions must hold."""
        variables = self._variables
        self[guard] = any(all(variables[term.variable] is term.value for term in terms) for terms in guard)
        return self[guard]
