"""Files that change in the ways in which people and machines change them."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from supergraph.server.watching import Content, WatchedFiles, changes


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[list[int]]:
    """Grows by one whenever a change of the file is told."""
    (tmp_path / "file").write_text("first")
    heard: list[int] = []

    async def listen() -> None:
        async with aclosing(changes(WatchedFiles(lambda: [tmp_path / "file"]), 0.01, 0.05)) as upcoming:
            while True:
                await anext(upcoming)
                heard.append(1)

    task = asyncio.create_task(listen())
    await asyncio.sleep(0.05)
    yield heard
    task.cancel()


async def once(told: list[int]) -> None:
    async with asyncio.timeout(10):
        while not told:  # noqa: ASYNC110 - there is nothing that would tell
            await asyncio.sleep(0.01)


async def test_a_file_that_is_written_to_is_told(told: list[int], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("other")
    await once(told)


async def test_a_file_that_is_replaced_by_renaming_is_told(told: list[int], tmp_path: Path) -> None:
    (tmp_path / "new").write_text("other")
    (tmp_path / "new").rename(tmp_path / "file")
    await once(told)


async def test_a_file_that_is_gone_is_told(told: list[int], tmp_path: Path) -> None:
    (tmp_path / "file").unlink()
    await once(told)


async def test_a_file_that_is_touched_or_written_as_it_was_is_not_told(
    told: list[int], tmp_path: Path
) -> None:
    os.utime(tmp_path / "file", (1, 1))
    await asyncio.sleep(0.2)  # far longer than it takes to tell
    (tmp_path / "file").write_text("first")
    await asyncio.sleep(0.2)
    assert told == []


class Written(WatchedFiles):
    """One file, which has one content after another each time it is looked at, and then the last."""

    def __init__(self, *contents: str) -> None:
        super().__init__(list)
        self._contents = list(contents)

    def content(self) -> Content:
        content = self._contents.pop(0) if len(self._contents) > 1 else self._contents[0]
        if len(self._contents) == 1:
            self.whole.set()
        return {Path("file"): content}

    whole = threading.Event()


async def test_a_file_that_is_still_being_written_is_told_once_it_is_whole() -> None:
    files = Written("first", "a", "a lin", "a line")

    async with asyncio.timeout(10), aclosing(changes(files, 0.001, 0.001)) as upcoming:
        await anext(upcoming)

    assert files.whole.is_set()


def test_what_is_not_written_to_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("first")
    files = WatchedFiles(lambda: [tmp_path / "file"])
    first = files.content()
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))

    assert files.content() == first
