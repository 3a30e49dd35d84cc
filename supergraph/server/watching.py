"""Seeing that files have changed: by their content, looked at from time to time.

That sees what notifications of the file system miss: files behind links that are turned to another folder, as
Kubernetes does it with a ConfigMap, files that are replaced by renaming, and files on a network.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from pathlib import Path

Signature = tuple[int, int, int, int]
Content = Mapping[Path, str]

SETTLED_AFTER_S = 0.1


class WatchedFiles:
    """The content of files; which ones, is asked each time, as there may be new ones."""

    def __init__(self, files: Callable[[], Iterable[Path]]) -> None:
        self._files = files
        self._known: dict[Path, tuple[Signature, str]] = {}

    def content(self) -> Content:
        """A digest of each file, empty where it cannot be read; files that were not written to are not read again."""
        self._known = {file: self._look(file) for file in sorted(set(self._files()))}
        return {file: digest for file, (_, digest) in self._known.items()}

    def _look(self, file: Path) -> tuple[Signature, str]:
        try:
            status = file.stat()
            signature = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
            known = self._known.get(file)
            if known is not None and known[0] == signature:
                return known
            return signature, hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError:
            return (0, 0, 0, 0), ""


async def changes(
    files: WatchedFiles, every: float, settled_after: float = SETTLED_AFTER_S
) -> AsyncGenerator[None]:
    """Tells of each change, once it is whole: a content that is still being written is not told of.

    Looks every so many seconds; `settled_after` is how long nothing more must have changed.
    """
    told = seen = await asyncio.to_thread(files.content)
    while True:
        await asyncio.sleep(every if seen == told else settled_after)
        now = await asyncio.to_thread(files.content)
        if now != seen:
            seen = now
        elif now != told:
            told = now
            yield
