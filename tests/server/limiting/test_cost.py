"""The cost of operations, through a socket: refused before, measured after, told to who asks and may know."""

import logging
from typing import Any

import httpx2
import pytest

from tests.server.limiting.conftest import Clients, Routers, Subgraph, ask, code_of

SHOWN = {"limits": {"cost": {"max": 50, "shown": "on-request"}}}
ASKED = {"supergraph-expose-cost": "true"}
SHELF = "query ($n: Int) { shelf(first: $n) { title } }"


async def test_what_is_estimated_to_cost_too_much_is_refused_and_nothing_is_fetched(
    asking: Clients, subgraph: Subgraph
) -> None:
    async with asking(limits={"cost": 50}) as client:
        cheap = await ask(client, SHELF, variables={"n": 50})
        dear = await ask(client, SHELF, variables={"n": 51})

    assert (code_of(cheap), code_of(dear)) == (None, "COST_ESTIMATED_TOO_EXPENSIVE")
    assert "data" not in dear.json()
    assert "cost 51, and may cost 50" in dear.json()["errors"][0]["message"]
    assert subgraph.asked == 1


async def test_a_page_of_a_thousand_million_is_refused_by_default(
    asking: Clients, subgraph: Subgraph
) -> None:
    async with asking() as client:
        answer = await ask(client, "{ shelf(first: 1000000000) { title } }")

    assert code_of(answer) == "COST_ESTIMATED_TOO_EXPENSIVE"
    assert subgraph.asked == 0


@pytest.mark.parametrize(
    "asked", [{"headers": ASKED}, {"extensions": {"cost": True}}], ids=["by header", "by extension"]
)
async def test_who_asks_for_the_cost_is_told_what_was_thought_and_what_it_was(
    asking: Clients, asked: dict[str, Any]
) -> None:
    async with asking(**SHOWN) as client:
        answer = await ask(client, "{ all { title } }", **asked)

    assert answer.json()["extensions"] == {
        "cost": {"estimated": 10, "actual": 1, "result": "COST_OK", "max": 50}
    }


async def test_who_does_not_ask_is_not_told(asking: Clients) -> None:
    async with asking(**SHOWN) as client:
        assert "extensions" not in (await ask(client)).json()


async def test_nobody_is_told_unless_the_configuration_allows_it(asking: Clients) -> None:
    async with asking(limits={"cost": 50}) as client:
        answer = await ask(client, headers=ASKED, extensions={"cost": True})

    assert answer.json() == {"data": {"hello": "Hello"}}


async def test_where_costs_are_only_measured_all_is_answered_and_the_log_tells(
    asking: Clients, caplog: pytest.LogCaptureFixture
) -> None:
    limits = {"cost": {"max": 20, "mode": "measure", "shown": "on-request"}}
    with caplog.at_level(logging.WARNING):
        async with asking(limits=limits) as client:
            answer = await ask(client, SHELF.replace("(", "Shelf(", 1), variables={"n": 30}, headers=ASKED)

    assert len(answer.json()["data"]["shelf"]) == 30
    assert answer.json()["extensions"]["cost"]["result"] == "COST_ACTUAL_TOO_EXPENSIVE"
    assert "COST_ESTIMATED_TOO_EXPENSIVE: operation Shelf is estimated to cost 30 of 20" in caplog.text
    assert "COST_ACTUAL_TOO_EXPENSIVE: operation Shelf cost 30 of 20" in caplog.text


async def test_where_costs_are_only_measured_each_answer_is_for_the_metrics_too(router: Routers) -> None:
    app = router(limits={"cost": {"mode": "measure"}}, telemetry={"metrics": True, "port": 0})
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://localhost") as client:
        await ask(client, "{ all { title } }")

    assert app.telemetry.metrics is not None
    text = app.telemetry.metrics.text().decode()
    assert 'supergraph_operation_cost_sum{stage="estimated"} 10.0' in text
    assert 'supergraph_operation_cost_sum{stage="actual"} 1.0' in text


async def test_what_costs_less_than_was_thought_is_told_as_estimated_too_high(asking: Clients) -> None:
    limits = {"cost": {"max": 5, "mode": "measure", "shown": "on-request"}}
    async with asking(limits=limits) as client:
        answer = await ask(client, "{ all { title } }", headers=ASKED)

    assert answer.json()["extensions"]["cost"] == {
        "estimated": 10,
        "actual": 1,
        "result": "COST_ESTIMATED_TOO_EXPENSIVE",
        "max": 5,
    }
