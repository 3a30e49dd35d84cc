"""Which headers pass between clients and subgraphs: those that are named, and none else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import httpx2
import pytest
from starlette.types import ASGIApp

from supergraph.composition import SubgraphSource, compose, read
from supergraph.configuration import Configuration, ConfigurationError
from supergraph.server.header_rules import header_rules
from supergraph.server.router import create_router
from supergraph.upstream import Endpoint, FunctionTransport, TransportRequest, TransportResponse
from supergraph.upstream.function import Answer

InProcess = Callable[[ASGIApp], httpx2.AsyncClient]

SENT = {
    "accept-language": "de",
    "authorization": "Bearer forged",
    "cookie": "session=1",
    "x-forwarded-for": "192.0.2.1",
    "x-client-address": "192.0.2.1",
    "x-token": "t",
}
OWN = {"content-type", "accept"}


class Graph:
    """A router over the subgraphs films and people, which answer with headers and keep those they are sent."""

    def __init__(self, client_of: InProcess, values: Mapping[str, object]) -> None:
        self.seen: dict[str, Mapping[str, str]] = {}
        self.answers: dict[str, dict[str, str]] = {"films": {}, "people": {}}
        sources = [SubgraphSource(name, "", f"type Query {{ {name}: String }}") for name in self.answers]
        sdl = compose(sources).supergraph_sdl
        assert sdl is not None
        endpoints = {
            name: Endpoint(f"http://{name}", FunctionTransport(self._subgraph(name))) for name in self.answers
        }
        outside = FunctionTransport(self._subgraph("films"))
        self.client = client_of(create_router(Configuration.of(values), read(sdl), endpoints, outside))

    def _subgraph(self, name: str) -> Answer:
        async def answer(request: TransportRequest) -> TransportResponse:
            self.seen[name] = request.headers
            return TransportResponse(200, self.answers[name], b'{"data":{"%s":"x"}}' % name.encode())

        return answer

    async def ask(self) -> httpx2.Response:
        return await self.client.post("/graphql", json={"query": "{ films people }"}, headers=SENT)

    def passed(self, subgraph: str) -> dict[str, str]:
        return {name: value for name, value in self.seen[subgraph].items() if name not in OWN}


WithValues = Callable[..., Graph]


@pytest.fixture
def graph(client_of: InProcess) -> WithValues:
    return lambda **values: Graph(client_of, values)


async def test_nothing_of_a_client_passes_that_is_not_named(graph: WithValues) -> None:
    plain = graph()
    await plain.ask()

    assert (plain.passed("films"), plain.passed("people")) == ({}, {})


async def test_what_is_named_passes_to_every_subgraph_and_nothing_else_does(graph: WithValues) -> None:
    some = graph(headers={"propagate": ["Accept-Language", "x-not-sent"], "set": {"X-Zone": "a"}})
    await some.ask()

    passed = {"accept-language": "de", "x-zone": "a"}
    assert (some.passed("films"), some.passed("people")) == (passed, passed)


async def test_a_header_that_can_be_forged_passes_where_it_is_named(graph: WithValues) -> None:
    some = graph(headers={"propagate": ["authorization"]})
    await some.ask()

    assert some.passed("films") == {"authorization": "Bearer forged"}


async def test_a_subgraph_may_get_more_and_less_than_the_others(graph: WithValues) -> None:
    own = {"propagate": ["x-token"], "set": {"x-zone": "b"}, "remove": ["accept-language", "x-team"]}
    everywhere = {"propagate": ["accept-language"], "set": {"x-zone": "a", "x-team": "a"}}
    some = graph(headers=everywhere, subgraphs={"films": {"headers": own}})
    await some.ask()

    assert some.passed("films") == {"x-token": "t", "x-zone": "b"}
    assert some.passed("people") == {"accept-language": "de", "x-zone": "a", "x-team": "a"}


async def test_a_fixed_header_outweighs_the_clients(graph: WithValues) -> None:
    some = graph(headers={"propagate": ["x-token"], "set": {"x-token": "router"}})
    await some.ask()

    assert some.passed("films") == {"x-token": "router"}


def test_a_header_that_is_sent_twice_is_one_list() -> None:
    rules = header_rules(Configuration.of({"headers": {"propagate": ["x-a"]}}))

    assert rules.of_client([(b"x-a", b"1"), (b"x-b", b"2"), (b"x-a", b"3")]) == {"x-a": "1, 3"}


@pytest.mark.parametrize("name", ["authorization", "x-client-address"])
@pytest.mark.parametrize(
    ("values", "key"),
    [
        (lambda name: {"headers": {"propagate": [name]}}, "headers"),
        (lambda name: {"headers": {"set": {name: "a"}}}, "headers"),
        (
            lambda name: {"subgraphs": {"films": {"headers": {"propagate": [name]}}}},
            "subgraphs.films.headers",
        ),
    ],
    ids=["propagate", "set", "subgraph"],
)
def test_nothing_passes_that_subgraphs_take_for_the_routers_word(
    values: Callable[[str], dict[str, object]], key: str, name: str
) -> None:
    configuration = Configuration.of({"identity": {"internal_tokens": True}, **values(name)})
    with pytest.raises(ConfigurationError, match=f"^{key}: '{name}' is how the router tells"):
        header_rules(configuration)


async def test_a_response_header_passes_to_the_client_only_where_it_is_named(graph: WithValues) -> None:
    some = graph(headers={"to_clients": ["X-Cost"]})
    some.answers["films"] = {"x-cost": "3", "x-secret": "s", "set-cookie": "a=b"}
    response = await some.ask()

    assert response.headers["x-cost"] == "3"
    assert not {"x-secret", "set-cookie"} & response.headers.keys()


async def test_different_values_are_joined_in_the_order_of_the_subgraphs(graph: WithValues) -> None:
    some = graph(headers={"to_clients": ["x-cost", "x-zone"]})
    some.answers["people"] = {"x-cost": "1", "x-zone": "a"}
    some.answers["films"] = {"x-cost": "3", "x-zone": "a"}
    response = await some.ask()

    assert (response.headers["x-cost"], response.headers["x-zone"]) == ("3, 1", "a")


async def test_one_subgraph_alone_may_say_something_to_clients(graph: WithValues) -> None:
    some = graph(subgraphs={"people": {"headers": {"to_clients": ["x-cost"]}}})
    some.answers = {"films": {"x-cost": "3"}, "people": {"x-cost": "1"}}

    assert (await some.ask()).headers["x-cost"] == "1"


async def test_a_batch_has_the_headers_of_all_its_operations(graph: WithValues) -> None:
    some = graph(headers={"to_clients": ["x-cost"]}, batching={"enabled": True})
    some.answers = {"films": {"x-cost": "3"}, "people": {"x-cost": "1"}}
    batch = [{"query": "{ films }"}, {"query": "{ people }"}]
    response = await some.client.post("/graphql", json=batch)

    assert response.headers["x-cost"] == "3, 1"
