"""`supergraph explain-error`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import httpx2
import orjson
import typer

from supergraph.commands.options import DEFAULT_CONFIG
from supergraph.commands.terminal import fail, out
from supergraph.configuration import Configuration, TelemetryConfiguration, read_configuration
from supergraph.server.telemetry.error_folder import read_record
from supergraph.server.telemetry.error_records import ERROR_ID

ANSWERED_WITHIN_S = 5.0


def explain_error(
    error_id: Annotated[str, typer.Argument(metavar="ID", help="The `errorId` that a client was given.")],
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", "-c", metavar="FILE", help="The router's configuration, of which `telemetry` counts."
        ),
    ] = None,
    url: Annotated[
        str,
        typer.Option(help="The operators' listener to ask (default: as configured, http://127.0.0.1:9464)."),
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
) -> None:
    """Tell what led to an error: its cause, the request, its fetches with their times, and the plan.

    A running router is asked, on its listener for operators; or the folder is looked into, where
    `telemetry.errors.folder` names one. The router keeps records with `telemetry.errors.enabled`; `supergraph dev`
    does so by itself, in a folder. There are no variables in a record, no tokens, and no values of the client's
    document.

    **Examples**

    `supergraph explain-error 4be2a0c1d5f60718`

    `supergraph explain-error 4be2a0c1d5f60718 --url http://10.0.0.7:9464 --json`

    **Exit codes**: 0 told; 1 there is no such record, or nobody to ask.
    """
    if not ERROR_ID.fullmatch(error_id):
        fail(f"{error_id!r} is no error id: it has 16 to 32 digits and letters from a to f.")
    record = _find(error_id, _configuration(config), url)
    if record is None:
        fail(
            f"There is no record of {error_id}, or no longer: the log has its cause. "
            "The latest are kept with telemetry.errors.enabled."
        )
    if json:
        out.print(orjson.dumps(record, option=orjson.OPT_INDENT_2).decode(), markup=False)
    else:
        out.print("\n".join(_lines(record)), markup=False)


def _configuration(file: Path | None) -> Configuration:
    return read_configuration(DEFAULT_CONFIG if file is None and DEFAULT_CONFIG.exists() else file)


def _find(error_id: str, configuration: Configuration, url: str) -> Mapping[str, Any] | None:
    errors = configuration.telemetry.errors
    in_development = error_folder(configuration)
    if not url and errors.folder is not None:
        return read_record(configuration.at(errors.folder), error_id)
    if not url and not errors.enabled and configuration.at(in_development).is_dir():
        return read_record(configuration.at(in_development), error_id)
    return _asked(error_id, url.rstrip("/") or _address(configuration.telemetry))


def error_folder(configuration: Configuration) -> Path:
    """Where `supergraph dev` keeps records, where nothing else is configured."""
    return configuration.var / "errors"


def _address(telemetry: TelemetryConfiguration) -> str:
    host = f"[{telemetry.host}]" if ":" in telemetry.host else telemetry.host
    return f"http://{host}:{telemetry.port}"


def _asked(error_id: str, address: str) -> Mapping[str, Any] | None:
    try:
        answer = httpx2.get(f"{address}/errors/{error_id}", timeout=ANSWERED_WITHIN_S)
    except httpx2.HTTPError as error:
        fail(
            f"No router answers operators at {address} ({error}): does it run, with telemetry.errors.enabled?"
        )
    return answer.json() if answer.status_code == 200 else None


def _lines(record: Mapping[str, Any]) -> Iterator[str]:
    request = record["request"]
    whose = f"from {record['subgraph']}" if record["subgraph"] else "in the router"
    yield f"error {record['errorId']} {whose}, {record['at']}"
    yield f"  cause    {record['cause']}"
    yield f"  request  {_request(request)}"
    if request["errors"]:
        yield f"  errors   {', '.join(f'{code} x{times}' for code, times in request['errors'].items())}"
    if request["traceId"]:
        yield f"  trace    {request['traceId']}"
    yield "\nfetches"
    for fetch in record["fetches"]:
        number = "-" if fetch["fetch"] is None else fetch["fetch"]
        yield (
            f"  {number:>3}  {fetch['subgraph']:<16} {fetch['outcome']:<34} "
            f"after {fetch['afterMs']:.1f} ms, for {fetch['durationMs']:.1f} ms, {fetch['requestBytes']:,} bytes"
        )
    if not record["fetches"]:
        yield "  none"
    for plan in record["plans"]:
        yield f"\nplan, without the client's values\n{plan}"
    if record["traceback"]:
        yield f"\n{record['traceback']}"


def _request(request: Mapping[str, Any]) -> str:
    name = f"{request['kind']} {request['operation'] or '(without a name)'} over {request['protocol']}"
    if request["durationMs"] is None:
        return f"{name}, which goes on"
    status = "" if request["status"] is None else f"status {request['status']}, "
    return f"{name}, {status}{request['durationMs']:.1f} ms"
