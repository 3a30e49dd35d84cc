"""What routers share lies where all of them see it, where such a place is configured."""

from redis.asyncio import Redis

from tests.conftest import redis_url
from tests.journeys.conftest import Business, Client

RESET = 'requestPasswordReset(input: {email: "nobody@example.com"}) { accepted }'
OFTEN = 20
"""A count is gone from Redis once the client may do as much again: a second for each."""


async def test_what_clients_ask_for_is_counted_in_redis_where_there_is_one(
    business: Business, visitor: Client
) -> None:
    await visitor.data(f"mutation {{ {' '.join(f'r{number}: {RESET}' for number in range(OFTEN))} }}")
    prefix = business.environment.get("SUPERGRAPH_REDIS__PREFIX")
    if prefix is None:  # the embedded business keeps its counts in memory
        return
    async with Redis.from_url(redis_url()) as redis:
        keys = [key async for key in redis.scan_iter(f"{{{prefix}}}:rate:*")]
    assert any(b"requestPasswordReset" in key for key in keys), keys
