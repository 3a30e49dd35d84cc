"""What a running router loses and keeps.

    python -m bench.lifecycle reload|stop|reload-memory|operation-memory|request-memory

`--times N` does it more or less often than is the rule. A router is started as a process in front of a subgraph that
answers at once, over the supergraph of the movie rental. All of it is on loopback, and each measurement ends by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from starlette.types import Receive, Scope, Send

from bench.routers.measuring import wrk_script
from supergraph.server.serving import listen, serve

SUPERGRAPH = Path(__file__).parent.parent / "schema" / "supergraph.graphql"
SUBGRAPHS = ("movies", "users", "rentals")
CLIENTS = 4
BATCH = 50
QUERY = "{ genres { name } }"
ANSWER = b'{"data":{"genres":[{"name":"Drama"}]}}'


@dataclass
class Tally:
    """What became of requests: `answered` rightly, `lost` after they were sent, `refused` before."""

    answered: int = 0
    refused: int = 0
    lost: Counter[str] = field(default_factory=Counter)


@dataclass
class Running:
    """A router process, and where it is."""

    process: Process
    client: httpx2.AsyncClient
    folder: Path

    def memory(self) -> float:
        """Its resident set, in MB."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def change(self, number: int) -> None:
        """Replaces the supergraph by one that differs from it, by renaming."""
        text = SUPERGRAPH.read_text(encoding="utf-8").replace(
            "What can be looked up.", f"Number {number}.", 1
        )
        new = self.folder / "new.graphql"
        new.write_text(text, encoding="utf-8")
        new.rename(self.folder / "supergraph.graphql")

    async def served(self, generation: int) -> None:
        """Waits until that generation answers."""
        while (await self.client.get("/ready")).json().get("generation") != generation:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def subgraph(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers everything at once with the same."""
    if scope["type"] == "http":
        while (await receive()).get("more_body"):
            pass
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": ANSWER})


@asynccontextmanager
async def running(**environment: str) -> AsyncIterator[Running]:
    """A router on a free port, in front of the subgraph."""
    bound, stop = listen("127.0.0.1", 0), asyncio.Event()
    serving = asyncio.create_task(serve(subgraph, bound, stop))
    with tempfile.TemporaryDirectory() as name:
        folder, url = Path(name), f"http://127.0.0.1:{bound.getsockname()[1]}/graphql"
        (folder / "supergraph.graphql").write_text(SUPERGRAPH.read_text(encoding="utf-8"), encoding="utf-8")
        lines = [f"  {each}: {{url: {url}}}" for each in SUBGRAPHS]
        (folder / "router.yaml").write_text("supergraph: supergraph.graphql\nsubgraphs:\n" + "\n".join(lines))
        arguments = ("-m", "supergraph", "serve", "--config", str(folder / "router.yaml"), "--port", "0")
        env = {**os.environ, "PORT": "0", "SUPERGRAPH_RELOAD__POLL_SECONDS": "0.02", **environment}
        log = (folder / "log").open("wb")
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, env=env, stdout=asyncio.subprocess.PIPE, stderr=log
        )
        assert process.stdout is not None  # noqa: S101
        address = (await process.stdout.readline()).decode().split(" at ")[1].strip().removesuffix("/graphql")
        try:
            async with httpx2.AsyncClient(base_url=address, timeout=60) as client:
                yield Running(process, client, folder)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
            stop.set()
            await serving


async def ask(client: httpx2.AsyncClient, tally: Tally) -> None:
    """Sends one query, and notes what becomes of it."""
    try:
        response = await client.post("/graphql", json={"query": QUERY})
    except httpx2.ConnectError:
        tally.refused += 1
    except httpx2.HTTPError as error:
        tally.lost[repr(error)] += 1
    else:
        if response.status_code == 200 and response.content == ANSWER:
            tally.answered += 1
        else:
            tally.lost[f"{response.status_code} {response.text[:100]}"] += 1


async def load(address: httpx2.URL, tally: Tally, over: asyncio.Event) -> None:
    """Asks without a pause, half of the clients over one connection each, half over a new one each time."""

    async def keep_asking(limits: httpx2.Limits) -> None:
        async with httpx2.AsyncClient(base_url=address, limits=limits, timeout=60) as client:
            while not over.is_set():
                await ask(client, tally)
                if tally.refused:
                    return

    limits = [httpx2.Limits(max_keepalive_connections=number % 2) for number in range(CLIENTS)]
    await asyncio.gather(*(keep_asking(each) for each in limits))


async def measure_reloads(times: int = 200) -> None:
    """Requests lost while the supergraph changes that often."""
    tally, over = Tally(), asyncio.Event()
    async with running() as router:
        asking = asyncio.create_task(load(router.client.base_url, tally, over))
        for number in range(times):
            router.change(number)
            await router.served(number + 2)
        over.set()
        await asking
    print(f"{times} reloads under load: {tally.answered} requests answered, {lost(tally)}")


async def measure_stops(times: int = 20) -> None:
    """Requests lost when a router under load is told to stop."""
    tally, codes = Tally(), Counter[int | None]()
    for _ in range(times):
        one = Tally()
        async with running() as router:
            asking = asyncio.create_task(load(router.client.base_url, one, asyncio.Event()))
            while one.answered < 100:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            router.process.send_signal(signal.SIGTERM)
            codes[await router.process.wait()] += 1
            await asking
        tally.answered += one.answered
        tally.refused += one.refused
        tally.lost += one.lost
    told = f"{tally.answered} requests answered, {tally.refused} refused before they were sent, {lost(tally)}"
    print(f"{times} times SIGTERM under load: {told}, exit codes {dict(codes)}")


async def measure_reload_memory(times: int = 1_000) -> None:
    """How much a router has grown that many reloads after the first tenth of as many."""
    async with running(SUPERGRAPH_RELOAD__WATCH="false") as router:

        async def reload(number: int) -> None:
            router.change(number)
            router.process.send_signal(signal.SIGHUP)
            await ask(router.client, Tally())
            await router.served(number + 2)

        await grown("reloads", router, reload, times)


async def measure_operation_memory(times: int = 100_000) -> None:
    """How much a router has grown that many different operations after the first tenth of as many."""
    batching = {"SUPERGRAPH_BATCHING__ENABLED": "true", "SUPERGRAPH_BATCHING__MAX_OPERATIONS": str(BATCH)}
    async with running(**batching) as router:

        async def operate(number: int) -> None:
            batch = [{"query": f"query Q{number}_{each} {QUERY}"} for each in range(BATCH)]
            response = await router.client.post("/graphql", json=batch)
            assert response.content == b"[%s]" % b",".join([ANSWER] * BATCH), response.text  # noqa: S101

        await grown(f"batches of {BATCH} different operations", router, operate, times // BATCH)


async def measure_request_memory(times: int = 1_000_000) -> None:
    """How much a router has grown that many requests after the first tenth of as many; `wrk` makes them."""
    async with running() as router:
        script = wrk_script(QUERY, router.folder / "query.lua")
        sizes, asked, told = list[float](), 0, times // 10
        while asked < times + times // 10:
            arguments = [
                "-t1",
                f"-c{CLIENTS}",
                "-d2s",
                "-s",
                str(script),
                f"{router.client.base_url}/graphql",
            ]
            load = await asyncio.create_subprocess_exec("wrk", *arguments, stdout=asyncio.subprocess.PIPE)
            output = (await load.communicate())[0].decode()
            assert "Non-2xx" not in output, output  # noqa: S101
            asked += int(output.split(" requests in ")[0].split()[-1])
            if asked >= told * (len(sizes) + 1):
                sizes.append(router.memory())
                print(f"{asked} requests: {sizes[-1]:.1f} MB", file=sys.stderr, flush=True)
    print(f"{asked} requests, since the first tenth: {growth(sizes)}")


async def grown(what: str, router: Running, once: Callable[[int], Awaitable[None]], times: int) -> None:
    """Does something that often, and says how much more memory the router has at the end than after a first tenth.

    Tells on the way, on standard error.
    """
    sizes, first = list[float](), times // 10
    for number in range(first + times):
        if number and number % first == 0:
            sizes.append(router.memory())
            print(f"{number} {what}: {sizes[-1]:.1f} MB", file=sys.stderr, flush=True)
        await once(number)
    sizes.append(router.memory())
    print(f"{times} {what} after the first {first}: {growth(sizes)}")


def growth(sizes: list[float]) -> str:
    """How much more the last size is than the first, in words, and all of them."""
    share = 100 * (sizes[-1] / sizes[0] - 1)
    shown = " ".join(f"{size:.1f}" for size in sizes)
    return f"{share:+.1f} % ({shown} MB)"


def lost(tally: Tally) -> str:
    """What was lost, in words."""
    return f"{tally.lost.total()} lost {dict(tally.lost) or ''}".rstrip()


MEASUREMENTS = {
    "reload": measure_reloads,
    "stop": measure_stops,
    "reload-memory": measure_reload_memory,
    "operation-memory": measure_operation_memory,
    "request-memory": measure_request_memory,
}


def main() -> None:
    """Takes what is asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench.lifecycle", description=__doc__)
    parser.add_argument("measurement", nargs="*", choices=[[], *MEASUREMENTS])
    parser.add_argument("--times", type=int, help="how often, in place of the rule")
    wanted = parser.parse_args()
    for name in wanted.measurement or MEASUREMENTS:
        measure = MEASUREMENTS[name]
        asyncio.run(measure() if wanted.times is None else measure(wanted.times))


if __name__ == "__main__":
    main()
