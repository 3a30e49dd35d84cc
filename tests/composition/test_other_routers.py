"""What we compose, other routers load unchanged: they plan with it and answer from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from supergraph.composition import SubgraphSource, compose

pytestmark = pytest.mark.needs("node")

SCHEMA = Path(__file__).parents[2] / "schema"
LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated"])'
)
FILMS = SubgraphSource(
    "films",
    "http://films",
    f'{LINK} type Query {{ film: Film }} type Film @key(fields: "id") {{ id: ID! name: String }}',
)
STARS = SubgraphSource(
    "stars", "http://stars", f'{LINK} type Film @key(fields: "id") {{ id: ID! stars: Int }}'
)
GUARDED_STARS = SubgraphSource(
    STARS.name, STARS.url, STARS.sdl.replace("stars: Int", "stars: Int @authenticated")
)
Router = Callable[..., dict]


@pytest.fixture(scope="module")
def shop() -> str:
    return (SCHEMA / "supergraph.graphql").read_text()


def subgraphs_in(plan: Any) -> set[str]:
    """The subgraphs that a plan asks."""
    if isinstance(plan, list):
        return {name for part in plan for name in subgraphs_in(part)}
    if not isinstance(plan, dict):
        return set()
    own = {plan["serviceName"]} if "serviceName" in plan else set()
    return own | {name for part in plan.values() for name in subgraphs_in(part)}


@pytest.mark.parametrize("router", ["hive", "apollo"])
@pytest.mark.parametrize("example", sorted(path.stem for path in (SCHEMA / "examples").glob("*.graphql")))
def test_another_router_plans_the_shop_s_examples(
    router: str, example: str, shop: str, other_router: Router
) -> None:
    answer = other_router(router, shop, (SCHEMA / "examples" / f"{example}.graphql").read_text())
    assert answer["errors"] == []
    asked = subgraphs_in(answer["plan"])
    assert asked
    assert asked <= {"movies", "users", "rentals"}


def test_apollo_s_gateway_answers_from_a_supergraph_of_ours(other_router: Router) -> None:
    supergraph = compose([FILMS, STARS]).supergraph_sdl
    answers = {
        "films": {"film": {"__typename": "Film", "id": "1", "name": "Heat"}},
        "stars": {"_entities": [{"stars": 5}]},
    }
    answer = other_router("gateway", supergraph, "{ film { name stars } }", answers=answers)
    assert (answer["data"], answer["errors"]) == ({"film": {"name": "Heat", "stars": 5}}, [])
    assert [one["subgraph"] for one in answer["asked"]] == ["films", "stars"]


def test_apollo_s_node_gateway_refuses_guarded_supergraphs_whoever_composed_them(
    other_router: Router, oracle: Callable[..., dict]
) -> None:
    guarded = (FILMS, GUARDED_STARS)
    ours = other_router("gateway", compose(guarded).supergraph_sdl, "{ __typename }", answers={})
    theirs = other_router("gateway", oracle("apollo", guarded)["supergraph"], "{ __typename }", answers={})
    refusal = "feature https://specs.apollo.dev/authenticated/v0.1 is for: SECURITY but is unsupported"
    assert refusal in ours["errors"][0]
    assert refusal in theirs["errors"][0]
