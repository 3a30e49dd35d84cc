"""All that is served beside GraphQL itself: probes, GraphiQL, and a web client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from pydantic import JsonValue
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from supergraph.server.readiness import Readiness
from supergraph.server.refusal import HttpRefusal, response_to

PAGES = Path(__file__).parent / "pages"

_PAGE_HEADERS = [
    (
        b"content-security-policy",
        b"; ".join(
            [
                b"default-src 'self'",
                b"style-src 'self' 'unsafe-inline'",
                b"img-src 'self' data: blob:",
                b"font-src 'self' data:",
                b"worker-src 'self' blob:",
                b"base-uri 'none'",
                b"frame-ancestors 'none'",
            ]
        ),
    ),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
]


def nothing() -> str:
    """Lack nothing."""
    return ""


def create_site(
    readiness: Readiness, closing: Callable[[], bool], lacking: Callable[[], str] = nothing
) -> FastAPI:
    """The application with the probes; `closing` says that no more requests are wanted.

    `lacking` says what is missing to answer them well, if anything is.

    `GET /health` is 200 while the process lives, `GET /ready` while it wants requests, else 503 with the reason.
    """
    site = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    site.add_middleware(_PageHeaders)
    site.add_exception_handler(HttpRefusal, _refused)
    # FastAPI remembers endpoints for good: one that held on to a router would keep every former one in memory.
    site.state.readiness, site.state.closing, site.state.lacking = readiness, closing, lacking
    site.add_api_route("/health", _health, methods=["GET", "HEAD"])
    site.add_api_route("/ready", _ready, methods=["GET", "HEAD"])
    return site


async def _refused(_: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, HttpRefusal)  # noqa: S101
    return response_to(refusal)


async def _health() -> JSONResponse:
    return JSONResponse({"status": "ok"})


async def _ready(request: Request) -> JSONResponse:
    state = request.app.state
    readiness: Readiness = state.readiness
    told = replace(
        readiness,
        closing=readiness.closing or state.closing(),
        waiting=readiness.waiting or state.lacking(),
    )
    status = HTTPStatus.OK if told.ready else HTTPStatus.SERVICE_UNAVAILABLE
    return JSONResponse(told.report(), status)


def add_client(site: FastAPI, folder: Path, settings: Mapping[str, JsonValue]) -> None:
    """Serves a built single-page client at `/`; while it is not built, a page that says how to build it.

    The client reads its settings at `/client.json`; everybody can.
    """

    site.state.client_settings = settings
    site.add_api_route("/client.json", _client_settings)
    if (folder / "index.html").is_file():
        site.mount("/", _SinglePage(directory=folder, html=True))
        return

    site.add_api_route("/", _not_built)


async def _client_settings(request: Request) -> JSONResponse:
    return JSONResponse(request.app.state.client_settings, headers={"cache-control": "no-store"})


async def _not_built() -> FileResponse:
    return FileResponse(PAGES / "client_not_built.html")


class _SinglePage(StaticFiles):
    """Files of a client that routes by itself: every path without a file is its first page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            return await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != HTTPStatus.NOT_FOUND or Path(path).suffix:
                raise
            return await super().get_response("index.html", scope)


class _PageHeaders:
    """Adds what keeps a page from loading or being loaded by strangers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_PAGE_HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers)
