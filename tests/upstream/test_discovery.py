"""Endpoints behind a name, over real sockets: the name leads to other addresses of loopback as a test says."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from supergraph.upstream import (
    Discovery,
    Endpoint,
    EndpointChannel,
    HttpTransport,
    Member,
    PooledUpstream,
    SubgraphRequest,
)
from supergraph.upstream.discovery import addresses
from tests.upstream.authority import Authority
from tests.upstream.conftest import listening
from tests.upstream.scripted import Scripted

READ = SubgraphRequest("movies", b'{"query":"{a}"}')


async def whom(request: Request) -> Response:
    """Says which address was called, and by which name."""
    assert request.scope["server"] is not None
    data = {"address": request.scope["server"][0], "host": request.headers["host"]}
    return JSONResponse({"data": data})


APP = Starlette(routes=[Route("/graphql", whom, methods=["POST"])])


class Name:
    """A name that leads where a test says."""

    def __init__(self, *found: str) -> None:
        self.found: Sequence[str] | OSError = found
        self.asked: list[tuple[str, int]] = []

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        if isinstance(self.found, OSError):
            raise self.found
        return self.found


class Fleet:
    """The same application at two addresses of loopback, and what looks it up."""

    def __init__(self, url: str, name: Name, transport: HttpTransport) -> None:
        self._transport = transport
        self.discovery = Discovery("movies", [url], self._member, 1e6, name.resolve)
        self.upstream = PooledUpstream({"movies": self.discovery.pool})

    def _member(self, url: str, server: str) -> Member:
        transport = self._transport
        return Member(url, EndpointChannel(Endpoint(url, transport, server=server)))

    async def answers(self, times: int = 20) -> set[tuple[str, str]]:
        replies = [await self.upstream.fetch(READ) for _ in range(times)]
        return {(reply.data["address"], reply.data["host"]) for reply in replies if reply.data}


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """The port at which both 127.0.0.1 and 127.0.0.2 answer."""
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(listening(APP))
        port = int(address.rpartition(":")[2])
        await stack.enter_async_context(listening(APP, "127.0.0.2", port))
        yield port


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    async with HttpTransport() as transport:
        yield transport


async def test_every_address_of_a_name_is_an_endpoint_and_sees_the_name(
    port: int, transport: HttpTransport
) -> None:
    name = Name("127.0.0.1", "127.0.0.2")
    fleet = Fleet(f"http://movies.test:{port}/graphql", name, transport)
    await fleet.discovery.refresh()
    host = f"movies.test:{port}"
    assert await fleet.answers() == {("127.0.0.1", host), ("127.0.0.2", host)}
    assert set(name.asked) == {("movies.test", port)}
    await fleet.discovery.aclose()


async def test_a_name_that_moves_is_followed(port: int, transport: HttpTransport) -> None:
    name = Name("127.0.0.1")
    fleet = Fleet(f"http://movies.test:{port}/graphql", name, transport)
    await fleet.discovery.refresh()
    assert {address for address, _ in await fleet.answers()} == {"127.0.0.1"}
    name.found = ["127.0.0.2"]
    await fleet.discovery.refresh()
    assert {address for address, _ in await fleet.answers()} == {"127.0.0.2"}
    await fleet.discovery.aclose()


@pytest.mark.parametrize("failure", [OSError("no answer"), ()])
async def test_the_last_good_addresses_stay_where_a_name_cannot_be_resolved(
    port: int, transport: HttpTransport, failure: OSError | Sequence[str]
) -> None:
    name = Name("127.0.0.2")
    fleet = Fleet(f"http://movies.test:{port}/graphql", name, transport)
    await fleet.discovery.refresh()
    name.found = failure
    await fleet.discovery.refresh()
    assert {address for address, _ in await fleet.answers()} == {"127.0.0.2"}
    await fleet.discovery.aclose()


async def test_an_endpoint_whose_address_stays_keeps_what_is_known_of_it(transport: HttpTransport) -> None:
    name = Name("127.0.0.1", "127.0.0.2")
    fleet = Fleet("http://movies.test/graphql", name, transport)
    await fleet.discovery.refresh()
    before = {member.url: member for member in fleet.discovery.pool.members}
    name.found = ["127.0.0.2", "::1"]
    await fleet.discovery.refresh()
    after = {member.url: member for member in fleet.discovery.pool.members}
    assert after.keys() == {"http://127.0.0.2:80/graphql", "http://[::1]:80/graphql"}
    assert after["http://127.0.0.2:80/graphql"] is before["http://127.0.0.2:80/graphql"]
    await fleet.discovery.aclose()


async def test_until_it_is_resolved_for_the_first_time_the_name_itself_is_asked(
    transport: HttpTransport,
) -> None:
    name = Name()
    name.found = OSError("no answer")
    fleet = Fleet("http://movies.test/graphql", name, transport)
    await fleet.discovery.refresh()
    assert [member.url for member in fleet.discovery.pool.members] == ["http://movies.test/graphql"]
    await fleet.discovery.aclose()


async def test_a_name_is_looked_up_at_once_and_again_at_the_interval(transport: HttpTransport) -> None:
    looked_up, twice = 0, asyncio.Event()

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        nonlocal looked_up
        looked_up += 1
        if looked_up == 2:
            twice.set()
        return ["127.0.0.1"]

    discovery = Discovery("movies", ["http://m/"], lambda url, _: Member(url, Scripted()), 0.001, resolve)
    async with asyncio.timeout(10):
        await twice.wait()
    await discovery.aclose()


async def test_the_system_resolves_names() -> None:
    assert "127.0.0.1" in await addresses("localhost", 80)


@pytest.mark.parametrize(("named", "answers"), [("movies.test", True), ("other.test", False)])
async def test_an_endpoint_behind_a_name_must_hold_the_certificate_of_that_name(
    tmp_path: Path, named: str, answers: bool
) -> None:
    authority = Authority(tmp_path)
    cert, key = authority.issue(named)
    config = uvicorn.Config(
        APP, port=0, log_level="critical", timeout_graceful_shutdown=1, ssl_certfile=cert, ssl_keyfile=key
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn says so by this flag only
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with HttpTransport(tls=ssl.create_default_context(cafile=authority.file)) as transport:
        fleet = Fleet(f"https://movies.test:{port}/graphql", Name("127.0.0.1"), transport)
        await fleet.discovery.refresh()
        if answers:
            assert await fleet.answers(1) == {("127.0.0.1", f"movies.test:{port}")}
        else:
            with pytest.raises(Exception, match=r"(?i)certificate"):
                await fleet.answers(1)
        await fleet.discovery.aclose()
    server.should_exit = True
    await serving
