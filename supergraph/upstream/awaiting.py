"""Waiting for a reply, for who has nothing else to do meanwhile."""

from __future__ import annotations

import asyncio
from functools import partial
from types import TracebackType
from typing import NamedTuple

from supergraph.upstream.request import Outcome, SubgraphReply, SubgraphRequest, Upstream


async def reply_to(upstream: Upstream, request: SubgraphRequest) -> SubgraphReply:
    """Send a query or mutation, and give its reply; raises `SubgraphError`.

    Whoever is cancelled gives the request up.
    """
    told: asyncio.Future[_Told] = asyncio.get_running_loop().create_future()

    give_up = upstream.send(request, partial(_settle, told))
    try:
        outcome, traceback = await told
    except asyncio.CancelledError:
        give_up()
        raise
    if isinstance(outcome, SubgraphReply):
        return outcome
    try:
        raise outcome.with_traceback(traceback)
    finally:
        del outcome, told, give_up


def _settle(told: asyncio.Future[_Told], outcome: Outcome) -> None:
    if not told.done():
        told.set_result(_Told(outcome, None if isinstance(outcome, SubgraphReply) else outcome.__traceback__))


class _Told(NamedTuple):
    """An outcome, and where it was raised: others are told of it too, and where they stood is not ours."""

    outcome: Outcome
    traceback: TracebackType | None
