"""GraphiQL, its example operations, and the plan of whatever stands in its editor. For development."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import FileResponse

from supergraph.execution import Caller, RequestRefused
from supergraph.planning import print_plan
from supergraph.server.body import read_body
from supergraph.server.callers import Callers, address_of
from supergraph.server.media_types import is_json
from supergraph.server.operations import Operations
from supergraph.server.refusal import bad_request, unsupported
from supergraph.server.site import PAGES

GRAPHIQL = Path(__file__).parent / "graphiql" / "dist"


@dataclass(frozen=True, slots=True)
class Example:
    """An operation to begin with; `variables` is JSON text."""

    query: str
    variables: str = ""


class PlanRequest(BaseModel):
    """Which operation is to be planned, and whether the plan says why."""

    model_config = ConfigDict(frozen=True)

    query: str = Field(max_length=100_000)
    operationName: str | None = None  # noqa: N815 - its name on the wire
    explain: bool = False


def read_examples(folders: Sequence[Path]) -> list[Example]:
    """The operations in `*.graphql` files, folder by folder, each with the variables in the `.json` beside it."""
    files = [file for folder in folders for file in sorted(folder.glob("*.graphql"))]
    return [
        Example(file.read_text(encoding="utf-8"), _variables(file.with_suffix(".json"))) for file in files
    ]


def _variables(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def add_explorer(
    site: FastAPI, operations: Operations, callers: Callers, examples: Sequence[Example], body_limit: int
) -> None:
    """Serves GraphiQL at `GET /graphql`, everything it loads from here too; or, while it is not built, a plain page.

    What is to be planned may have `body_limit` bytes.
    """
    # Not in the endpoints themselves, which FastAPI remembers for good.
    site.state.operations, site.state.callers, site.state.examples = operations, callers, list(examples)
    site.state.body_limit = body_limit
    site.add_api_route("/graphql", _explorer)
    site.add_api_route("/graphql/examples", _example_operations)
    site.add_api_route("/graphql/plan", _plan_of, methods=["POST"])
    site.mount("/graphql/ui", StaticFiles(directory=GRAPHIQL if _is_built() else PAGES))


def _is_built() -> bool:
    return (GRAPHIQL / "index.html").is_file()


async def _explorer() -> FileResponse:
    return FileResponse(GRAPHIQL / "index.html" if _is_built() else PAGES / "explorer.html")


async def _example_operations(request: Request) -> list[Example]:
    return request.app.state.examples


async def _plan_of(http: Request) -> dict[str, Any]:
    state = http.app.state
    if not is_json(http.headers.get("content-type", "").encode()):
        raise unsupported("The Content-Type must be application/json, in UTF-8.")
    authorization = http.headers.get("authorization")
    caller = await state.callers.caller(
        authorization.encode() if authorization else None, address_of(http.scope)
    )
    length = http.headers.get("content-length")
    body = await read_body(http.receive, state.body_limit, None if length is None else length.encode())
    try:
        request = PlanRequest.model_validate_json(body)
    except ValidationError as error:
        raise bad_request(
            "The body must be JSON with a `query`, and maybe `operationName` and `explain`."
        ) from error
    return await _plan(state.operations, request, caller)


async def _plan(operations: Operations, request: PlanRequest, caller: Caller) -> dict[str, Any]:
    """A plan, which counts as an operation: it takes as much work before anything is fetched, or more."""
    if operations.limiting.rates is not None:
        await operations.limiting.rates.charge_unit(caller)
    async with operations.limiting.slots:
        try:
            prepared = operations.engine.prepare(request.query, request.operationName)
            query_plan = operations.engine.plan(prepared, caller, explain=request.explain)
        except RequestRefused as refusal:
            return {"errors": list(refusal.errors)}
        return {"text": print_plan(query_plan)}
