"""What a subgraph may do wrong, as data: how a fault that a case describes changes its replies.

A fault is an object, for all replies of a subgraph to one operation, or a list of them, one for each reply in
turn (null: as it should be; so are those after the last). It says one of

    down: true                       the connection is refused
    late: true                       there is no answer in time
    body: text                       this body stands in place of the reply
    reply: {...}                     this JSON stands in place of the reply

or what is different in the honest reply, places being written as keys and indexes (`data.films.0.title`):

    put: {place: value, ...}         these values stand there
    drop: [place, ...]               nothing stands there
    errors: [{message, path, ...}]   these errors come with it

and perhaps a `status` other than 200.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from supergraph.upstream import TransportError, TransportResponse
from tests.federation.subgraph import JSON

Described = Mapping[str, Any]


class CaseFault:
    """The fault that a case describes; `replies` counts those that came by."""

    def __init__(self, described: Described | list[Described | None]) -> None:
        self._described = described
        self.replies = 0

    @property
    def spent(self) -> bool:
        """Whether all that is described has happened."""
        return self.replies >= (len(self._described) if isinstance(self._described, list) else 1)

    async def __call__(self, reply: dict[str, Any]) -> TransportResponse:
        """Answer in place of `reply`."""
        self.replies += 1
        fault = self._described
        if isinstance(fault, list):
            fault = fault[self.replies - 1] if self.replies <= len(fault) else None
        fault = fault or {}
        if "down" in fault:
            raise TransportError("connection refused")
        if "late" in fault:
            raise TimeoutError
        body = fault["body"] if "body" in fault else json.dumps(fault.get("reply") or _changed(reply, fault))
        return TransportResponse(fault.get("status", 200), JSON, body.encode())


def _changed(reply: dict[str, Any], fault: Described) -> dict[str, Any]:
    changed = json.loads(json.dumps(reply))
    for place, value in fault.get("put", {}).items():
        container, key = _place(changed, place)
        if isinstance(container, list) and key == len(container):
            container.append(value)
        else:
            assert container[key] is not ..., place
            container[key] = value
    for place in fault.get("drop", ()):
        container, key = _place(changed, place)
        del container[key]
    if "errors" in fault:
        changed["errors"] = [*changed.get("errors", ()), *fault["errors"]]
    return changed


def _place(reply: Any, place: str) -> tuple[Any, Any]:
    """The container and the key of a place, which must be in the reply (or just behind a list's end)."""
    *above, last = [int(key) if key.isdigit() else key for key in place.split(".")]
    for key in above:
        reply = reply[key]
    return reply, last
