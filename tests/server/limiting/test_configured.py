"""What of the limits is configured, refused, and kept over a reload."""

from typing import Any

import pytest
from pydantic import ValidationError

from supergraph.configuration import Configuration, ConfigurationError
from supergraph.model import Supergraph
from supergraph.server.parts import Parts
from supergraph.server.router import create_router
from supergraph.upstream import Endpoint
from tests.server.limiting.conftest import Routers, Subgraph


def test_a_limit_on_a_field_that_does_not_exist_is_refused(router: Routers) -> None:
    fields = {"Mutation.signInn": {"units": 5}}

    with pytest.raises(
        ConfigurationError, match=r"rate_limits\.fields\.Mutation\.signInn: the API has no such root"
    ):
        router(rate_limits={"fields": fields})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"rate_limits": {"store": "redis"}}, "`rate_limits.store: redis` needs `redis.url`"),
        ({"persisted_documents": {"store": "redis"}}, "`persisted_documents.store: redis` needs `redis.url`"),
        ({"trusted_proxies": ["10.0.0.0/33"]}, "is no address or network"),
        ({"redis": {"url": "http://redis"}}, "should match pattern"),
        ({"rate_limits": {"address": {"units": 0}}}, "greater than or equal to 1"),
        ({"limits": {"cost": {"mode": "warn"}}}, "'enforce' or 'measure'"),
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Configuration.of(values)


@pytest.mark.parametrize("values", [{"limits": {"cost": 5}}, {"limits": {"cost": {"max": 5}}}])
def test_a_number_alone_is_the_highest_cost(values: dict[str, Any]) -> None:
    assert Configuration.of(values).limits.cost.max == 5


def test_nobody_is_limited_in_time_and_no_proxy_is_trusted_unless_it_is_said() -> None:
    configuration = Configuration.of({})

    assert not configuration.rate_limits.enabled
    assert configuration.trusted_proxies == ()
    assert configuration.limits.cost.shown == "never"


@pytest.mark.parametrize("changed", [{}, {"limits": {"depth": 7}}])
def test_a_reload_forgets_nothing_of_what_was_counted(
    router: Routers, films: Supergraph, subgraph: Subgraph, changed: dict[str, Any]
) -> None:
    values = {"rate_limits": {"address": {"units": 5}}}
    former = router(**values)
    endpoints = {"films": Endpoint("http://films/graphql", subgraph)}
    successor = create_router(
        Configuration.of({**values, **changed}),
        films,
        endpoints,
        subgraph,
        parts=Parts(former and former.parts),
    )

    counting = {"RateLimits", "Slots", "Streams"}
    assert counting <= {type(part).__name__ for part in former.parts.without(Parts())}
    assert counting.isdisjoint({type(part).__name__ for part in former.parts.without(successor.parts)})
