"""What a worker does beside requests: duties, each on its own, so that an outage of one stops one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

_log = structlog.get_logger(__name__)

Duty = Callable[[], Awaitable[object]]
AGAIN_AFTER_S = 1.0


async def work(duties: Mapping[str, Duty], stop: asyncio.Event) -> None:
    """Does every duty at once until `stop` is set; one that fails, or ends, begins again after a second."""
    tasks = [asyncio.create_task(_kept_up(name, duty)) for name, duty in duties.items()]
    try:
        await stop.wait()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def every(seconds: float, action: Duty) -> Duty:
    """The duty of doing something at once, and again whenever so many seconds have gone by."""

    async def again_and_again() -> None:
        while True:
            await action()
            await asyncio.sleep(seconds)

    return again_and_again


async def _kept_up(name: str, duty: Duty) -> None:
    while True:
        try:
            await duty()
        except Exception as error:  # noqa: BLE001 - an outage must not end a duty for good
            _log.warning("duty begins again", duty=name, exc_info=error)
        await asyncio.sleep(AGAIN_AFTER_S)
