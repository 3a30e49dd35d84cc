"""What operators may ask the router, on a listener of its own: none of it is for clients."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def create_operators_site(metrics: Callable[[], bytes], media_type: str) -> Starlette:
    """The application that answers `GET /metrics` with their text, in this media type."""

    async def all_metrics(_: Request) -> Response:
        return Response(metrics(), media_type=media_type)

    return Starlette(routes=[Route("/metrics", all_metrics)])
