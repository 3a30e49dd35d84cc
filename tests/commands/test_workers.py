"""`supergraph serve --workers 2`: several processes on one socket."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.commands.conftest import Command, Started, free_port, heard

HELLO = {"query": "{ __typename }"}
ANSWER = {"data": {"__typename": "Query"}}


def workers_of(process: asyncio.subprocess.Process) -> set[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return {int(child) for child in children.split()}


async def until(condition: Callable[[], Any]) -> Any:
    async with asyncio.timeout(90):
        while not (found := condition()):  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.05)
        return found


class Serving:
    """Two workers on a port, and the operators' port."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, operators: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self.operators = f"http://127.0.0.1:{operators}"

    async def ask(self, query: dict[str, str] = HELLO) -> httpx2.Response:
        async with httpx2.AsyncClient(timeout=60) as client:
            return await client.post(f"{self.url}/graphql", json=query)

    async def record(self, error_id: str) -> dict[str, Any]:
        """What is told of an error."""
        async with httpx2.AsyncClient(timeout=60) as client:
            return (await client.get(f"{self.operators}/errors/{error_id}")).json()

    async def asked_workers(self) -> set[str]:
        """Those that answered a request."""
        requests = "supergraph_requests_total"
        return {
            worker for (name, worker), times in (await self.metrics()).items() if name == requests and times
        }

    async def metrics(self) -> dict[tuple[str, str], float]:
        """The metrics that have one value for each worker, by name and worker."""
        async with httpx2.AsyncClient(timeout=60) as client:
            text = (await client.get(f"{self.operators}/metrics")).text
        families = text_string_to_metric_families(text)
        samples = [sample for family in families for sample in family.samples]
        return {(each.name, each.labels.get("worker", "")): each.value for each in samples}


@pytest.fixture
async def serving(command: Command, started: Started) -> AsyncIterator[Serving]:
    assert command("compose").exit_code == 0
    port, operators = free_port(), free_port()
    environment = {
        "SUPERGRAPH_TELEMETRY__METRICS": "true",
        "SUPERGRAPH_TELEMETRY__ERRORS__ENABLED": "true",
        "SUPERGRAPH_TELEMETRY__PORT": str(operators),
        "SUPERGRAPH_RELOAD__POLL_SECONDS": "0.05",
    }
    arguments = ("--supergraph", "supergraph.graphql", "--workers", "2", "--port", str(port))
    async with started("serve", *arguments, **environment) as process:
        await heard(process, "/graphql")
        yield Serving(process, port, operators)


async def test_two_processes_answer_and_are_measured_together_and_stop_together(serving: Serving) -> None:
    workers = workers_of(serving.process)
    answers = [(await serving.ask()).json() for _ in range(10)]
    metrics = await serving.metrics()
    serving.process.terminate()
    code = await serving.process.wait()

    assert len(workers) == 2
    assert answers == [ANSWER] * 10
    requests = [value for (name, _), value in metrics.items() if name == "supergraph_requests_total"]
    assert sum(requests) == 10
    assert metrics["supergraph_workers", ""] == 2
    assert {worker for name, worker in metrics if name == "supergraph_generation"} == {"0", "1"}
    assert code == 0
    assert not any(_runs(worker) for worker in workers)


async def test_a_worker_that_dies_is_started_again_while_the_other_answers(serving: Serving) -> None:
    workers = workers_of(serving.process)
    victim = min(workers)
    os.kill(victim, signal.SIGKILL)
    answers = [(await serving.ask()).json() for _ in range(5)]
    await until(lambda: len(workers_of(serving.process) - {victim}) == 2)
    async with asyncio.timeout(90):
        while (await serving.metrics()).get(("supergraph_workers", "")) != 2:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    metrics = await serving.metrics()

    assert answers == [ANSWER] * 5
    assert (
        sum(value for (name, _), value in metrics.items() if name == "supergraph_worker_restarts_total") == 1
    )


async def test_an_error_of_any_worker_is_explained(serving: Serving) -> None:
    errors: list[str] = []
    async with asyncio.timeout(90):
        while await serving.asked_workers() != {"0", "1"}:
            answers = await asyncio.gather(*(serving.ask({"query": "{ reviewed }"}) for _ in range(10)))
            errors += [answer.json()["errors"][0]["extensions"]["errorId"] for answer in answers]
    records = [await serving.record(error_id) for error_id in errors]

    assert [record["errorId"] for record in records] == errors
    assert {record["subgraph"] for record in records} == {"reviews"}


async def test_sighup_reaches_every_worker(serving: Serving) -> None:
    serving.process.send_signal(signal.SIGHUP)
    async with asyncio.timeout(90):
        while True:
            metrics = await serving.metrics()
            if [metrics.get(("supergraph_generation", worker)) for worker in ("0", "1")] == [2, 2]:
                break
            await asyncio.sleep(0.05)


async def test_workers_stop_when_the_process_that_started_them_dies(serving: Serving) -> None:
    workers = workers_of(serving.process)
    serving.process.kill()
    await serving.process.wait()

    await until(lambda: not any(_runs(worker) for worker in workers))


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_what_cannot_start_is_told_once_and_ends_it(command: Command, business: Path) -> None:
    assert command("compose").exit_code == 0
    file = business / "supergraph.graphql"
    file.write_text(file.read_text().replace("http://", "ftp://"))

    result = command("serve", "--supergraph", "supergraph.graphql", "--workers", "2", "--port", "0")

    assert result.exit_code == 1
    assert "ended with exit code 1 while it started" in result.stderr
