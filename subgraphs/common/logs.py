"""Where a subgraph's log goes when it runs on its own: standard output, a line of JSON an event."""

import logging
import sys

import orjson
import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

TOLD_TOO = ("uvicorn.error",)
"""Of libraries only what is wrong is told, and of these that they start and stop."""


def log_json() -> None:
    """Logs for machines: our events, and what libraries log, the same way, with the `trace_id` where there is one.

    Tracebacks carry no values of variables: a password may be among them.
    """
    shared: list[Processor] = [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
                structlog.processors.JSONRenderer(serializer=_json),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("subgraphs").setLevel(logging.INFO)
    for name in TOLD_TOO:
        logging.getLogger(name).setLevel(logging.INFO)


def _json(event: object, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
