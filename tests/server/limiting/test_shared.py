"""What several routers share in Redis: how often clients asked, and documents."""

import asyncio
import hashlib
from typing import Any

import pytest
import redis

from supergraph.server import shared_redis
from tests.conftest import redis_url
from tests.server.limiting.conftest import Clients, Subgraph, ask, code_of

pytestmark = pytest.mark.needs("redis")

AWAY = {"url": "redis://127.0.0.1:1/0"}


def limits(shared: dict[str, Any], **others: Any) -> dict[str, Any]:
    rates = {"address": {"units": 5, "seconds": 3600}, "store": "redis", **others}
    return {"rate_limits": rates, "redis": shared}


async def test_routers_share_a_limit(asking: Clients, shared: dict[str, Any]) -> None:
    async with asking(**limits(shared)) as one, asking(**limits(shared)) as other:
        answers = [await ask(client) for client in (one, other, one, other, one, other, one)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert answers[3].headers["ratelimit"].startswith('"address";r=1;t=28')
    assert 710 <= int(answers[5].headers["retry-after"]) <= 720


async def test_many_requests_at_once_pass_as_often_as_the_quota_says_and_no_more(
    asking: Clients, shared: dict[str, Any]
) -> None:
    async with asking(**limits(shared)) as one, asking(**limits(shared)) as other:
        answers = await asyncio.gather(*(ask(client) for client in (one, other) for _ in range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 35


async def test_all_quotas_of_a_request_are_charged_or_none(asking: Clients, shared: dict[str, Any]) -> None:
    fields = {"Mutation.signIn": {"units": 2, "seconds": 3600}}
    async with asking(**limits(shared, fields=fields)) as client:
        refused = (
            await ask(client, "mutation { a: signIn b: signIn }"),
            await ask(client, "mutation { signIn }"),
        )
        after = await ask(client)

    assert [code_of(answer) for answer in refused] == [None, "RATE_LIMITED"]
    assert after.headers["ratelimit"].startswith('"address";r=3')


async def test_who_has_nothing_left_has_no_document_read_by_any_router(
    asking: Clients, shared: dict[str, Any]
) -> None:
    async with asking(**limits(shared)) as one, asking(**limits(shared)) as other:
        refused = [code_of(await ask(one, "{ nothing }")) for _ in range(5)]
        after = await ask(other, "{ a: hello }")

    assert refused == ["GRAPHQL_VALIDATION_FAILED"] * 5
    assert after.status_code == 429


async def test_a_key_is_gone_once_its_quota_is_whole(asking: Clients, shared: dict[str, Any]) -> None:
    async with asking(**limits(shared)) as client:
        await ask(client)
    connection: Any = redis.Redis.from_url(redis_url())
    (key,) = connection.scan_iter(f"{{{shared['prefix']}}}:*")

    assert key.decode().endswith(":rate:address:127.0.0.1")
    assert 700_000 < connection.pttl(key) <= 720_001
    connection.close()


async def test_without_redis_each_router_counts_alone(
    asking: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    async with asking(**limits(AWAY)) as client:
        answers = [await ask(client) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "Redis does not answer" in capsys.readouterr().out


async def test_a_redis_that_says_nothing_is_waited_for_once_and_then_not_asked_for_a_while(
    asking: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_redis, "ASKED_AGAIN_AFTER_S", 600)
    asked = 0

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    shared = {"url": f"redis://127.0.0.1:{port}/0", "timeout_seconds": 0.1}
    async with asking(**limits(shared)) as client:
        first = await ask(client)
        asked_for_first = asked
        others = await asyncio.gather(*(ask(client) for _ in range(5)))
    server.close()

    assert first.status_code == 200
    assert sorted(answer.status_code for answer in others) == [200] * 4 + [429]
    assert asked == asked_for_first


async def test_without_redis_nothing_passes_where_that_is_wanted(asking: Clients, subgraph: Subgraph) -> None:
    async with asking(**limits(AWAY, without_redis="refuse")) as client:
        answer = await ask(client)

    assert (answer.status_code, code_of(answer)) == (503, "RATE_LIMITS_UNAVAILABLE")
    assert answer.headers["retry-after"] == "1"
    assert subgraph.asked == 0


def persisted(document: str, *, sent: bool) -> dict[str, Any]:
    hashed = hashlib.sha256(document.encode()).hexdigest()
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": hashed}}
    return {"query": document, "extensions": extensions} if sent else {"extensions": extensions}


def documents(shared: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"persisted_documents": {"store": "redis", **others}, "redis": shared}


async def test_a_document_that_one_router_was_sent_is_known_to_all(
    asking: Clients, shared: dict[str, Any]
) -> None:
    async with asking(**documents(shared)) as one, asking(**documents(shared)) as other:
        before = await other.post("/graphql", json=persisted("{ hello }", sent=False))
        await one.post("/graphql", json=persisted("{ hello }", sent=True))
        after = await other.post("/graphql", json=persisted("{ hello }", sent=False))

    assert code_of(before) == "PERSISTED_QUERY_NOT_FOUND"
    assert after.json() == {"data": {"hello": "Hello"}}


async def test_what_stands_in_redis_under_another_hash_is_not_believed(
    asking: Clients, shared: dict[str, Any], subgraph: Subgraph
) -> None:
    hashed = hashlib.sha256(b"{ hello }").hexdigest()
    connection: Any = redis.Redis.from_url(redis_url())
    connection.set(f"{{{shared['prefix']}}}:document:{hashed}", "mutation { signIn }")
    connection.close()
    async with asking(**documents(shared)) as client:
        answer = await client.post("/graphql", json=persisted("{ hello }", sent=False))

    assert code_of(answer) == "PERSISTED_QUERY_NOT_FOUND"
    assert subgraph.asked == 0


async def test_no_more_documents_are_kept_than_are_wanted_and_each_for_a_bounded_time(
    asking: Clients, shared: dict[str, Any]
) -> None:
    async with asking(**documents(shared, remembered=3, forgotten_after_hours=1)) as client:
        for n in range(6):
            await client.post("/graphql", json=persisted(f"{{ a{n}: hello }}", sent=True))
    connection: Any = redis.Redis.from_url(redis_url())
    keys = list(connection.scan_iter(f"{{{shared['prefix']}}}:document:*"))

    assert len(keys) == 3
    assert connection.zcard(f"{{{shared['prefix']}}}:documents") == 3
    assert all(0 < connection.ttl(key) <= 3600 for key in keys)
    connection.close()


async def test_without_redis_a_router_knows_the_documents_that_it_was_sent(asking: Clients) -> None:
    async with asking(**documents(AWAY)) as client:
        await client.post("/graphql", json=persisted("{ hello }", sent=True))
        answer = await client.post("/graphql", json=persisted("{ hello }", sent=False))

    assert answer.json() == {"data": {"hello": "Hello"}}
