"""What the probes say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True, eq=False)
class Readiness:
    """Whether a process takes requests, and why not: `GET /ready`.

    `waiting` says what it waits for; while it is empty, requests are taken. `generation` is the number of the
    configuration that is served, counted from the start. `refused` tells that a later one could not be used.
    """

    waiting: str = ""
    closing: bool = False
    generation: int = 1
    refused: bool = False

    @property
    def ready(self) -> bool:
        """Whether requests are taken."""
        return not self.waiting and not self.closing

    def report(self) -> dict[str, Any]:
        """What the probe answers, for everybody to see: no file, no cause."""
        if self.closing:
            return {"status": "not ready", "reason": "the router is shutting down"}
        if self.waiting:
            return {"status": "not ready", "reason": self.waiting}
        if self.refused:
            return {
                "status": "ready",
                "generation": self.generation,
                "reload": "the newest files cannot be used, the log says why; the generation before them is served",
            }
        return {"status": "ready", "generation": self.generation}
