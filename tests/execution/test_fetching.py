"""Fetches run as soon as they can, and none is left under way when its operation is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextvars import ContextVar
from typing import Any

import orjson
import pytest

from supergraph.execution import ANYONE, Engine
from supergraph.upstream import Ended, GiveUp, Outcome, SubgraphReply, SubgraphRequest
from tests.execution.film_and_news import QUERY, REPLIES, film_and_news

ANSWER = {"data": {"film": {"title": "Nosferatu", "copy": {"shelf": "B"}}, "news": "open late"}}
WHO: ContextVar[str] = ContextVar("who", default="nobody")


class Held:
    """Holds every request until it is told how it ends; notes who asked, and what was given up."""

    def __init__(self) -> None:
        self.under_way: dict[str, Ended] = {}
        self.given_up: list[str] = []
        self.asked_by: dict[str, str] = {}

    def send(self, request: SubgraphRequest, ended: Ended) -> GiveUp:
        self.under_way[request.subgraph] = ended
        self.asked_by[request.subgraph] = WHO.get()
        return lambda: self.given_up.append(request.subgraph)

    def reply(self, subgraph: str) -> None:
        self.end(subgraph, SubgraphReply(orjson.loads(orjson.dumps(REPLIES[subgraph]))))

    def end(self, subgraph: str, outcome: Outcome) -> None:
        self.under_way.pop(subgraph)(outcome)

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:  # noqa: ARG002 - the protocol names it
        raise NotImplementedError
        yield


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def engine(held: Held) -> Engine:
    return Engine(film_and_news(), held)


async def begun(engine: Engine) -> asyncio.Task[Any]:
    """The operation, with its first fetches under way."""
    task = asyncio.create_task(engine.execute(engine.prepare(QUERY), {}, ANYONE))
    await asyncio.sleep(0)
    return task


async def test_fetches_that_follow_none_are_under_way_together(engine: Engine, held: Held) -> None:
    task = await begun(engine)
    assert set(held.under_way) == {"films", "news"}
    task.cancel()


async def test_a_reply_begins_what_waited_for_it_while_others_are_under_way(
    engine: Engine, held: Held
) -> None:
    task = await begun(engine)
    held.reply("films")
    held.reply("stock")
    assert set(held.under_way) == {"news", "shops"}
    task.cancel()


async def test_the_last_reply_makes_the_response_whichever_it_is(engine: Engine, held: Held) -> None:
    for order in (("news", "films", "stock", "shops"), ("films", "stock", "shops", "news")):
        task = await begun(engine)
        for subgraph in order:
            held.reply(subgraph)
        assert (await task).as_dict() == ANSWER


async def test_an_operation_that_is_cancelled_gives_up_what_is_under_way(engine: Engine, held: Held) -> None:
    task = await begun(engine)
    held.reply("films")
    task.cancel()
    await asyncio.wait({task})
    assert sorted(held.given_up) == ["news", "stock"]


async def test_a_reply_that_comes_too_late_for_its_operation_begins_nothing(
    engine: Engine, held: Held
) -> None:
    task = await begun(engine)
    task.cancel()
    await asyncio.wait({task})
    held.reply("films")
    assert "stock" not in held.under_way


async def test_a_fault_of_our_own_ends_the_operation_and_gives_up_the_other_fetches(
    engine: Engine, held: Held
) -> None:
    task = await begun(engine)
    held.end("films", LookupError("a bug"))
    with pytest.raises(LookupError, match="a bug"):
        await task
    assert held.given_up == ["news"]


async def test_later_fetches_see_the_context_of_whoever_began_the_operation(
    engine: Engine, held: Held
) -> None:
    WHO.set("ada")
    task = await begun(engine)
    WHO.set("somebody else")
    for subgraph in ("news", "films", "stock", "shops"):
        held.reply(subgraph)
    await task
    assert set(held.asked_by.values()) == {"ada"}


class AtOnce(Held):
    """Replies before `send` returns, and keeps how deep the calls were."""

    def __init__(self) -> None:
        super().__init__()
        self.working = 0
        self.deepest = 0

    def send(self, request: SubgraphRequest, ended: Ended) -> GiveUp:
        self.working += 1
        self.deepest = max(self.deepest, self.working)
        give_up = super().send(request, ended)
        self.reply(request.subgraph)
        self.working -= 1
        return give_up


async def test_replies_that_are_there_at_once_are_taken_in_one_after_the_other() -> None:
    upstream = AtOnce()
    engine = Engine(film_and_news(), upstream)
    assert (await engine.execute(engine.prepare(QUERY), {}, ANYONE)).as_dict() == ANSWER
    assert upstream.deepest == 1
