"""What an operation costs the engine that is asked again and again: no socket, and replies that are there at once.

    python -m bench.hot         the queries of `bench.routers`, one line each, in microseconds of CPU

`execute` is all from the operation's text to the response, `shape` what of it makes the response's dictionaries of the
replies, `dump` the response as JSON after that. Each is the least of many runs, since nothing can make a run too fast.
`calls` are the Python calls of `execute`, which do not depend on the machine.
"""

from __future__ import annotations

import asyncio
import cProfile
import pstats
from collections.abc import AsyncGenerator, Callable
from time import perf_counter
from typing import Any
from unittest.mock import patch

import orjson

from bench.routers.world import QUERIES, SDLS, data
from supergraph.composition import SubgraphSource, compose, read
from supergraph.execution import ANYONE, Engine
from supergraph.execution.compiled import RunningProgram
from supergraph.upstream import Ended, GiveUp, SubgraphReply, SubgraphRequest
from tests.federation.subgraph import DataSubgraph

ROUNDS = 400


class Replies:
    """An upstream that remembers each reply."""

    def __init__(self) -> None:
        own = data()
        self._subgraphs = {name: DataSubgraph(sdl, own[name]) for name, sdl in SDLS.items()}
        self._replies: dict[tuple[str, bytes], SubgraphReply] = {}
        self.fetches = 0

    def send(self, request: SubgraphRequest, ended: Ended) -> GiveUp:
        """Gives the reply."""
        ended(self._reply(request))
        return lambda: None

    def _reply(self, request: SubgraphRequest) -> SubgraphReply:
        self.fetches += 1
        key = (request.subgraph, request.body)
        if key not in self._replies:
            asked = orjson.loads(request.body)
            reply = self._subgraphs[request.subgraph].execute(asked["query"], asked.get("variables"))
            self._replies[key] = SubgraphReply(orjson.loads(orjson.dumps(reply["data"])))
        return self._replies[key]

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        """Gives the reply as the only event."""
        yield self._reply(request)


class Hot:
    """One operation, executed again and again."""

    def __init__(self, text: str) -> None:
        composition = compose([SubgraphSource(name, f"http://{name}", sdl) for name, sdl in SDLS.items()])
        assert composition.supergraph_sdl is not None  # noqa: S101 - written here
        self.replies = Replies()
        self._engine = Engine(read(composition.supergraph_sdl), self.replies)
        self._text = text
        self.shaping = 0.0

    async def execute(self) -> dict[str, Any]:
        """From text to response."""
        prepared = self._engine.prepare(self._text)
        return (await self._engine.execute(prepared, None, ANYONE)).as_dict()

    async def least(self) -> tuple[float, float, float]:
        """What `execute`, `shape` and `dump` take at least, in microseconds."""
        whole, shapes, dumps = float("inf"), float("inf"), float("inf")
        for _ in range(ROUNDS):
            began = perf_counter()
            response = await self.execute()
            whole = min(whole, perf_counter() - began)
            began = perf_counter()
            orjson.dumps(response)
            dumps = min(dumps, perf_counter() - began)
        with patch.object(RunningProgram, "shape", self._timed(RunningProgram.shape)):
            for _ in range(ROUNDS):
                await self.execute()
                shapes = min(shapes, self.shaping)
        return whole * 1e6, shapes * 1e6, dumps * 1e6

    def _timed(self, shape: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any) -> Any:
            began = perf_counter()
            shaped = shape(*given)
            self.shaping = perf_counter() - began
            return shaped

        return timed

    async def calls(self) -> float:
        """How many Python calls one execution makes."""
        profile = cProfile.Profile()
        profile.enable()
        await self.execute()
        profile.disable()
        return pstats.Stats(profile).total_calls  # pyright: ignore[reportAttributeAccessIssue] - it has them


async def main() -> None:
    """Print the table."""
    print(f"{'query':18}{'fetches':>9}{'execute':>10}{'shape':>10}{'dump':>10}{'calls':>9}{'bytes':>9}")
    for what, text in QUERIES.items():
        hot = Hot(text)
        for _ in range(4):
            await hot.execute()
        hot.replies.fetches = 0
        response = await hot.execute()
        fetches = hot.replies.fetches
        execute, shape, dump = await hot.least()
        size, calls = len(orjson.dumps(response)), await hot.calls()
        print(f"{what:18}{fetches:9}{execute:10.1f}{shape:10.1f}{dump:10.1f}{calls:9.0f}{size:9}")


if __name__ == "__main__":
    asyncio.run(main())
