"""Who counts: all routers together, in Redis.

One script reckons all quotas of a request and charges them only if each suffices, so that nothing comes between, and a
request that is refused takes nothing. The clock is Redis's own. A key is gone once its quota is whole.

The library `limits` was weighed: it takes one limit after another, so that one which refuses has let the others count.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from supergraph.server.limiting.counters import Counters
from supergraph.server.limiting.rates import Charge, Standing, left
from supergraph.server.refusal import HttpRefusal
from supergraph.server.shared_redis import RedisAway, SharedRedis

SCRIPT = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local found, passes = {}, true
for i = 1, #KEYS do
  local seconds, takes = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local before = math.max(tonumber(redis.call('GET', KEYS[i]) or now), now)
  local retry = before + takes - now - seconds
  if retry > 0.000001 then
    passes = false
  else
    retry = 0
  end
  found[i] = {before, takes, retry}
end
local answer = {}
for i = 1, #KEYS do
  local whole = found[i][1]
  if passes then
    whole = whole + found[i][2]
  end
  if passes and ARGV[2 * #KEYS + 1] == '1' then
    redis.call('SET', KEYS[i], string.format('%.6f', whole), 'PX', math.ceil((whole - now) * 1000) + 1)
  end
  answer[i] = {string.format('%.6f', whole - now), string.format('%.6f', found[i][3])}
end
return answer
"""


class RedisCounters:
    """Counts in Redis; while it is away by `alone`, or, where that is None, nothing passes."""

    def __init__(self, redis: SharedRedis, alone: Counters | None) -> None:
        self._run = redis.script(SCRIPT)
        self._alone = alone

    async def charge(self, charges: Sequence[Charge], *, really: bool = True) -> Sequence[Standing]:
        """How the client stands with each quota.

        Raises:
            HttpRefusal: a 503, where Redis is away and nobody else may count.
        """
        keys = [f"rate:{charge.quota.name}:{charge.key}" for charge in charges]
        numbers = [number for charge in charges for number in (charge.quota.seconds, charge.takes)]
        try:
            answers = await self._run(keys, [*numbers, int(really)])
        except RedisAway as away:
            if self._alone is None:
                raise _away() from away
            return await self._alone.charge(charges, really=really)
        return [
            Standing(charge.quota, left(charge.quota, float(whole)), float(whole), float(retry))
            for charge, (whole, retry) in zip(charges, answers, strict=True)
        ]


def _away() -> HttpRefusal:
    return HttpRefusal(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "RATE_LIMITS_UNAVAILABLE",
        "How often you asked cannot be known just now: try again in a moment.",
        ((b"retry-after", b"1"),),
    )
