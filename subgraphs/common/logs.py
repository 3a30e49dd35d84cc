"""Where a subgraph's log goes when it runs on its own: standard output, a line of JSON an event."""

import orjson
import structlog
from structlog.tracebacks import ExceptionDictTransformer


def log_json() -> None:
    """Logs for machines. Tracebacks carry no values of variables: a password may be among them."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        cache_logger_on_first_use=True,
    )


def _json(event: object, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
