"""How often clients may ask: by address, by token, all together, and for certain fields."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from supergraph.configuration import FieldRateConfiguration, RateConfiguration, RateLimitsConfiguration
from supergraph.execution import Caller, Prepared, Variables
from supergraph.execution.costs.amounts import holds
from supergraph.server.limiting.counters import Counters
from supergraph.server.limiting.rates import Charge, Quota, Standing
from supergraph.server.networks import network_of
from supergraph.server.refusal import HttpRefusal

Standings = Sequence[Standing]
Headers = tuple[tuple[bytes, bytes], ...]

EVERYBODY = "all"


class RateLimited(HttpRefusal):
    """A 429: a client has asked too often, and is told when it may again.

    With the header fields of draft-ietf-httpapi-ratelimit-headers; where there is no header the error says it.
    """

    def __init__(self, standings: Standings) -> None:
        self.standings = standings
        self.seconds = max(1, _whole_seconds(max(standing.retry for standing in standings)))
        super().__init__(
            HTTPStatus.TOO_MANY_REQUESTS,
            "RATE_LIMITED",
            f"Too many requests: try again in {self.seconds} s.",
            ((b"retry-after", b"%d" % self.seconds), *rate_headers(standings)),
        )

    @property
    def payload(self) -> dict[str, Any]:
        """The GraphQL response that tells of it."""
        extensions = {"code": self.code, "retryAfter": self.seconds}
        return {"errors": [{"message": self.message, "extensions": extensions}]}


@dataclass(frozen=True, slots=True)
class _FieldQuota:
    quota: Quota
    per: str


class RateLimits:
    """Charges each operation to the quotas that apply to it; all of them must suffice, else none is charged."""

    def __init__(self, configuration: RateLimitsConfiguration, counters: Counters) -> None:
        self._counters = counters
        self._by_cost = configuration.weight == "cost"
        self._address = _quota("address", configuration.address)
        self._subject = _quota("subject", configuration.subject)
        self._all = _quota(EVERYBODY, configuration.all)
        self._fields = {name: _field_quota(name, each) for name, each in configuration.fields.items()}

    async def charge(self, prepared: Prepared, variables: Variables, caller: Caller) -> Standings:
        """How the caller stands after this operation.

        Raises:
            RateLimited: a quota does not suffice.
            HttpRefusal: a 503, where it cannot be known and nothing may pass then.
        """
        weight = max(1, variables.cost or 1) if self._by_cost else 1
        charges = [*self._charges(weight, caller), *self._field_charges(prepared, variables, caller)]
        if not charges:
            return ()
        standings = await self._counters.charge(charges)
        if any(standing.retry > 0 for standing in standings):
            raise RateLimited(standings)
        return standings

    async def look(self, caller: Caller) -> None:
        """See that the caller has a unit left, before there is work to do to know what it asks for.

        Raises:
            RateLimited: there is none.
            HttpRefusal: a 503, as above.
        """
        await self._unit(caller, really=False)

    async def charge_unit(self, caller: Caller) -> None:
        """Charge a unit for work that is no operation; raises as `look` does."""
        await self._unit(caller, really=True)

    async def _unit(self, caller: Caller, *, really: bool) -> None:
        if charges := list(self._charges(1, caller)):
            standings = await self._counters.charge(charges, really=really)
            if any(standing.retry > 0 for standing in standings):
                raise RateLimited(standings)

    async def charge_refused(self, caller: Caller) -> None:
        """Charge a unit for a request that is refused for what it says: to find that was work too."""
        if charges := list(self._charges(1, caller)):
            await self._counters.charge(charges)

    def _charges(self, weight: int, caller: Caller) -> Iterator[Charge]:
        if self._address is not None and caller.address is not None:
            yield Charge(self._address, network_of(caller.address), weight)
        if self._subject is not None and caller.subject is not None:
            yield Charge(self._subject, caller.subject, weight)
        if self._all is not None:
            yield Charge(self._all, EVERYBODY, weight)

    def _field_charges(self, prepared: Prepared, variables: Variables, caller: Caller) -> Iterator[Charge]:
        if not self._fields:
            return
        for name, times in _root_fields(prepared, variables.values).items():
            limited = self._fields.get(name)
            key = None if limited is None else _key(limited.per, caller)
            if limited is not None and key is not None:
                yield Charge(limited.quota, key, times)


def least(standings: Iterable[Standing]) -> Standings:
    """Of each quota the standing after which least is left, as several operations of one request leave it."""
    found: dict[str, Standing] = {}
    for standing in standings:
        name = standing.quota.name
        if name not in found or standing.left < found[name].left:
            found[name] = standing
    return tuple(found.values())


def rate_headers(standings: Standings) -> Headers:
    """`RateLimit-Policy` and `RateLimit`: the quotas that are the client's own, and what is left of them."""
    if not standings:
        return ()
    own = [standing for standing in standings if standing.quota.name != EVERYBODY]
    if not own:
        return ()
    policies = ", ".join(
        f'"{each.quota.name}";q={each.quota.units};w={_whole_seconds(each.quota.seconds)}' for each in own
    )
    limits = ", ".join(f'"{each.quota.name}";r={each.left};t={_whole_seconds(each.whole)}' for each in own)
    return ((b"ratelimit-policy", policies.encode()), (b"ratelimit", limits.encode()))


def _whole_seconds(seconds: float) -> int:
    """Rounded up, but not for what is left of reckoning with fractions."""
    return math.ceil(round(seconds, 3))


def _quota(name: str, rate: RateConfiguration | None) -> Quota | None:
    return None if rate is None else Quota(name, rate.units, rate.seconds)


def _field_quota(name: str, rate: FieldRateConfiguration) -> _FieldQuota:
    return _FieldQuota(Quota(name, rate.units, rate.seconds), rate.per)


def _key(per: str, caller: Caller) -> str | None:
    if per == "subject":
        return caller.subject
    if per == "address":
        return None if caller.address is None else network_of(caller.address)
    return EVERYBODY


def _root_fields(prepared: Prepared, values: Mapping[str, Any]) -> Counter[str]:
    """How often each root field is asked for: under each alias once."""
    return Counter(
        f"{root}.{field.name}"
        for root, fields in prepared.operation.selections.fields.items()
        for field in fields
        if holds(field.guard, values)
    )
