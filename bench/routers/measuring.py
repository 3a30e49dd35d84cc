"""Load on a router, and what it costs that router."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Measured:
    """Requests a second, and requests per second of the router's processor time; how many were not answered well."""

    rate: float
    per_cpu_second: float
    bad: int


@contextmanager
def running(
    command: list[str], folder: Path, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process, with all that it starts, while the context lasts; its environment is ours unless one is given."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=output, start_new_session=True, env=environment
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def measure(
    process: subprocess.Popen[bytes], url: str, script: Path, connections: int, seconds: int
) -> Measured:
    """Ask over so many connections for so many seconds."""
    before = processor_seconds(process.pid)
    told = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", str(script), url],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    spent = processor_seconds(process.pid) - before
    answered = _number(r"(\d+) requests in", told)
    failed = sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", told)))
    bad = failed + int(_number(r"Non-2xx or 3xx responses: (\d+)", told))
    return Measured(_number(r"Requests/sec:\s+([\d.]+)", told), answered / spent if spent else 0.0, bad)


def wrk_script(query: str, file: Path, *, token: str = "", new: bool = False) -> Path:
    """Have `wrk` post a query, with an access token or without one; where it is `new`, another one each time."""
    body = json.dumps({"query": query})
    lines = [
        'wrk.method = "POST"',
        'wrk.headers["content-type"] = "application/json"',
        'wrk.headers["accept"] = "application/json"',
        f"wrk.body = [==[{body}]==]",
    ]
    if token:
        lines.append(f'wrk.headers["authorization"] = "Bearer {token}"')
    if new:
        start, _, rest = body.partition("{ ") if "{ " in body else body.partition("{\\n")
        lines += [
            "local number = os.time() * 1000000",
            "request = function()",
            "  number = number + 1",
            "  local name = string.format('new%.0f', number)",
            f"  local text = [==[{start}{{ ]==] .. name .. [==[: __typename {rest}]==]",
            "  return wrk.format(nil, nil, nil, text)",
            "end",
        ]
    file.write_text("\n".join(lines))
    return file


def processor_seconds(root: int) -> float:
    """What a process and all below it have used so far."""
    children: Mapping[int, list[int]] = _children()
    spent, todo = 0, [root]
    while todo:
        pid = todo.pop()
        todo += children.get(pid, [])
        with suppress(OSError):
            fields = _stat(pid)
            spent += int(fields[11]) + int(fields[12])
    return spent / TICKS


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                found.setdefault(int(_stat(int(entry.name))[1]), []).append(int(entry.name))
    return found


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    return float(found[1]) if found else 0.0
