"""Pausing until something happens, but not for ever."""

import asyncio
from contextlib import suppress


async def happens_within(event: asyncio.Event, seconds: float) -> bool:
    """Waits until the event is set, at most so many seconds; gives whether it is.

    Unlike `asyncio.wait_for` on Python 3.11 it loses no cancellation that comes together with the event.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
