"""Endpoints behind a name: each address that DNS gives for it is one."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from urllib.parse import SplitResult, urlsplit

import structlog

from supergraph.upstream.member import Member
from supergraph.upstream.pool import Pool

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a host that listens on a port; raises `OSError` where there are none."""

_log = structlog.get_logger(__name__)


async def addresses(host: str, port: int) -> Sequence[str]:
    """Give all A and AAAA records of a name, as the system resolves it; raises `OSError`."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return sorted({str(address[0]) for *_, address in found})


class Discovery:
    """Keeps a pool's endpoints in step with the addresses behind the names in `urls`, every `interval` seconds.

    `member` makes an endpoint from the URL with an address in it, and the name, with its port, by which the server
    knows itself. Endpoints whose address stays keep what is known of them. Where a name cannot be resolved, its last
    addresses stay; until it could be for the first time, the name itself is asked. Made inside a running event loop.
    """

    def __init__(
        self,
        subgraph: str,
        urls: Sequence[str],
        member: Callable[[str, str], Member],
        interval: float,
        resolve: Resolve = addresses,
    ) -> None:
        self._subgraph = subgraph
        self._member = member
        self._interval = interval
        self._resolve = resolve
        self._found = {url: {url: member(url, "")} for url in urls}
        self._failing: set[str] = set()
        self.pool = Pool(self._members())
        self._task = asyncio.create_task(self._run())

    async def aclose(self) -> None:
        """Resolve no more."""
        self._task.cancel()
        await asyncio.wait({self._task})

    async def refresh(self) -> None:
        """Resolve each name once."""
        for url in self._found:
            await self._look_up(url)
        self.pool.replace(self._members())

    async def _run(self) -> None:
        while True:
            try:
                await self.refresh()
            except Exception:  # noqa: BLE001 - logged
                _log.exception("endpoints could not be looked up", subgraph=self._subgraph)
            await asyncio.sleep(self._interval)

    async def _look_up(self, url: str) -> None:
        place = urlsplit(url)
        host, port = place.hostname or "", place.port or (443 if place.scheme == "https" else 80)
        try:
            found = await self._resolve(host, port)
            if not found:
                raise OSError("the name has no address")  # noqa: TRY301 - as if it were not there
        except OSError as error:
            if url not in self._failing:
                self._failing.add(url)
                _log.warning(
                    "a name cannot be resolved: what was known stays",
                    subgraph=self._subgraph,
                    name=host,
                    reason=str(error),
                )
            return
        self._failing.discard(url)
        self._keep(url, place, port, found)

    def _keep(self, url: str, place: SplitResult, port: int, found: Sequence[str]) -> None:
        known = self._found[url]
        places = [place._replace(netloc=f"{_in_url(address)}:{port}").geturl() for address in found]
        if set(places) == known.keys():
            return
        _log.info("a subgraph's endpoints changed", subgraph=self._subgraph, endpoints=places)
        self._found[url] = {each: known.get(each) or self._member(each, place.netloc) for each in places}

    def _members(self) -> Iterator[Member]:
        for members in self._found.values():
            yield from members.values()


def _in_url(address: str) -> str:
    return f"[{address}]" if ":" in address else address
