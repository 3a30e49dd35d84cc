"""How often clients may ask, through a socket: by address, by token, all together, and by field."""

import asyncio
import json
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.server.limiting.conftest import IDENTITY, Clients, Routers, Subgraph, ask, code_of

PROXIED = {"trusted_proxies": ["127.0.0.1", "10.0.0.0/8"]}


def three(**others: Any) -> dict[str, Any]:
    return {"rate_limits": {"address": {"units": 3, "seconds": 3600}, **others}}


async def codes(
    client: httpx2.AsyncClient, times: int, query: str = "{ hello }", **others: Any
) -> list[str | None]:
    return [code_of(await ask(client, query, **others)) for _ in range(times)]


async def test_who_asks_too_often_is_told_when_to_ask_again(asking: Clients, subgraph: Subgraph) -> None:
    async with asking(**three()) as client:
        answers = [await ask(client) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert code_of(refused) == "RATE_LIMITED"
    assert 1195 <= int(refused.headers["retry-after"]) <= 1200
    assert refused.json()["errors"][0]["extensions"]["retryAfter"] == int(refused.headers["retry-after"])
    assert subgraph.asked == 3


async def test_every_answer_says_what_is_left(asking: Clients) -> None:
    async with asking(**three()) as client:
        first, second = await ask(client), await ask(client)

    assert first.headers["ratelimit-policy"] == '"address";q=3;w=3600'
    assert first.headers["ratelimit"] == '"address";r=2;t=1200'
    assert second.headers["ratelimit"].startswith('"address";r=1;t=2')


async def test_without_limits_no_answer_speaks_of_them(asking: Clients) -> None:
    async with asking() as client:
        assert "ratelimit" not in (await ask(client)).headers


async def test_a_client_that_says_it_is_another_is_not_believed(asking: Clients) -> None:
    async with asking(**three()) as client:
        found = [code_of(await ask(client, headers={"x-forwarded-for": f"203.0.113.{n}"})) for n in range(4)]

    assert found == [None, None, None, "RATE_LIMITED"]


async def test_a_trusted_proxy_is_believed_and_what_stands_before_its_client_is_not(asking: Clients) -> None:
    async with asking(**three(), **PROXIED) as client:
        forged = [
            code_of(await ask(client, headers={"x-forwarded-for": f"198.51.100.{n}, 203.0.113.7, 10.0.0.1"}))
            for n in range(4)
        ]
        other = await ask(client, headers={"x-forwarded-for": "203.0.113.8"})

    assert forged == [None, None, None, "RATE_LIMITED"]
    assert other.status_code == 200


async def test_an_ipv6_client_counts_by_its_64_and_ipv4_written_as_ipv6_is_ipv4(asking: Clients) -> None:
    async def found(client: httpx2.AsyncClient, *addresses: str) -> list[str | None]:
        return [code_of(await ask(client, headers={"x-forwarded-for": each})) for each in addresses]

    async with asking(**three(), **PROXIED) as client:
        one_subscriber = [f"2001:db8:1:2:{n:x}::1" for n in range(4)]
        mapped = ["::ffff:203.0.113.9", "203.0.113.9", "203.0.113.9:4711", "::FFFF:203.0.113.9"]

        assert await found(client, *one_subscriber) == [None, None, None, "RATE_LIMITED"]
        assert await found(client, "2001:db8:1:3::1") == [None]
        assert await found(client, *mapped) == [None, None, None, "RATE_LIMITED"]


async def test_tokens_of_one_user_share_a_limit_and_another_user_has_its_own(
    asking: Clients, subgraph: Subgraph
) -> None:
    limits = {"rate_limits": {"subject": {"units": 3, "seconds": 3600}}, **IDENTITY}

    def bearer(subject: str, session: int) -> dict[str, Any]:
        token = subgraph.issuer.token(sub=subject, sid=str(session))
        return {"headers": {"authorization": f"Bearer {token}"}}

    async with asking(**limits) as client:
        ada = [code_of(await ask(client, **bearer("ada", n))) for n in range(4)]
        clive = await ask(client, **bearer("clive", 1))
        nobody = await codes(client, 4)

    assert ada == [None, None, None, "RATE_LIMITED"]
    assert clive.headers["ratelimit"].startswith('"subject";r=2')
    assert nobody == [None] * 4


async def test_all_clients_together_have_a_limit_of_which_none_is_told_what_is_left(asking: Clients) -> None:
    async with asking(rate_limits={"all": {"units": 2, "seconds": 3600}}, **PROXIED) as client:
        answers = [await ask(client, headers={"x-forwarded-for": f"203.0.113.{n}"}) for n in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "retry-after" in answers[-1].headers
    assert all("ratelimit" not in answer.headers for answer in answers)


async def test_a_request_that_one_limit_refuses_takes_nothing_of_the_others(asking: Clients) -> None:
    limits = three(fields={"Mutation.signIn": {"units": 1, "seconds": 3600}})
    async with asking(**limits) as client:
        signing_in = await codes(client, 5, "mutation { signIn }")
        after = await ask(client)

    assert signing_in == [None, *["RATE_LIMITED"] * 4]
    assert after.headers["ratelimit"].startswith('"address";r=1')


async def test_signing_in_is_counted_under_each_alias_and_nothing_else_is(
    asking: Clients, subgraph: Subgraph
) -> None:
    fields = {"Mutation.signIn": {"units": 5, "seconds": 3600}}
    async with asking(rate_limits={"fields": fields}) as client:
        four = await ask(client, "mutation { " + " ".join(f"a{n}: signIn" for n in range(4)) + " }")
        two = await ask(client, "mutation { ...F } fragment F on Mutation { a: signIn b: signIn }")
        skipped = await ask(
            client,
            "mutation ($no: Boolean!) { a: signIn b: signIn @include(if: $no) }",
            variables={"no": False},
        )
        others = await codes(client, 6, "mutation { register }")

    assert four.headers["ratelimit"].startswith('"Mutation.signIn";r=1')
    assert code_of(two) == "RATE_LIMITED"
    assert code_of(skipped) is None
    assert others == [None] * 6


async def test_operations_may_weigh_what_they_are_estimated_to_cost(asking: Clients) -> None:
    limits = {"address": {"units": 100, "seconds": 3600}, "weight": "cost"}
    async with asking(rate_limits=limits) as client:
        heavy = await ask(client, "query ($n: Int) { shelf(first: $n) { title } }", variables={"n": 60})
        heavier = await ask(client, "{ shelf(first: 41) { title } }")
        light = await ask(client, "{ hello }")

    assert heavy.headers["ratelimit"].startswith('"address";r=40')
    assert code_of(heavier) == "RATE_LIMITED"
    assert light.headers["ratelimit"].startswith('"address";r=39')


async def test_each_operation_of_a_batch_counts(asking: Clients) -> None:
    async with asking(**three(), batching={"enabled": True}) as client:
        batch = await client.post("/graphql", json=[{"query": "{ hello }"}] * 5)
        after = await ask(client)

    refused = [entry["errors"][0]["extensions"]["code"] for entry in batch.json() if "errors" in entry]
    assert refused == ["RATE_LIMITED"] * 2
    assert after.status_code == 429


@pytest.mark.parametrize(("operations", "left"), [(2, 1), (5, 0)])
async def test_a_batch_says_what_is_left_after_all_of_it(asking: Clients, operations: int, left: int) -> None:
    async with asking(**three(), batching={"enabled": True}) as client:
        batch = await client.post("/graphql", json=[{"query": "{ hello }"}] * operations)

    assert batch.headers["ratelimit"].startswith(f'"address";r={left};t=')
    assert batch.headers["ratelimit-policy"] == '"address";q=3;w=3600'


async def test_each_plan_that_is_asked_for_counts_as_an_operation(asking: Clients) -> None:
    async with asking(**three(), graphiql=True) as client:
        plans = [await client.post("/graphql/plan", json={"query": f"{{ a{n}: hello }}"}) for n in range(4)]
        after = await ask(client)

    assert [plan.status_code for plan in plans] == [200, 200, 200, 429]
    assert "text" in plans[0].json()
    assert plans[3].json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert int(plans[3].headers["retry-after"]) > 0
    assert after.status_code == 429


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query ($n: Int!) { shelf(first: $n) { title } }"}, "BAD_USER_INPUT"),
        ({"query": "{ shelf(first: 1000000000) { title } }"}, "COST_ESTIMATED_TOO_EXPENSIVE"),
    ],
)
async def test_a_request_that_is_refused_for_what_it_says_counts_as_one(
    asking: Clients, refused: dict[str, Any], code: str
) -> None:
    async with asking(**three()) as client:
        found = [code_of(await ask(client, **refused)) for _ in range(4)]
        after = await ask(client)

    assert found[:3] == [code] * 3
    assert found[3] in {code, "RATE_LIMITED"}
    assert after.status_code == 429


async def test_who_has_nothing_left_has_no_document_read(router: Routers) -> None:
    app = router(**three())
    transport = httpx2.ASGITransport(app, client=("203.0.113.7", 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        await codes(client, 3)
        before = app.engine.operations_made
        found = [code_of(await ask(client, f"{{ a{n}: hello }}")) for n in range(5)]

    assert found == ["RATE_LIMITED"] * 5
    assert app.engine.operations_made == before


async def test_a_stream_that_may_not_begin_is_a_429_and_no_stream(asking: Clients) -> None:
    limits = three(fields={"Subscription.ticks": {"units": 1, "seconds": 3600}})
    accept = {"accept": "text/event-stream"}
    async with asking(**limits) as client:
        body = {"query": "subscription { ticks }"}
        async with client.stream("POST", "/graphql", json=body, headers=accept) as first:
            assert first.headers["ratelimit"].startswith('"address";r=2')
        second = await client.post("/graphql", json=body, headers=accept)

    assert (second.status_code, code_of(second)) == (429, "RATE_LIMITED")


@pytest.fixture
def hear() -> Any:
    async def next_message(connection: ClientConnection) -> dict[str, Any]:
        return json.loads(await asyncio.wait_for(connection.recv(), 10))

    return next_message


async def test_operations_on_a_websocket_count_too(asking: Clients, hear: Any) -> None:
    async with asking(**three()) as client:
        url = f"ws://{client.base_url.netloc.decode()}/graphql"
        async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as connection:
            await connection.send(json.dumps({"type": "connection_init"}))
            assert (await hear(connection))["type"] == "connection_ack"
            heard = []
            for n in range(4):
                payload = {"query": "{ hello }" if n % 2 else "subscription { ticks }"}
                await connection.send(json.dumps({"id": str(n), "type": "subscribe", "payload": payload}))
                while (message := await hear(connection))["type"] == "complete":
                    pass
                heard.append(message)

    assert [message["type"] for message in heard] == ["next", "next", "next", "error"]
    extensions = heard[-1]["payload"][0]["extensions"]
    assert extensions["code"] == "RATE_LIMITED"
    assert extensions["retryAfter"] > 1000
