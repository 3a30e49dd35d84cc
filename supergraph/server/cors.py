"""Which pages of other origins may read what the router answers."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from supergraph.configuration import CorsConfiguration
from supergraph.server.graphql_over_http import EXPOSE_COST, PREFLIGHT_HEADERS


def with_cors(app: ASGIApp, cors: CorsConfiguration) -> ASGIApp:
    """The application, with what browsers ask before they let a page of another origin call it."""
    if not cors.origins:
        return app
    allowed = [
        "authorization",
        "content-type",
        *(name.decode() for name in (*PREFLIGHT_HEADERS, EXPOSE_COST)),
        *cors.headers,
    ]
    return CORSMiddleware(
        app,
        allow_origins=cors.origins,
        allow_methods=["GET", "POST"],
        allow_headers=allowed,
        allow_credentials=cors.credentials,
        expose_headers=["retry-after", "ratelimit", "ratelimit-policy"],
        max_age=cors.max_age_seconds,
    )
