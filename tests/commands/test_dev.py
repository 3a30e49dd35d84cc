"""`supergraph dev`, as a process: in one, and in several."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from pathlib import Path

import httpx2
import pytest

from supergraph.commands.developing import Business, require_running
from supergraph.configuration import Configuration, ConfigurationError
from tests.commands.conftest import Started, free_port, heard

SHELF = {"query": "{ products { name stars } }"}
ANSWER = {"data": {"products": [{"name": "Kettle", "stars": 5}]}}


def life_of(business: Path) -> list[str]:
    return (business / "life.txt").read_text().splitlines()


async def asked(port: int, query: dict[str, str] = SHELF) -> httpx2.Response:
    async with httpx2.AsyncClient() as client:
        return await client.post(f"http://127.0.0.1:{port}/graphql", json=query)


async def until_answered(port: int, query: dict[str, str]) -> httpx2.Response:
    """The first response to it without errors."""
    async with asyncio.timeout(60):
        while "errors" in (response := await asked(port, query)).json():  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.02)
        return response


async def told(process: Process, words: str) -> str:
    """What the process logs up to the line with these words."""
    assert process.stderr is not None
    text = ""
    async with asyncio.timeout(60):
        while words not in text:
            line = await process.stderr.readline()
            assert line, text
            text += line.decode()
    return text


def give_products_a(field: str, business: Path) -> None:
    schema = business / "products.graphql"
    schema.write_text(schema.read_text().replace("name: String!", f"name: String!\n  {field}"))


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


QUICK = {"SUPERGRAPH_RELOAD__POLL_SECONDS": "0.02"}
PRICES = {"query": "{ products { price } }"}
ALL = {"query": "{ __schema { queryType { name } } products { name stars price } }"}


@pytest.mark.parametrize("mode", [(), ("--processes",)])
async def test_a_field_that_is_added_to_a_schema_file_answers_and_a_bad_edit_is_told_and_changes_nothing(
    started: Started, business: Path, mode: tuple[str, ...]
) -> None:
    application = business / "shop_products.py"
    application.write_text(application.read_text().replace('"Kettle"', '"Kettle", "price": 7'))
    port = free_port()
    async with started("dev", *mode, PORT=str(port), **QUICK) as process:
        await heard(process, "Ctrl-C")
        before = await asked(port, PRICES)
        give_products_a("price: Int", business)
        after = await until_answered(port, PRICES)
        give_products_a("stars: String", business)
        refused = await told(process, "the graph before them is served" if mode else "generation before them")
        still = await asked(port, ALL)
        code = await stopped(process, signal.SIGINT)

    assert "errors" in before.json()
    assert after.json() == {"data": {"products": [{"price": 7}]}}
    assert "FIELD_TYPE_MISMATCH" in refused
    assert "products.graphql:11:3" in refused
    assert "the subgraphs do not compose." in refused
    assert "count after a restart" not in refused
    assert still.json()["data"] == {
        "__schema": {"queryType": {"name": "Query"}},
        "products": [{"name": "Kettle", "stars": 5, "price": 7}],
    }
    assert code == 0


def test_a_reload_keeps_what_development_adds(business: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setattr(os, "environ", dict(os.environ))
    developed = Business(business / "supergraph.yaml", 4321)
    first, _ = developed.read()
    path = sys.path[:]
    config = business / "supergraph.yaml"
    config.write_text(config.read_text().replace("dev:", "dev:\n  client_settings: {demo: true}"))
    second, _ = developed.read()

    assert second.client_settings == {"demo": True}
    assert (second.port, second.introspection, second.graphiql, second.mask_errors) == (
        4321,
        True,
        True,
        False,
    )
    assert second.telemetry == first.telemetry
    assert second.telemetry.errors.folder == business / "var" / "errors"
    assert second.internal_key == first.internal_key
    assert second.internal_key.get_secret_value()
    assert sys.path == path


def test_an_application_that_was_not_started_is_named() -> None:
    started = Configuration.of({"subgraphs": {"products": {"app": "shop_products:app"}}})
    wanted = Configuration.of({"subgraphs": {"products": {"app": "shop_products:other"}}})

    with pytest.raises(ConfigurationError, match=r"subgraphs\.products: .*start it again"):
        require_running(started, wanted)
