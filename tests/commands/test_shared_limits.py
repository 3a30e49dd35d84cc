"""Two router processes that share a limit in Redis."""

import uuid
from pathlib import Path

import httpx2
import pytest
import redis

from tests.commands.conftest import Command, Started, free_port, heard
from tests.conftest import redis_url


@pytest.mark.needs("redis")
async def test_two_processes_count_together(command: Command, started: Started, business: Path) -> None:
    assert command("compose").exit_code == 0
    prefix = f"test-{uuid.uuid4().hex}"
    (business / "shared.yaml").write_text(
        f"supergraph: supergraph.graphql\n"
        f"redis: {{url: '{redis_url()}', prefix: {prefix}, timeout_seconds: 5}}\n"
        f"rate_limits: {{store: redis, address: {{units: 5, seconds: 3600}}}}\n"
    )
    ports = free_port(), free_port()
    serve = ("serve", "--config", "shared.yaml", "--port")
    async with (
        started(*serve, str(ports[0])) as one,
        started(*serve, str(ports[1])) as other,
        httpx2.AsyncClient() as client,
    ):
        for process in (one, other):
            await heard(process, "/graphql")
        answers = [
            await client.post(f"http://127.0.0.1:{ports[n % 2]}/graphql", json={"query": "{ __typename }"})
            for n in range(7)
        ]

    with redis.Redis.from_url(redis_url()) as connection:
        for key in connection.scan_iter(f"{{{prefix}}}:*"):
            connection.delete(key)
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
