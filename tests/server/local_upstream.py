"""A supergraph of one subgraph, answered from a schema of this process."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import orjson
from graphql import GraphQLError, build_schema, execute, parse, subscribe

from supergraph.composition import SubgraphSource, compose, read
from supergraph.model import Supergraph
from supergraph.upstream import Ended, GiveUp, SubgraphReply, SubgraphRequest

SDL = """
type Query { hello(name: String): String, authorization: String, broken: String, crash: String }
type Mutation { count: Int }
type Subscription { numbers(to: Int!): Int }
"""


def local_supergraph() -> Supergraph:
    composition = compose([SubgraphSource("local", "http://local/graphql", SDL)])
    assert composition.supergraph_sdl is not None
    return read(composition.supergraph_sdl)


class LocalUpstream:
    """Carries requests to resolvers; knows how often the mutation ran and how many subscriptions are open."""

    def __init__(self) -> None:
        self.counted = 0
        self.subscribed = 0
        self._schema = build_schema(SDL)

    def send(self, request: SubgraphRequest, ended: Ended) -> GiveUp:
        ended(self.reply(request))
        return lambda: None

    def reply(self, request: SubgraphRequest) -> SubgraphReply:
        body = orjson.loads(request.body)
        if "crash" in body["query"]:
            raise RuntimeError("a secret of the router")
        result = execute(self._schema, parse(body["query"]), self, request, body.get("variables"))
        assert not isinstance(result, asyncio.Future)
        return SubgraphReply(result.data, [dict(error.formatted) for error in result.errors or ()])  # pyright: ignore[reportAttributeAccessIssue] - no resolver is asynchronous

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        body = orjson.loads(request.body)
        events: Any = subscribe(self._schema, parse(body["query"]), self, request, body.get("variables"))
        async with aclosing(events):
            async for result in events:
                yield SubgraphReply(result.data)

    def hello(self, _info: Any, name: str | None = None) -> str:
        return f"Hello, {name or 'you'}"

    def authorization(self, _info: Any) -> str | None:
        return _info.context.headers.get("authorization")

    def broken(self, _info: Any) -> str:
        raise GraphQLError("it is broken", extensions={"code": "OUT_OF_ORDER"})

    def count(self, _info: Any) -> int:
        self.counted += 1
        return self.counted

    async def numbers(self, _info: Any, to: int) -> AsyncGenerator[dict[str, int]]:
        """Numbers below `to`; for 0 none, and no end."""
        self.subscribed += 1
        try:
            for number in range(to):
                yield {"numbers": number}
            if to == 0:
                await asyncio.Event().wait()
        finally:
            self.subscribed -= 1


async def until(condition: Callable[[], bool]) -> None:
    """Waits for what happens elsewhere, five seconds at most."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - there is nothing that would tell
            await asyncio.sleep(0.01)
