"""The arithmetic of rates: the generic cell rate algorithm (GCRA), with weights.

Of each client one number is kept: when its quota will be whole again. Each unit that it takes moves that by
`seconds / units`, and no further than `seconds` ahead of now. So a quota can be taken at once or spread, and there is
no edge of a window at which twice of it could be had.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `units` in `seconds`, under a name that clients may be told."""

    name: str
    units: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Charge:
    """So many units of a quota, for one client (`key`). More than the quota has takes all of it."""

    quota: Quota
    key: str
    weight: int = 1

    @property
    def takes(self) -> float:
        """By how many seconds the charge moves the time when the quota is whole again."""
        return min(self.weight, self.quota.units) * self.quota.seconds / self.quota.units


@dataclass(frozen=True, slots=True)
class Standing:
    """How a client stands with a quota: what is left of it, when it is whole again, when to try again.

    `retry` is 0 where the charge passed. Times are in seconds from now.
    """

    quota: Quota
    left: int
    whole: float
    retry: float = 0.0


def standing(charge: Charge, whole_at: float, now: float) -> tuple[float, Standing]:
    """When the quota is whole again after this charge, and how the client stands then.

    `whole_at` is when it would be without it. A charge that does not pass moves nothing.
    """
    quota = charge.quota
    before = max(whole_at, now)
    after = before + charge.takes
    if after - now > quota.seconds + 1e-9:
        return whole_at, Standing(quota, left(quota, before - now), before - now, after - now - quota.seconds)
    return after, Standing(quota, left(quota, after - now), after - now)


def left(quota: Quota, whole: float) -> int:
    """How many units are left where the quota is whole in so many seconds."""
    return max(0, math.floor((quota.seconds - whole) * quota.units / quota.seconds + 1e-6))
