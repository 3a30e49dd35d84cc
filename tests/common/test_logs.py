"""A subgraph's log is for machines, and keeps secrets."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from subgraphs.common.logs import log_json


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def test_an_event_is_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    log_json()
    structlog.get_logger().warning("it happened", to="ada@example.com")
    (line,) = capsys.readouterr().out.splitlines()
    event = json.loads(line)
    assert (event["event"], event["to"], event["level"]) == ("it happened", "ada@example.com", "warning")


def test_what_a_library_logs_is_a_line_of_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    log_json()
    logging.getLogger("aio_pika").warning("lost %s", "the broker")
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["event"] == "lost the broker"


def test_a_traceback_shows_no_value_of_a_variable(capsys: pytest.CaptureFixture[str]) -> None:
    log_json()

    def sign_in(password: str) -> None:
        raise RuntimeError(f"{len(password)} characters")

    try:
        sign_in("popcorn")
    except RuntimeError as error:
        structlog.get_logger().error("it failed", exc_info=error)
    printed = capsys.readouterr().out
    assert "7 characters" in printed
    assert "'popcorn'" not in printed
