"""How the time that an operation has is shared out among its fetches."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any

import orjson
import pytest

from supergraph.execution import ANYONE, Caller, Engine, Options
from supergraph.upstream import Ended, GiveUp, Outcome, SubgraphReply, SubgraphRequest, SubgraphTimeout
from tests.execution.film_and_news import QUERY, REPLIES, film_and_news


class Subgraphs:
    """Answers after so many seconds of a clock that goes on by this alone, or never; keeps what each was granted."""

    def __init__(self, takes: Mapping[str, float]) -> None:
        self.granted: dict[str, float | None] = {}
        self._takes = takes
        self._now = 0.0

    def clock(self) -> float:
        return self._now

    def send(self, request: SubgraphRequest, ended: Ended) -> GiveUp:
        ended(self._outcome(request))
        return lambda: None

    def _outcome(self, request: SubgraphRequest) -> Outcome:
        self.granted[request.subgraph] = request.timeout
        assert request.timeout is not None
        takes = self._takes.get(request.subgraph, 0.0)
        self._now += min(takes, request.timeout)
        if takes > request.timeout:
            return SubgraphTimeout(request.subgraph, request.timeout)
        return SubgraphReply(orjson.loads(orjson.dumps(REPLIES[request.subgraph])))

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        outcome = self._outcome(request)
        assert isinstance(outcome, SubgraphReply)
        yield outcome


async def answer(
    subgraphs: Subgraphs, caller: Caller = ANYONE, *, query: str = QUERY, share: float = 0.2
) -> dict[str, Any]:
    engine = Engine(
        film_and_news(), subgraphs, options=Options(deadline=10.0, later_share=share), clock=subgraphs.clock
    )
    return (await engine.execute(engine.prepare(query), {}, caller)).as_dict()


async def test_a_fetch_has_what_is_left_but_for_the_share_of_each_step_that_waits_for_it() -> None:
    subgraphs = Subgraphs({})
    await answer(subgraphs)
    assert subgraphs.granted == pytest.approx({"films": 6.4, "stock": 8.0, "shops": 10.0, "news": 10.0})


async def test_a_late_subgraph_costs_its_own_fields_and_leaves_time_for_those_that_follow_others() -> None:
    subgraphs = Subgraphs({"films": 6.0, "stock": 3.0, "shops": 99.0})
    response = await answer(subgraphs, query="{ film { title copy { shelf } } }")
    assert response["data"] == {"film": {"title": "Nosferatu", "copy": {"shelf": None}}}
    assert [(error["path"], error["extensions"]["code"]) for error in response["errors"]] == [
        (["film", "copy", "shelf"], "SUBGRAPH_REQUEST_TIMEOUT")
    ]
    assert subgraphs.granted["shops"] == pytest.approx(1.0)


async def test_nothing_is_kept_for_later_steps_where_the_share_is_none() -> None:
    subgraphs = Subgraphs({})
    await answer(subgraphs, share=0.0)
    assert set(subgraphs.granted.values()) == {10.0}


@pytest.mark.parametrize(("patience", "granted"), [(2.0, 2.0), (99.0, 10.0)])
async def test_a_caller_may_wait_for_less_than_everybody_has_and_not_for_more(
    patience: float, granted: float
) -> None:
    subgraphs = Subgraphs({})
    await answer(subgraphs, Caller(patience=patience), query="{ news }")
    assert subgraphs.granted == pytest.approx({"news": granted})
