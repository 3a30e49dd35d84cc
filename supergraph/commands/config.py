"""`supergraph config`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from pydantic import BaseModel, SecretStr

from supergraph.commands.config_reference import reference
from supergraph.commands.options import DEFAULT_CONFIG, ConfigOption
from supergraph.commands.supergraphs import read_supergraph
from supergraph.commands.terminal import err, fail, out, run
from supergraph.configuration import (
    Configuration,
    ConfigurationError,
    MetricsExportConfiguration,
    read_configuration,
)
from supergraph.server.endpoints import http_endpoints, outside
from supergraph.server.parts import Parts, close_all
from supergraph.server.router import create_router

HIDDEN = "********"
PASSWORD = re.compile(r"(://[^/@:\s]*:)[^/@\s]+@")

OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Where it goes (default: the terminal)."),
]

config = typer.Typer(no_args_is_help=True, help="Check the configuration, or describe it to an editor.")


@config.command()
def check(
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Check the configuration and all files that it names, and print what is not as by default.

    Builds the router as `supergraph serve` would, and serves nothing. Each value that differs from its default is
    printed with where it comes from, the file or the variable; secrets are not shown. What is unsafe is named.

    **Exit codes**: 0 it can be served; 1 it cannot.
    """
    configuration = read_configuration(config)
    run(_build(configuration))
    _print_differing(configuration, config)
    for warning in unsafe(configuration):
        err.print("[yellow]unsafe[/]", end=" ")
        err.print(warning, markup=False)
    out.print(f"{config} can be served", markup=False)


@config.command()
def schema(output: OutputOption = None) -> None:
    """Print the JSON schema of `supergraph.yaml`, by which editors complete and check it.

    With the YAML language server, name it in the first line:
    `# yaml-language-server: $schema=supergraph.schema.json`.

    **Example**

    `supergraph config schema --output supergraph.schema.json`
    """
    _write(json.dumps(configuration_schema(), indent=2) + "\n", output)


@config.command("reference")
def print_reference(output: OutputOption = None) -> None:
    """Print every key with its default and what it may be, as a page of Markdown."""
    _write(reference(configuration_schema()), output)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        out.print(text, markup=False, end="")
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}.")


def configuration_schema() -> dict[str, Any]:
    """The JSON schema of a configuration file. Secrets are left out: they stand in the environment."""
    described = Configuration.model_json_schema()
    del described["properties"]["internal_key"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}


def unsafe(configuration: Configuration) -> Iterator[str]:
    """What a stranger may do under this configuration that he may not by default."""
    if configuration.introspection or configuration.graphiql:
        yield "introspection, graphiql: everybody can read the schema."
    if not configuration.mask_errors:
        yield "mask_errors: clients see what went wrong inside."
    if configuration.error_services:
        yield "error_services: clients are told the names of the subgraphs."
    if not configuration.csrf_prevention:
        yield "csrf_prevention: other sites' pages can send queries in a visitor's name."
    if "*" in configuration.cors.origins:
        yield "cors.origins: the pages of every site may call."
    if "*" in configuration.allowed_hosts:
        yield "allowed_hosts: another site's page can give the router a name of its own (DNS rebinding)."
    if configuration.telemetry.host not in {"127.0.0.1", "::1", "localhost"}:
        yield "telemetry.host: what is meant for operators can be asked from outside."


async def _build(configuration: Configuration) -> None:
    """Makes the router and lets go of it again, with nothing sent to anybody."""
    graph, parts = read_supergraph(configuration.at(configuration.supergraph)), Parts()
    unseen = configuration.telemetry.model_copy(update={"metrics_export": MetricsExportConfiguration()})
    offline = configuration.model_copy(update={"telemetry": unseen})
    try:
        endpoints = http_endpoints(offline, graph, parts)
        create_router(offline, graph, endpoints, outside(offline, parts), parts=parts)
    finally:
        await close_all(parts.without(Parts()))
    for name, subgraph in configuration.subgraphs.items():
        if subgraph.contract is not None and not configuration.at(subgraph.contract).is_file():
            raise ConfigurationError(
                f"subgraphs.{name}.schema: {configuration.at(subgraph.contract)} is not there."
            )
    for folder in configuration.operations:
        if not configuration.at(folder).is_dir():
            raise ConfigurationError(f"operations: {configuration.at(folder)} is no folder.")


def _print_differing(configuration: Configuration, file: Path) -> None:
    written = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    defaults = dict(_leaves(Configuration.model_construct()))
    for key, value in _leaves(configuration):
        origin = _origin(key, written, file)
        if origin is not None and (key not in defaults or defaults[key] != value):
            out.print(f"{key} = {_shown(key, value)}  ({origin})", markup=False)


def _shown(key: str, value: Any) -> str:
    """A value for others to see: without secrets, passwords in addresses, and what headers are set to."""
    if isinstance(value, SecretStr):
        return HIDDEN
    if key.endswith("headers.set"):
        value = dict.fromkeys(value, HIDDEN)
    return PASSWORD.sub(rf"\1{HIDDEN}@", json.dumps(value, default=str))


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _leaves(getattr(value, name), f"{key}.{field.alias or name}".lstrip("."))
    elif isinstance(value, dict) and value and all(isinstance(each, BaseModel) for each in value.values()):
        for name, each in value.items():
            yield from _leaves(each, f"{key}.{name}")
    else:
        yield key, value


def _origin(key: str, written: Any, file: Path) -> str | None:
    """The variable or file that says a value; None where it is a default of its section."""
    variable = "SUPERGRAPH_" + key.upper().replace(".", "__")
    variables = {name.upper() for name in os.environ}
    for shorter in (variable.rsplit("__", up)[0] for up in range(variable.count("__") + 1)):
        if shorter in variables:
            return shorter
    for part in key.split("."):
        if not isinstance(written, dict) or part not in written:
            return None
        written = written[part]
    return str(file)
