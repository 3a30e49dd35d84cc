"""Which subgraphs are down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import structlog

from supergraph.upstream.member import Member
from supergraph.upstream.pool import Pool

NONE = frozenset[str]()

_log = structlog.get_logger(__name__)


class Outages:
    """Knows the subgraphs none of whose endpoints is to be asked; what changes of that is logged.

    To ask is one comparison while all are well.
    """

    def __init__(self, pools: Mapping[str, Pool]) -> None:
        self._pools = dict(pools)
        self.down = NONE
        """Those that are down, as far as anybody has asked."""
        self.avoidances = 0
        """How many requests were to do without a subgraph."""
        self._all_well_at: int | None = None

    def avoided(self) -> frozenset[str]:
        """Give the subgraphs that a new request should do without where it can.

        One that comes back is not given to one request in a while, which thereby tries it.
        """
        suspicions = Member.suspicions
        if suspicions == self._all_well_at:
            return NONE
        suspects = [name for name, pool in self._pools.items() if pool.suspect]
        if not suspects and not self.down:
            self._all_well_at = suspicions
            return NONE
        self._note(frozenset(name for name in suspects if not self._pools[name].look()))
        avoided = frozenset(name for name in suspects if not self._pools[name].admits())
        self.avoidances += bool(avoided)
        return avoided

    def endpoints(self) -> Iterator[tuple[str, int, int]]:
        """Give how many endpoints each subgraph has that take requests, and how many that do not."""
        for name, pool in self._pools.items():
            available = sum(member.available for member in pool.members)
            yield name, available, len(pool.members) - available

    def _note(self, down: frozenset[str]) -> None:
        for name in sorted(down - self.down):
            _log.warning("a subgraph is down: others are asked for what they resolve too", subgraph=name)
        for name in sorted(self.down - down):
            _log.info("a subgraph is no longer down", subgraph=name)
        self.down = down
