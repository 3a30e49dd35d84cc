"""Planning around subgraphs that are not to be asked."""

from __future__ import annotations

from collections.abc import Callable

from supergraph.model import Supergraph
from supergraph.planning.errors import PlanningError, UnreachableFieldError
from supergraph.planning.graph import Graph
from supergraph.planning.query_plan import QueryPlan

MOST_ATTEMPTS = 4


def plan_around(
    supergraph: Supergraph,
    labels: frozenset[str],
    avoid: frozenset[str],
    plan_on: Callable[[Graph], QueryPlan],
) -> QueryPlan | None:
    """The plan on a graph where the subgraphs to avoid have left what others resolve too; None where there is none.

    A field that cannot be had from those others, because nothing leads to them from its place, is kept where it
    was, and the rest goes elsewhere all the same.
    """
    kept = frozenset[str]()
    for _ in range(MOST_ATTEMPTS):
        try:
            return plan_on(Graph(supergraph, labels, avoid, kept))
        except UnreachableFieldError as error:
            if kept.issuperset(error.coordinates):
                return None
            kept |= frozenset(error.coordinates)
        except PlanningError:
            return None
    return None
