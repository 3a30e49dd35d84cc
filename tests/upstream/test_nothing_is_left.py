"""However fetches end, nothing of them is left: no request in flight, no turn taken, no time watched."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections import Counter
from pathlib import Path

import pytest

from supergraph.upstream import (
    Circuit,
    CircuitRule,
    Deadlines,
    EjectionRule,
    Endpoint,
    EndpointChannel,
    Flights,
    HttpTransport,
    Member,
    Pool,
    PooledUpstream,
    Retries,
    RetryBudget,
    SubgraphError,
    SubgraphRequest,
    Turns,
)
from supergraph.upstream.deadlines import running_deadlines
from tests.upstream.authority import Authority
from tests.upstream.gated import until
from tests.upstream.http_server import secured, serving

BODY = b'{"data":{"a":1}}'
WHOLE = b"HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n" + BODY
ANSWERS = {
    "whole": WHOLE,
    "chunked": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10\r\n" + BODY + b"\r\n0\r\n\r\n",
    "unavailable": b"HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n",
    "garbled": b"no HTTP at all\r\n\r\n",
    "cut": WHOLE[:-3],
    "surplus": WHOLE + WHOLE,
    "too large": b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n" + b" " * 5000,
    "nothing": b"",
}


class Moody:
    """Answers each request in one of the ways that there are, in its own time."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"{}")
                await asyncio.sleep(self._draw.choice([0, 0, 0.001, 0.02]))
                how = self._draw.choice(["whole", "whole", "whole", *ANSWERS])
                for piece in self._pieces(ANSWERS[how]):
                    writer.write(piece)
                    await asyncio.sleep(0)
                if how in {"cut", "nothing"} or self._draw.random() < 0.1:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _pieces(self, answer: bytes) -> list[bytes]:
        at = self._draw.randrange(len(answer) + 1)
        return [answer[:at], answer[at:]]


class Business:
    """One subgraph with all that the router has on the way, and what is known of its fetches."""

    def __init__(self, url: str, transport: HttpTransport) -> None:
        self.turns = Turns(5)
        self.flights: Flights = {}
        endpoint = Endpoint(url, transport, timeout=5, limit=1_000, turns=self.turns, timeout_header="x-time")
        self.members = [
            Member(
                endpoint.url,
                EndpointChannel(endpoint),
                circuit=Circuit(CircuitRule(requests=1_000)),
                rule=EjectionRule(failures=1_000),
            )
            for _ in range(2)
        ]
        retries = Retries(3, lambda: RetryBudget(share=0.5))
        self.upstream = PooledUpstream({"movies": Pool(self.members)}, retries=retries, flights=self.flights)

    def is_quiet(self, deadlines: Deadlines) -> bool:
        return not (self.flights or len(deadlines) or any(member.in_flight for member in self.members))

    def free_turns(self) -> int:
        taken = 0
        while self.turns.take(lambda: None):
            taken += 1
        return taken


@pytest.mark.parametrize(("seed", "secure"), [(0, False), (1, False), (2, True)])
async def test_however_fetches_end_nothing_of_them_is_left(seed: int, secure: bool, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    trust = ssl.create_default_context(cafile=authority.file)
    draw, outcomes = random.Random(seed), Counter[str]()  # noqa: S311 - no secret

    async def fetch(business: Business, number: int) -> None:
        request = SubgraphRequest(
            "movies",
            b"%d{}" % draw.randrange(8),
            {"authorization": draw.choice(["ada", "clive"])},
            repeatable=draw.random() < 0.9,
            timeout=draw.choice([None, 5.0, 0.03, 0.003, 0.0]),
        )
        await asyncio.sleep(number * 0.0005)
        fetching = asyncio.create_task(business.upstream.fetch(request))
        if draw.random() < 0.2:
            await asyncio.sleep(draw.choice([0, 0.001, 0.01]))
            fetching.cancel()
        await asyncio.wait({fetching})
        if fetching.cancelled():
            outcomes["cancelled"] += 1
        elif error := fetching.exception():
            assert isinstance(error, SubgraphError)
            outcomes[type(error).__name__] += 1
        else:
            assert fetching.result().data == {"a": 1}
            outcomes["reply"] += 1

    async with (
        serving(Moody(draw), secured(authority) if secure else None) as url,
        HttpTransport(tls=trust) as transport,
        asyncio.timeout(30),
    ):
        business = Business(url, transport)
        await asyncio.gather(*(fetch(business, number) for number in range(300)))
        await until(lambda: business.is_quiet(running_deadlines()))

        assert business.free_turns() == 5
    assert outcomes.keys() >= {"reply", "cancelled", "SubgraphTimeout", "SubgraphUnreachable"}
    assert outcomes.total() == 300
