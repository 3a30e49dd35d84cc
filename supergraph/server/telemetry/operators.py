"""What operators may ask the router, on a listener of its own: none of it is for clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from supergraph.server.telemetry.error_records import ErrorRecords

if TYPE_CHECKING:
    from supergraph.server.telemetry.metrics import Metrics


def create_operators_site(metrics: Metrics | None, errors: ErrorRecords | None) -> Starlette:
    """The application that answers `GET /metrics` with their text, and `GET /errors/ID` with an error's record."""
    return Starlette(routes=list(_routes(metrics, errors)))


def _routes(metrics: Metrics | None, errors: ErrorRecords | None) -> Iterator[Route]:
    if metrics is not None:

        async def all_metrics(_: Request) -> Response:
            return Response(metrics.text(), media_type=metrics.content_type)

        yield Route("/metrics", all_metrics)
    if errors is not None:

        async def error(request: Request) -> Response:
            record = errors.find(request.path_params["error_id"])
            return Response(status_code=404) if record is None else JSONResponse(record)

        yield Route("/errors/{error_id}", error)
