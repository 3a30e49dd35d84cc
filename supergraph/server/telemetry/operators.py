"""What operators may ask the router, on a listener of its own: none of it is for clients."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from supergraph.server.telemetry.metrics import Metrics


def create_operators_site(metrics: Metrics) -> Starlette:
    """The application that answers `GET /metrics`."""

    async def all_metrics(_: Request) -> Response:
        return Response(metrics.text(), media_type=Metrics.content_type)

    return Starlette(routes=[Route("/metrics", all_metrics)])
