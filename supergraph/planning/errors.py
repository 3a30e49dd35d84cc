"""What planning can refuse.

```
PlanningError
├── UnreachableFieldError      no subgraph can answer a field from where it stands
└── OperationTooComplexError   planning it would take more than its bounds
```
"""

from __future__ import annotations


class PlanningError(Exception):
    """An operation cannot be planned. The message is safe to show to a client."""


class UnreachableFieldError(PlanningError):
    """No way through the subgraphs answers the operation; a satisfiable supergraph never raises this."""

    def __init__(self, coordinates: tuple[str, ...]) -> None:
        self.coordinates = coordinates
        named = ", ".join(coordinates) or "a field"
        super().__init__(f"No subgraph can resolve {named} from here. Compose the supergraph again.")


class OperationTooComplexError(PlanningError):
    """The operation exceeds a bound of the planner."""

    def __init__(self, what: str, limit: int) -> None:
        self.limit = limit
        super().__init__(
            f"The operation is too complex to plan: more than {limit} {what}. Ask for less at once."
        )
