"""A worker's duties go on, whatever becomes of one of them, until it is told to stop."""

import asyncio

import pytest

from subgraphs.common import duties
from subgraphs.common.duties import every, work


class Counted:
    """Something to do that counts how often it was begun and knows whether it was ended."""

    def __init__(self, *, fails: bool = False, lasts: bool = False) -> None:
        self.begun = 0
        self.cancelled = False
        self.thrice = asyncio.Event()
        self._fails, self._lasts = fails, lasts

    async def __call__(self) -> None:
        """Is done, or fails, or goes on until it is cancelled."""
        self.begun += 1
        if self.begun == 3:
            self.thrice.set()
        if self._fails:
            raise OSError("the database is away")
        if self._lasts:
            try:
                await asyncio.Event().wait()
            finally:
                self.cancelled = True


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begins again at once."""
    monkeypatch.setattr(duties, "AGAIN_AFTER_S", 0)


async def until(event: asyncio.Event, *doing: Counted) -> None:
    """Works at these until the event."""
    stop = asyncio.Event()
    working = asyncio.create_task(work({str(n): duty for n, duty in enumerate(doing)}, stop))
    await asyncio.wait_for(event.wait(), 5)
    stop.set()
    await asyncio.wait_for(working, 5)


async def test_a_duty_that_fails_begins_again() -> None:
    failing = Counted(fails=True)
    await until(failing.thrice, failing)
    assert failing.begun >= 3


async def test_a_duty_that_ends_begins_again() -> None:
    ending = Counted()
    await until(ending.thrice, ending)
    assert ending.begun >= 3


async def test_a_duty_that_fails_stops_no_other() -> None:
    failing, lasting = Counted(fails=True), Counted(lasts=True)
    await until(failing.thrice, failing, lasting)
    assert lasting.begun == 1


async def test_a_stop_ends_what_is_being_done() -> None:
    failing, lasting = Counted(fails=True), Counted(lasts=True)
    await until(failing.thrice, failing, lasting)
    assert lasting.cancelled


async def test_an_action_is_done_every_so_often() -> None:
    action = Counted()
    duty = asyncio.ensure_future(every(0, action)())
    await asyncio.wait_for(action.thrice.wait(), 5)
    duty.cancel()
    assert action.begun >= 3
