"""What a subgraph that is down, late or silent costs: its own fields. Everything over real sockets."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from supergraph.configuration import ConfigurationError
from tests.server.businesses import Business, Served, Subgraph, free_port, running
from tests.server.local_upstream import until
from tests.upstream.conftest import listening

PATIENT = {
    "ejection": {"pause_seconds": 1e6, "longest_pause_seconds": 1e6},
    "circuit_breaker": {"pause_seconds": 1e6},
}


def films() -> Subgraph:
    sdl = """
        type Query { film: Film @shareable price: Int }
        type Film @key(fields: "id") { id: ID! title: String @shareable copies: Int }
    """
    film = {"__typename": "Film", "id": "1", "title": "Nosferatu", "copies": 3}
    return Subgraph(sdl, {"film": film, "price": 4}, {"Film": film})


def archive() -> Subgraph:
    sdl = """
        type Query { film: Film @shareable }
        type Film @key(fields: "id") { id: ID! title: String @shareable year: Int }
    """
    film = {"__typename": "Film", "id": "1", "title": "Nosferatu", "year": 1922}
    return Subgraph(sdl, {"film": film}, {"Film": film})


def people() -> Subgraph:
    return Subgraph("type Query { people: [String] }", {"people": ["Ada", "Grace"]})


PEOPLE = {"data": {"people": ["Ada", "Grace"]}}


async def test_no_unrelated_operation_is_hurt_by_a_subgraph_that_is_dead(served: Served) -> None:
    subgraphs = {"films": films(), "people": people()}
    async with running(served, subgraphs, dead=("films",)) as business:
        asked = [business.ask(query) for _ in range(50) for query in ("{ price }", "{ people }")]
        answers = await asyncio.gather(*asked)
    assert sum(answer != PEOPLE for answer in answers[1::2]) == 0
    assert all(answer["data"] == {"price": None} for answer in answers[::2])


async def test_no_unrelated_operation_is_hurt_by_a_subgraph_that_keeps_all_its_requests_waiting(
    served: Served,
) -> None:
    subgraphs = {"films": films(), "people": people()}
    values: dict[str, Any] = {"upstream": {"connections": {"most": 10}, "deduplicate_reads": False}}
    async with running(served, subgraphs, **values) as business:
        subgraphs["films"].mode = "silent"
        waiting = [asyncio.create_task(business.ask("{ price }")) for _ in range(40)]
        await until(lambda: len(subgraphs["films"].asked) == 10)
        answers = await asyncio.gather(*(business.ask("{ people }") for _ in range(40)))
        assert sum(answer != PEOPLE for answer in answers) == 0
        assert len(subgraphs["films"].asked) == 10
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_another_subgraph_resolves_too_is_answered_while_one_is_down(served: Served) -> None:
    subgraphs = {"films": films(), "archive": archive()}
    query = "{ film { title copies year } }"
    async with running(served, subgraphs, upstream=PATIENT) as business:
        whole = await business.ask(query)
        assert whole == {"data": {"film": {"title": "Nosferatu", "copies": 3, "year": 1922}}}
        subgraphs["films"].mode = "failing"
        for _ in range(5):
            await business.ask("{ price }")
        answers = [await business.ask(query) for _ in range(10)]
    for answer in answers:
        assert answer["data"] == {"film": {"title": "Nosferatu", "copies": None, "year": 1922}}
        assert [error["path"] for error in answer["errors"]] == [["film", "copies"]]


async def test_a_subgraph_that_recovers_is_asked_again(served: Served) -> None:
    subgraphs = {"films": films(), "archive": archive()}
    quick = {"ejection": {"failures": 2, "pause_seconds": 0.01, "longest_pause_seconds": 0.01}}
    async with running(served, subgraphs, upstream=quick) as business:
        subgraphs["films"].mode = "failing"
        for _ in range(2):
            await business.ask("{ price }")
        subgraphs["films"].mode = "well"
        await business.ask("{ price }")
        subgraphs["archive"].asked.clear()
        answer = await business.ask("{ film { title copies } }")
    assert answer == {"data": {"film": {"title": "Nosferatu", "copies": 3}}}
    assert subgraphs["archive"].asked == []


async def test_at_most_one_request_in_ten_is_sent_again_while_all_fail(served: Served) -> None:
    subgraphs = {"films": films()}
    values: dict[str, Any] = {"upstream": {"circuit_breaker": {"enabled": False}, "deduplicate_reads": False}}
    async with running(served, subgraphs, **values) as business:
        subgraphs["films"].mode = "failing"
        for _ in range(20):
            await asyncio.gather(*(business.ask("{ price }") for _ in range(10)))
    assert 200 <= len(subgraphs["films"].asked) <= 200 * 1.1


async def test_a_router_starts_while_a_subgraph_is_down_and_asks_it_once_it_is_there(
    served: Served,
) -> None:
    port = free_port()
    subgraphs = {"films": films(), "people": people()}
    at = {"films": {"url": f"http://127.0.0.1:{port}/graphql"}}
    async with running(served, subgraphs, dead=("films",), at=at) as business:
        assert await business.ask("{ people }") == PEOPLE
        assert (await business.ask("{ price people }"))["data"] == {"price": None, **PEOPLE["data"]}
        assert (await business.client.get("/ready")).status_code == 200
        async with listening(subgraphs["films"].app, port=port):
            assert await business.ask("{ price }") == {"data": {"price": 4}}


async def test_a_router_starts_while_a_name_cannot_be_resolved(served: Served) -> None:
    subgraphs = {"films": films(), "people": people()}
    at = {"films": {"url": "http://films.invalid/graphql", "discover": "dns"}}
    async with running(served, subgraphs, at=at) as business:
        answer = await business.ask("{ price people }")
    assert answer["data"] == {"price": None, **PEOPLE["data"]}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["SUBREQUEST_HTTP_ERROR"]


async def test_a_name_is_resolved_and_the_subgraph_sees_it(served: Served) -> None:
    subgraphs = {"films": films()}
    async with listening(subgraphs["films"].app) as address:
        url = f"{address.replace('127.0.0.1', 'localhost')}/graphql"
        at = {"films": {"url": url, "discover": "dns"}}
        async with running(served, subgraphs, dead=("films",), at=at) as business:
            assert await business.ask("{ price }") == {"data": {"price": 4}}
    assert subgraphs["films"].headers[0]["host"] == address.removeprefix("http://").replace(
        "127.0.0.1", "localhost"
    )


async def test_a_silent_subgraph_costs_its_own_fields_when_the_deadline_is_over(served: Served) -> None:
    subgraphs = {"films": films(), "archive": archive(), "people": people()}
    values: dict[str, Any] = {
        "limits": {"deadline_seconds": 1},
        "upstream": {"deadlines": {"later_share": 0.5}},
    }
    async with running(served, subgraphs, **values) as business:
        subgraphs["films"].mode = "silent"
        answer = await business.ask("{ price people }")
    assert answer["data"] == {"price": None, **PEOPLE["data"]}
    assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (["price"], "SUBGRAPH_REQUEST_TIMEOUT")
    ]


@pytest.mark.parametrize(("headers", "told"), [({}, 5_000), ({"x-patience-ms": "900"}, 900)])
async def test_a_subgraph_is_told_how_long_it_has(served: Served, headers: dict[str, str], told: int) -> None:
    subgraphs = {"people": people()}
    deadlines = {"deadlines": {"client_header": "x-patience-ms"}}
    async with running(served, subgraphs, limits={"deadline_seconds": 5}, upstream=deadlines) as business:
        await business.ask("{ people }", headers)
    granted = int(subgraphs["people"].headers[0]["x-request-timeout-ms"])
    assert 0 < granted <= told


async def test_an_unclear_patience_of_a_client_is_refused(served: Served) -> None:
    deadlines = {"deadlines": {"client_header": "x-patience-ms"}}
    async with running(served, {"people": people()}, upstream=deadlines) as business:
        answer = await business.ask("{ people }", {"x-patience-ms": "soon"})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_reply_beyond_the_cap_costs_its_own_fields(served: Served) -> None:
    large = Subgraph("type Query { large: String }", {"large": "x" * 50_000})
    subgraphs = {"large": large, "people": people()}
    async with running(served, subgraphs, upstream={"reply_bytes": 10_000}) as business:
        answer = await business.ask("{ large people }")
    assert answer["data"] == {"large": None, **PEOPLE["data"]}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["SUBREQUEST_MALFORMED_RESPONSE"]


PROBES: dict[str, Any] = {
    "enabled": True,
    "path": "/health",
    "interval_seconds": 0.02,
    "unhealthy": 1,
    "healthy": 1,
    "required": ["films"],
}


async def ready(business: Business) -> int:
    return (await business.client.get("/ready")).status_code


async def until_ready(business: Business, status: int) -> None:
    async with asyncio.timeout(10):
        while await ready(business) != status:
            pass


async def test_readiness_depends_on_the_subgraphs_that_are_required(served: Served) -> None:
    subgraphs = {"films": films(), "archive": archive()}
    async with running(served, subgraphs, upstream={"probes": PROBES}) as business:
        await until_ready(business, 200)
        subgraphs["films"].mode = "failing"
        await until_ready(business, 503)
        assert await business.ask("{ film { title } }") == {"data": {"film": {"title": "Nosferatu"}}}
        assert subgraphs["films"].asked == []
        subgraphs["films"].mode = "well"
        await until_ready(business, 200)


async def test_a_subgraph_may_be_probed_in_its_own_way(served: Served) -> None:
    subgraphs = {"films": films(), "archive": archive()}
    at = {"films": {"probe_path": ""}}
    async with running(served, subgraphs, at=at, upstream={"probes": PROBES}) as business:
        await until_ready(business, 200)
        async with asyncio.timeout(10):
            while not subgraphs["films"].asked:  # noqa: ASYNC110 - it is asked from time to time
                await asyncio.sleep(0.01)

    assert subgraphs["films"].asked[0] == {"query": "{__typename}"}
    assert subgraphs["archive"].asked == []


async def test_a_subgraph_may_have_a_time_of_its_own(served: Served) -> None:
    subgraphs = {"films": films(), "people": people()}
    subgraphs["films"].mode = "silent"
    async with running(served, subgraphs, at={"films": {"timeout_seconds": 0.05}}) as business:
        answer = await business.ask("{ film { title } people }")

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["SUBGRAPH_REQUEST_TIMEOUT"]
    assert answer["data"]["people"]


async def test_a_required_subgraph_that_is_none_is_told(served: Served) -> None:
    probes = {"enabled": True, "required": ["nobody"]}
    with pytest.raises(ConfigurationError, match=r"upstream\.probes\.required: .* 'nobody'"):
        async with running(served, {"people": people()}, upstream={"probes": probes}):
            pass


async def test_metrics_tell_of_endpoints_that_are_out_and_of_operations_planned_around_them(
    served: Served,
) -> None:
    subgraphs = {"films": films(), "archive": archive()}
    async with running(
        served, subgraphs, upstream=PATIENT, telemetry={"metrics": True, "port": 0}
    ) as business:
        subgraphs["films"].mode = "failing"
        for _ in range(5):
            await business.ask("{ price }")
        for _ in range(3):
            await business.ask("{ film { title } }")
        metrics = business.router.telemetry.metrics
        assert metrics is not None
        text = metrics.text().decode()
    assert 'supergraph_endpoints{state="out",subgraph="films"} 1.0' in text
    assert 'supergraph_endpoints{state="available",subgraph="archive"} 1.0' in text
    assert "supergraph_operations_rerouted_total 3.0" in text


@pytest.mark.parametrize(("codes", "asked"), [([], 25), (["INTERNAL_SERVER_ERROR"], 20)])
async def test_a_code_that_clients_may_provoke_opens_the_circuit_only_where_it_is_configured(
    served: Served, codes: list[str], asked: int
) -> None:
    crashing = Subgraph("type Query { people: [String]! }", {"people": None})
    crashing.code = "INTERNAL_SERVER_ERROR"
    async with running(served, {"people": crashing}, upstream={"failure_codes": codes}) as business:
        for _ in range(25):
            await business.ask("{ people }")
    assert len(crashing.asked) == asked
