"""A business as `make run` runs it, from any checkout: what it answers, and what that costs its process."""

from __future__ import annotations

import json
import math
import os
import pstats
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from subprocess import Popen
from typing import Any

from bench.routers.measuring import running

STARTS_WITHIN_S = 420
RESTS_S = 2
SUBGRAPHS = ("movies", "users", "rentals")
COUNTED = Path(__file__).with_name("counted.py")
STATEMENTS = frozenset(
    {"do_execute", "do_executemany", "do_execute_no_params", "fetch_at_once", "fetch_rows"}
)
"""One of these is called for each statement: of SQLAlchemy's, or of ours where a driver is asked directly."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request took: seconds until it was answered, and of the processor time of the business's process."""

    seconds: float
    processor: float


@dataclass(frozen=True, slots=True)
class Counts:
    """What one request did in the event loop's thread: Python calls, and SQL statements with their BEGINs."""

    calls: int
    statements: int


@dataclass
class Business:
    """A running business, and a client of it with one connection, who may be signed in."""

    process: Popen[bytes]
    connection: HTTPConnection
    calls: Path
    token: str = ""
    answered: float = -math.inf

    def ask(self, query: str, variables: Mapping[str, Any]) -> Any:
        """The data of the answer.

        Raises:
            AssertionError: it has errors, or is none.
        """
        return self.timed(query, variables)[0]

    def timed(self, query: str, variables: Mapping[str, Any]) -> tuple[Any, Cost]:
        """The data of the answer, and what it cost.

        Raises:
            AssertionError: it has errors, or is none.
        """
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"content-type": "application/json", "accept": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        self._connect()
        processor, began = self._processor(), time.perf_counter()
        self.connection.request("POST", "/graphql", body, headers)
        response = self.connection.getresponse()
        answer = response.read()
        cost = Cost(time.perf_counter() - began, self._processor() - processor)
        self.answered = time.monotonic()
        told = json.loads(answer)
        assert response.status == 200 and "errors" not in told, answer  # noqa: S101, PT018
        return told["data"], cost

    def counted(self, query: str, variables: Mapping[str, Any]) -> tuple[Any, Counts]:
        """The data of the answer, and what the business did for it."""
        self.calls.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        data = self.ask(query, variables)
        self.process.send_signal(signal.SIGUSR2)
        while not self.calls.exists():
            time.sleep(0.005)
        stats: Any = pstats.Stats(str(self.calls))
        statements = sum(called[1] for (_, _, name), called in stats.stats.items() if name in STATEMENTS)
        return data, Counts(stats.total_calls, statements)

    def _connect(self) -> None:
        """Connects anew where the business may have closed a connection that rested."""
        if time.monotonic() - self.answered > RESTS_S:
            self.connection.close()
            self.connection.connect()

    def _processor(self) -> float:
        """Processor time of the process so far: the clock that Linux has for each."""
        return time.clock_gettime((~self.process.pid << 3) | 2)


@contextmanager
def business(
    checkout: Path, var: Path, stores: Mapping[str, str], *, working: bool = True
) -> Iterator[Business]:
    """The business of a checkout on these stores, once it is ready; without stores: SQLite, and its own broker.

    Unless it is `working` nobody carries messages, so that what it does is done for requests.
    """
    var.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **stores,
        "PYTHONPATH": str(checkout),
        "PYTHONHASHSEED": "0",
        "SUPERGRAPH_VAR": str(var),
        "SUPERGRAPH_RATE_LIMITS__ADDRESS__UNITS": "100000000",
        "SUPERGRAPH_CLIENT": "",
        "SHOP_CALLS": str(var / "calls"),
    }
    if not working:
        environment |= {f"SUPERGRAPH_SUBGRAPHS__{name.upper()}__WORKER": "" for name in SUBGRAPHS}
    command = [sys.executable, str(COUNTED), "dev", "--port", str(port)]
    with running(command, checkout, var / "log.txt", {**os.environ, **environment}) as process:
        _wait(process, port, var / "log.txt")
        yield Business(process, HTTPConnection("127.0.0.1", port, timeout=60), var / "calls")


def _wait(process: Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    sys.exit(f"The business did not become ready:\n{log.read_text()}")
