"""Which fields of an operation the caller may not see."""

from __future__ import annotations

from supergraph.model import Supergraph
from supergraph.planning.normalizing.requirements import rules_on
from supergraph.planning.operation import Field
from supergraph.planning.permissions import Permissions
from supergraph.planning.query_plan import Denial


class Denials:
    """Looks up denials for one caller; without permissions given, nothing is denied."""

    def __init__(self, supergraph: Supergraph, permissions: Permissions | None) -> None:
        self._supergraph = supergraph
        self._permissions = permissions if supergraph.authorization else None

    def denial(self, concrete: str, field: Field) -> Denial | None:
        """Why a field of a concrete type is withheld; None where it is not."""
        if self._permissions is None:
            return None
        for coordinate, rule in rules_on(self._supergraph, concrete, field):
            denial = self._permissions.denial(coordinate, rule)
            if denial:
                return denial
        return None
