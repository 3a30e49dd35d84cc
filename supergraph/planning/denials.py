"""Which fields of an operation the caller may not see."""

from __future__ import annotations

from supergraph.model import Supergraph
from supergraph.planning.normalizing.requirements import rules_on
from supergraph.planning.operation import Field, Operation
from supergraph.planning.permissions import Permissions
from supergraph.planning.query_plan import Denial


class Denials:
    """Looks up denials in an operation for one caller; nothing is denied to who meets all that it touches.

    Nor is anything without permissions given.
    """

    def __init__(self, supergraph: Supergraph, operation: Operation, permissions: Permissions | None) -> None:
        self._supergraph = supergraph
        met = permissions is None or all(map(permissions.meets, operation.requirements.values()))
        self._permissions = None if met else permissions

    def denial(self, concrete: str, field: Field) -> Denial | None:
        """Why a field of a concrete type is withheld; None where it is not."""
        if self._permissions is None:
            return None
        for coordinate, rule in rules_on(self._supergraph, concrete, field):
            denial = self._permissions.denial(coordinate, rule)
            if denial:
                return denial
        return None
