"""Records of errors in a folder: they outlive the process, and several processes share them."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import orjson
import structlog

from supergraph.server.telemetry.error_records import ERROR_ID, Record

MOST_WAITING = 100
LARGEST_RECORD = 1_000_000

_log = structlog.get_logger(__name__)


class RecordFolder:
    """Keeps the latest records as files that their owner alone may read, `<errorId>.json`.

    They are written by a thread of its own. Where more come than it can write some are not kept: the log has their
    causes.
    """

    def __init__(self, folder: Path, kept: int) -> None:
        self._folder = folder
        self._kept = kept
        self._waiting: queue.Queue[tuple[str, Record] | None] = queue.Queue(MOST_WAITING)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._thread = threading.Thread(target=self._write_all, name="error records", daemon=True)
        self._thread.start()

    def put(self, error_id: str, record: Callable[[], Record]) -> None:
        """Has a record written as it is now."""
        if not self._waiting.full():
            with suppress(queue.Full):
                self._waiting.put_nowait((error_id, record()))

    def find(self, error_id: str) -> Record | None:
        """The record, of whichever process."""
        return read_record(self._folder, error_id)

    def close(self) -> None:
        """Writes what waits, and ends."""
        self._waiting.put(None)
        self._thread.join()

    def _write_all(self) -> None:
        while (entry := self._waiting.get()) is not None:
            try:
                self._write(*entry)
            except OSError as error:
                _log.warning("a record of an error cannot be kept", cause=repr(error))

    def _write(self, error_id: str, record: Record) -> None:
        body = orjson.dumps(record)
        if len(body) > LARGEST_RECORD:
            body = orjson.dumps({**record, "plans": ["(too large to be kept)"], "fetches": []})
        draft = self._folder / f".{error_id}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
            opened.write(body)
        draft.replace(self._folder / f"{error_id}.json")
        self._drop_oldest()

    def _drop_oldest(self) -> None:
        files = list(self._folder.glob("*.json"))
        if len(files) <= self._kept:
            return
        ages = []
        for file in files:
            with suppress(OSError):  # another process dropped it
                ages.append((file.stat().st_mtime_ns, file))
        for _, file in sorted(ages)[: -self._kept]:
            file.unlink(missing_ok=True)


def read_record(folder: Path, error_id: str) -> Record | None:
    """The record of an error in a folder; None where there is none."""
    if not ERROR_ID.fullmatch(error_id):
        return None
    try:
        return orjson.loads((folder / f"{error_id}.json").read_bytes())
    except FileNotFoundError:
        return None
