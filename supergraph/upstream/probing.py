"""Asking endpoints how they are, before a client's request finds out."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from urllib.parse import urljoin
from weakref import WeakKeyDictionary

import structlog

from supergraph.upstream.endpoint import Endpoint
from supergraph.upstream.errors import SubgraphError
from supergraph.upstream.faults import is_fault
from supergraph.upstream.member import Member
from supergraph.upstream.pool import Pool
from supergraph.upstream.pooled import DirectUpstream
from supergraph.upstream.request import SubgraphRequest
from supergraph.upstream.transport import TransportError, TransportRequest

SMALLEST_QUERY = b'{"query":"{__typename}"}'
MOST_READ = 64 * 1024

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ProbeRule:
    """Each endpoint is asked every `interval` seconds, and has `timeout` seconds to answer.

    After `unhealthy` failures in a row it is left out, after `healthy` successes in a row it is taken back.
    """

    interval: float = 10.0
    timeout: float = 2.0
    unhealthy: int = 3
    healthy: int = 2


async def answers_path(endpoint: Endpoint, path: str) -> bool:
    """Whether a GET of this path at the endpoint's server succeeds."""
    url = urljoin(endpoint.url, path)
    request = TransportRequest(url, b"", {}, MOST_READ, method="GET", server=endpoint.server)
    try:
        return 200 <= (await endpoint.transport.send(request)).status < 300
    except TransportError:
        return False


async def answers_query(endpoint: Endpoint) -> bool:
    """Whether the endpoint answers the smallest query without a fault; to be refused is none."""
    try:
        reply = await DirectUpstream({"": endpoint}).fetch(SubgraphRequest("", SMALLEST_QUERY))
    except SubgraphError as error:
        return is_fault(error) is not True
    return is_fault(reply) is not True


class Probing:
    """Probes a pool's endpoints for as long as it is not closed; made inside a running event loop."""

    def __init__(self, subgraph: str, pool: Pool, rule: ProbeRule) -> None:
        self._subgraph = subgraph
        self._pool = pool
        self._rule = rule
        self._streaks: WeakKeyDictionary[Member, int] = WeakKeyDictionary()
        self._task = asyncio.create_task(self._run())

    async def aclose(self) -> None:
        """Probe no more."""
        self._task.cancel()
        await asyncio.wait({self._task})

    async def round(self) -> None:
        """Probe each endpoint once."""
        members = self._pool.members
        for member, answered in zip(members, await asyncio.gather(*map(self._ask, members)), strict=True):
            self._note(member, answered=answered)

    async def _run(self) -> None:
        while True:
            try:
                await self.round()
            except Exception:  # noqa: BLE001 - logged
                _log.exception("a round of probes failed", subgraph=self._subgraph)
            await asyncio.sleep(self._rule.interval * random.uniform(0.9, 1.1))  # noqa: S311 - no secret

    async def _ask(self, member: Member) -> bool:
        try:
            async with asyncio.timeout(self._rule.timeout):
                return member.probe is None or await member.probe()
        except TimeoutError:
            return False

    def _note(self, member: Member, *, answered: bool) -> None:
        """Count successes in a row above zero, failures below."""
        streak = self._streaks.get(member, 0)
        streak = self._streaks[member] = max(streak, 0) + 1 if answered else min(streak, 0) - 1
        if streak <= -self._rule.unhealthy and not member.sick:
            member.sick = member.suspect = True
            _log.warning("an endpoint does not answer probes", subgraph=self._subgraph, endpoint=member.url)
        elif streak >= self._rule.healthy:
            if member.sick:
                member.sick = False
                _log.info("an endpoint answers probes again", subgraph=self._subgraph, endpoint=member.url)
            if member.ejection.ejected:
                member.ejection.end()
