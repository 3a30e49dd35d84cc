"""Which real parts are at hand, and what happens to tests whose part is missing."""

import os
import shutil
import socket
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import structlog
from hypothesis import HealthCheck, settings

PARTS_MUST_RUN = os.environ.get("TEST_PARTS_MUST_RUN") == "1"
ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


def postgresql_url() -> str:
    """SQLAlchemy URL of the server that tests may make databases on."""
    return os.environ.get("TEST_POSTGRESQL_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres")


def rabbitmq_url() -> str:
    """AMQP URL of the broker that tests may use."""
    return os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672/")


def redis_url() -> str:
    """URL of the Redis that tests may use."""
    return os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


def chromium() -> str:
    """Path of the browser that tests drive; empty where there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=1).close()
    except OSError:
        return False
    return True


@cache
def _at_hand(part: str) -> bool:
    match part:
        case "postgresql":
            return _listens(postgresql_url())
        case "rabbitmq":
            return _listens(rabbitmq_url())
        case "redis":
            return _listens(redis_url())
        case "chromium":
            return bool(chromium())
        case "node":
            return shutil.which("node") is not None
        case "shared":
            return SHARED.is_dir()
        case _:
            raise pytest.UsageError(f"no such part: {part}")


def pytest_configure() -> None:
    """Sets what holds for all tests.

    A property hangs on no machine's speed, and where nothing may be left out it is tried with the same examples
    each time: what is new is found by those who develop, and by `make fuzz`. Tracebacks are logged as plain
    text, because to draw one with its variables takes longer than most tests.
    """
    settings.register_profile("anywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("same", settings.get_profile("anywhere"), derandomize=True, database=None)
    settings.load_profile("same" if PARTS_MUST_RUN else "anywhere")
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leaves out a test whose part is missing, or fails it where none may be left out."""
    for marker in item.iter_markers("needs"):
        for part in marker.args:
            if not _at_hand(part):
                _leave_out(part)


def _leave_out(part: str) -> None:
    if PARTS_MUST_RUN:
        pytest.fail(f"needs {part}, which is not here, and nothing may be left out", pytrace=False)
    pytest.skip(f"needs {part}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says at the end what was left out, and why."""
    skipped = terminalreporter.stats.get("skipped", [])
    needs = (report.longrepr[2].partition("needs ")[2] for report in skipped)
    for part in sorted({part for part in needs if part}):
        terminalreporter.write_line(f"left out: the tests that need {part}, which was not found", yellow=True)
