"""`supergraph dev`, as a process: in one, and in several."""

import asyncio
import signal
import socket
from asyncio.subprocess import Process
from pathlib import Path

import httpx2
import pytest

from tests.commands.conftest import Started, free_port, heard

SHELF = {"query": "{ products { name stars } }"}
ANSWER = {"data": {"products": [{"name": "Kettle", "stars": 5}]}}


def life_of(business: Path) -> list[str]:
    return (business / "life.txt").read_text().splitlines()


async def asked(port: int) -> httpx2.Response:
    async with httpx2.AsyncClient() as client:
        return await client.post(f"http://127.0.0.1:{port}/graphql", json=SHELF)


async def stopped(process: Process, number: signal.Signals) -> int:
    process.send_signal(number)
    async with asyncio.timeout(20):
        return await process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_one_process_runs_everything_and_stops_in_reverse(
    started: Started, business: Path, number: signal.Signals
) -> None:
    port = free_port()
    async with started("dev", PORT=str(port)) as process:
        said = await heard(process, "Ctrl-C")
        response = await asked(port)
        code = await stopped(process, number)

    assert f"http://127.0.0.1:{port}/graphql" in said
    assert "the till is open" in said
    assert response.json() == ANSWER
    assert code == 0
    assert life_of(business) == [
        "products starts",
        "products works for customers",
        "reviews starts",
        "reviews ends",
        "products rests",
        "products ends",
    ]


async def test_a_subgraph_that_cannot_start_is_named(started: Started, business: Path) -> None:
    async with started("dev", PORT=str(free_port()), FAIL="reviews") as process:
        _, errors = await process.communicate()

    assert process.returncode == 1
    assert "subgraph reviews cannot start: the stock room is locked" in errors.decode()
    assert life_of(business)[-1] == "products ends"


async def test_subgraphs_that_do_not_compose_are_not_started(started: Started, business: Path) -> None:
    schema = business / "reviews.graphql"
    schema.write_text(schema.read_text().replace("stars: Int", "name: Int"))

    async with started("dev", PORT=str(free_port())) as process:
        _, errors = await process.communicate()

    assert process.returncode == 1
    assert "FIELD_TYPE_MISMATCH" in errors.decode()
    assert not (business / "life.txt").exists()


async def test_processes_do_the_same_over_http(started: Started, business: Path) -> None:
    port = free_port()
    async with started("dev", "--processes", PORT=str(port)) as process:
        said = await heard(process, "Ctrl-C")
        response = await asked(port)
        code = await stopped(process, signal.SIGINT)

    assert "ready as 3 processes" in said
    assert response.json() == ANSWER
    assert code == 0
    assert life_of(business)[-1] == "products ends"


async def test_a_process_that_dies_is_reported_and_the_others_stop(started: Started, business: Path) -> None:
    port = free_port()
    async with started("dev", "--processes", PORT=str(port), DIE="reviews") as process:
        await heard(process, "Ctrl-C")
        await asked(port)
        _, errors = await process.communicate()

    assert process.returncode == 1
    assert "reviews ended with exit code 7; the others were stopped." in errors.decode()
    assert life_of(business)[-1] == "products ends"


@pytest.mark.parametrize("mode", [(), ("--processes",)])
async def test_a_port_in_use_is_told_before_anything_starts(
    started: Started, business: Path, mode: tuple[str, ...]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with started("dev", *mode, PORT=str(port)) as process:
            _, errors = await process.communicate()

    assert process.returncode == 1
    assert f"Port {port} on 127.0.0.1 is in use" in errors.decode()
    assert not (business / "life.txt").exists()
