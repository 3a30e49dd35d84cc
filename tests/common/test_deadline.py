"""A subgraph works no longer than its caller waits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from subgraphs.common.deadline import Deadline


class Work:
    """Goes on for ever, or ends at once; says when it was cancelled."""

    def __init__(self) -> None:
        self.cancelled = False

    async def endless(self, _request: Request) -> Response:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return Response()

    async def quick(self, _request: Request) -> Response:
        return JSONResponse({"data": {}})


async def ask(work: Work, path: str, headers: Mapping[str, str]) -> httpx2.Response:
    app = Deadline(Starlette(routes=[Route("/endless", work.endless), Route("/quick", work.quick)]))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://subgraph") as client:
        return await client.get(path, headers=headers)


async def test_work_is_broken_off_when_its_time_is_over() -> None:
    work = Work()
    answer = await ask(work, "/endless", {"x-request-timeout-ms": "20"})
    assert work.cancelled
    assert answer.status_code == 504
    assert answer.json()["errors"][0]["extensions"] == {"code": "SUBGRAPH_REQUEST_TIMEOUT"}


@pytest.mark.parametrize("granted", [{}, {"x-request-timeout-ms": "60000"}, {"x-request-timeout-ms": "soon"}])
async def test_work_within_its_time_is_answered(granted: dict[str, str]) -> None:
    answer = await ask(Work(), "/quick", granted)
    assert (answer.status_code, answer.json()) == (200, {"data": {}})
