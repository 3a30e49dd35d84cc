"""What the planning tests share: supergraphs composed from a few lines of SDL, and plans of operations on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import parse, validate

from supergraph.composition import SubgraphSource, compose, read
from supergraph.model import Supergraph
from supergraph.planning import Permissions, QueryPlan, normalize, plan
from supergraph.planning.query_plan import Fetch
from tests.planning.plan_checker import problems
from tests.planning.subgraph_sdl import SubgraphSdl

LINK = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@external", "@requires", "@provides", "@shareable", "@override", "@inaccessible", "@interfaceObject",
  "@authenticated", "@requiresScopes", "@policy", "@context", "@fromContext"
])
"""


@dataclass(frozen=True)
class Case:
    """A supergraph and the subgraphs that it was composed from."""

    supergraph: Supergraph
    subgraphs: Mapping[str, SubgraphSdl]

    def plan(
        self,
        query: str,
        permissions: Permissions | None = None,
        *,
        labels: frozenset[str] = frozenset(),
        avoid: frozenset[str] = frozenset(),
        explain: bool = False,
    ) -> QueryPlan:
        """The plan of an operation, after it was found sound."""
        document = parse(query)
        assert validate(self.supergraph.api, document) == []
        operation = normalize(self.supergraph, document)
        made = plan(self.supergraph, operation, permissions, labels=labels, avoid=avoid, explain=explain)
        assert problems(made, self.subgraphs, self.supergraph.schema) == []
        return made


def federation(**subgraphs: str) -> Case:
    """Compose subgraphs, each linked to Federation 2."""
    return federation_of({name: LINK + sdl for name, sdl in subgraphs.items()})


def federation_of(sdls: Mapping[str, str]) -> Case:
    """Compose subgraphs as they are written."""
    composition = compose([SubgraphSource(name, f"http://{name}", sdl) for name, sdl in sdls.items()])
    assert composition.supergraph_sdl is not None, "\n".join(map(str, composition.errors))
    return Case(read(composition.supergraph_sdl), {name: SubgraphSdl(sdl) for name, sdl in sdls.items()})


def calls(plan: QueryPlan) -> list[list[str]]:
    """The subgraphs that are called in each step."""
    steps: list[list[str]] = [[] for _ in range(plan.steps)]
    for fetch, depth in zip(plan.fetches, plan.depths, strict=True):
        steps[depth - 1].append(fetch.subgraph)
    return [sorted(step) for step in steps]


def fetch_from(plan: QueryPlan, subgraph: str) -> Fetch:
    """The only fetch from a subgraph."""
    (fetch,) = [each for each in plan.fetches if each.subgraph == subgraph]
    return fetch
