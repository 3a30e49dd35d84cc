"""Handing a message to its handler: again where that may help, until it is plain that it will not."""

import asyncio

import structlog

from subgraphs.common.messages import Handler, Message
from subgraphs.common.outages import is_outage

_log = structlog.get_logger(__name__)

ATTEMPTS = 5
LONGEST_PAUSE_S = 30.0


async def deliver(data: bytes, queue: str, handler: Handler, first_pause_s: float) -> str | None:
    """Hands the message over, in its place in the queue, until it is taken; None once it is.

    Gives the reason where it fails five times by itself. A store or a network that is away is no fault of the
    message, so that is waited for, however long it takes. Between attempts lie pauses, each twice as long as the
    one before.
    """
    try:
        message = Message.decode(data)
    except ValueError as error:
        return repr(error)
    failures = attempt = 0
    while True:
        try:
            await handler(message)
        except Exception as error:  # noqa: BLE001 - whatever it is, the queue must go on
            attempt += 1
            failures += not is_outage(error)
            _log.warning("message not handled", queue=queue, message_id=message.id, exc_info=error)
            if failures >= ATTEMPTS:
                return repr(error)
            await asyncio.sleep(min(first_pause_s * 2 ** min(attempt - 1, 20), LONGEST_PAUSE_S))
        else:
            return None
