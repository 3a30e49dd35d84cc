"""The subgraphs, each at a path of its own in one process. An answer that was given once is remembered.

python -m bench.routers.subgraphs PORT
"""

from __future__ import annotations

import sys
import time

import httpx2
import orjson
import uvicorn
from starlette.types import Receive, Scope, Send

from bench.routers.world import SDLS, data
from tests.federation.subgraph import DataSubgraph

READY_WITHIN_S = 30


class Subgraphs:
    """Answers like each of the subgraphs."""

    def __init__(self) -> None:
        own = data()
        self._subgraphs = {name: DataSubgraph(sdl, own[name]) for name, sdl in SDLS.items()}
        self._answers: dict[tuple[str, bytes], bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            return
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        answer = self._answer(scope["path"].strip("/"), body)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _answer(self, name: str, body: bytes) -> bytes:
        key = (name, body)
        if key not in self._answers:
            asked = orjson.loads(body)
            reply = self._subgraphs[name].execute(asked["query"], asked.get("variables"))
            self._answers[key] = orjson.dumps(reply)
        return self._answers[key]


def wait_for_subgraphs(base: str) -> None:
    """Wait until the subgraphs below a URL answer."""
    until = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            httpx2.post(f"{base}/people", json={"query": "{ __typename }"})
        except httpx2.HTTPError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


if __name__ == "__main__":
    uvicorn.run(Subgraphs(), port=int(sys.argv[1]), log_level="error", access_log=False, lifespan="off")
