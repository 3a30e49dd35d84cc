"""Where the log goes: standard error, a line of JSON an event, or plain lines for a person."""

from __future__ import annotations

import logging
import sys

import orjson
import structlog
from structlog.typing import EventDict, Processor

FOUND_BY = ("error_id", "subgraph")
"""What events of the standard library's log are found by, beside their text."""


def log_json() -> None:
    """Logs for machines."""
    _configure(
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(serializer=_json),
    )


def log_for_people() -> None:
    """Logs for whoever sits before the terminal."""
    plain = structlog.dev.plain_traceback
    _configure(
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain),
    )


def _configure(*renderers: Processor) -> None:
    """Renders our events, and what libraries log through the standard library, the same way.

    Tracebacks carry no values of variables, which may be secrets.
    """
    shared: list[Processor] = [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(allow=FOUND_BY)],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _json(event: EventDict, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
