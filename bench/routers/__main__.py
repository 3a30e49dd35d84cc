"""`python -m bench.routers`: see the package."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from secrets import token_urlsafe
from statistics import median
from typing import Any, NamedTuple

import httpx2

from bench.routers.measuring import Measured, measure, running, wrk_script
from bench.routers.peers import PEERS, TOKENS
from bench.routers.subgraphs import wait_for_subgraphs
from bench.routers.tokens import issuing
from bench.routers.world import QUERIES, SDLS
from supergraph.composition import SubgraphSource, compose

SUBGRAPHS_PORT = 4290
FIRST_PORT = 4291
READY_WITHIN_S = 60
INTERNAL_KEY = "SUPERGRAPH_INTERNAL_KEY"
ROOT = Path(__file__).parent.parent.parent


def main() -> None:
    """Measure, and print the table."""
    wanted = _arguments()
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed to make load: install it (Debian's package is called wrk).")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        work = Path(folder)
        base = f"http://127.0.0.1:{SUBGRAPHS_PORT}"
        supergraph = work / "supergraph.graphql"
        supergraph.write_text(composed(base))
        subgraphs = [sys.executable, "-m", "bench.routers.subgraphs", str(SUBGRAPHS_PORT)]
        stack.enter_context(running(subgraphs, ROOT, work / "subgraphs.log"))
        wait_for_subgraphs(base)
        issuer = stack.enter_context(issuing())
        routers: dict[str, Router] = {}
        for number, name in enumerate(wanted.names):
            peer, port = PEERS[name], FIRST_PORT + number
            try:
                peer.install(base)
            except (OSError, subprocess.CalledProcessError) as error:
                print(f"{name} is left out, it cannot be installed: {error}")
                continue
            command, environment = peer.command(supergraph, port), dict(os.environ)
            if peer.identifies:
                command += ["--config", str(issuer.configure(work / "router.yaml"))]
                environment[INTERNAL_KEY] = token_urlsafe(48)
            place = peer.folder if peer.package else ROOT
            process = stack.enter_context(running(command, place, work / f"{name}.log", environment))
            router = Router(
                process, f"http://127.0.0.1:{port}{peer.path}", issuer.token if peer.identifies else ""
            )
            if reason := _not_ready(router):
                print(f"{name} is left out, {reason}")
                continue
            routers[name] = router
        _see_that_they_agree(routers)
        _print(_measured(routers, work, wanted))


class Router(NamedTuple):
    """A router that runs: its process, where it takes requests, and the access token that goes with them, if any."""

    process: subprocess.Popen[bytes]
    url: str
    token: str

    def ask(self, query: str) -> Any:
        """Its answer, as JSON."""
        headers = {"accept": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        return httpx2.post(self.url, json={"query": query}, headers=headers, timeout=10).json()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.routers")
    parser.add_argument(
        "names", nargs="*", default=[name for name in PEERS if name != TOKENS], help=", ".join(PEERS)
    )
    parser.add_argument(
        "--new", action="store_true", help="ask for an operation that was never asked before each time"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="of load, for each cell of a round")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 50])
    wanted = parser.parse_args()
    if unknown := set(wanted.names) - set(PEERS):
        parser.error(f"there is no router {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}.")
    return wanted


def composed(base: str) -> str:
    """The supergraph of the subgraphs below that URL."""
    composition = compose([SubgraphSource(name, f"{base}/{name}", sdl) for name, sdl in SDLS.items()])
    assert composition.supergraph_sdl is not None, composition.errors  # noqa: S101 - written here
    return composition.supergraph_sdl


def _not_ready(router: Router) -> str:
    """Wait until a router answers; why it does not, if it does not."""
    until, reason = time.monotonic() + READY_WITHIN_S, "it does not answer"
    while time.monotonic() < until:
        try:
            answer = router.ask(QUERIES["one fetch"])
        except (httpx2.HTTPError, ValueError) as error:
            reason = f"it does not answer: {error}"
            time.sleep(0.5)
        else:
            return "" if "errors" not in answer else f"it answers {answer}"
    return reason


def _see_that_they_agree(routers: dict[str, Router]) -> None:
    for what, query in QUERIES.items():
        answers = {name: router.ask(query) for name, router in routers.items()}
        first, *others = answers
        for name in others:
            if answers[name].get("data") != answers[first].get("data") or "errors" in answers[name]:
                sys.exit(f"{name} answers {what!r} other than {first}: {json.dumps(answers[name])[:500]}")


def _measured(
    routers: dict[str, Router], work: Path, wanted: argparse.Namespace
) -> dict[tuple[str, int], dict[str, list[Measured]]]:
    """All cells, round by round, so that what the machine does meanwhile concerns all alike."""
    cells: dict[tuple[str, int], dict[str, list[Measured]]] = defaultdict(lambda: defaultdict(list))
    scripts = {
        (what, name): wrk_script(query, work / f"{name}{number}.lua", token=router.token, new=wanted.new)
        for number, (what, query) in enumerate(QUERIES.items())
        for name, router in routers.items()
    }
    for (_, name), script in scripts.items():
        measure(routers[name].process, routers[name].url, script, 50, 2)
    for _ in range(wanted.rounds):
        for connections in wanted.connections:
            for (what, name), script in scripts.items():
                router = routers[name]
                taken = measure(router.process, router.url, script, connections, wanted.seconds)
                cells[what, connections][name].append(taken)
    return cells


def _print(cells: dict[tuple[str, int], dict[str, list[Measured]]]) -> None:
    print(
        f"\n{'query':16}{'connections':>12}  {'router':12}{'a second':>10}{'a CPU-second':>14}{'of ours':>9}{'bad':>5}"
    )
    for (what, connections), routers in cells.items():
        ours = median(each.per_cpu_second for each in routers["ours"]) if "ours" in routers else 0.0
        for name, rounds in routers.items():
            per_cpu = median(each.per_cpu_second for each in rounds)
            rate = median(each.rate for each in rounds)
            share = f"{per_cpu / ours:.2f}" if ours else "-"
            bad = sum(each.bad for each in rounds)
            print(f"{what:16}{connections:12}  {name:12}{rate:10.0f}{per_cpu:14.0f}{share:>9}{bad:5}")


if __name__ == "__main__":
    main()
