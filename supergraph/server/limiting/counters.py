"""Who counts: this process by itself. Its store is bounded; those who asked least recently are forgotten first."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Protocol

from supergraph.server.limiting.rates import Charge, Standing, standing


class Counters(Protocol):
    """Charges all quotas, or none where one of them does not suffice."""

    async def charge(self, charges: Sequence[Charge], *, really: bool = True) -> Sequence[Standing]:
        """How the client stands with each quota; where a `retry` is not 0 nothing was charged.

        Unless it is `really` to be charged, it is only said what would come of it.
        """
        ...


class MemoryCounters:
    """Counts for at most `remembered` clients of each quota together."""

    def __init__(self, remembered: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._remembered = remembered
        self._clock = clock
        self._whole_at: OrderedDict[tuple[str, str], float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._whole_at)

    async def charge(self, charges: Sequence[Charge], *, really: bool = True) -> Sequence[Standing]:
        """How the client stands with each quota."""
        now = self._clock()
        keys = [(charge.quota.name, charge.key) for charge in charges]
        reckoned = [
            standing(charge, self._whole_at.get(key, now), now)
            for charge, key in zip(charges, keys, strict=True)
        ]
        if really and all(found.retry == 0 for _, found in reckoned):
            for key, (whole_at, _) in zip(keys, reckoned, strict=True):
                self._whole_at[key] = whole_at
                self._whole_at.move_to_end(key)
            while len(self._whole_at) > self._remembered:
                self._whole_at.popitem(last=False)
        return [found for _, found in reckoned]
