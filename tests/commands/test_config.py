"""`supergraph config`."""

import json
from pathlib import Path

import pytest

from supergraph.commands.config import configuration_schema
from supergraph.commands.config_reference import reference
from supergraph.configuration import Configuration, ConfigurationError, read_configuration
from supergraph.configuration.section import Section
from tests.commands.conftest import Command

KEY = "a key of thirty-two bytes or more"


@pytest.fixture
def composed(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command("compose").exit_code == 0
    monkeypatch.setenv("SUPERGRAPH_INTERNAL_KEY", KEY)


@pytest.mark.usefixtures("composed")
def test_what_differs_is_printed_with_where_it_comes_from_and_no_secret(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPERGRAPH_LIMITS__DEPTH", "7")
    monkeypatch.setenv("SUPERGRAPH_MASK_ERRORS", "false")
    monkeypatch.setenv("SUPERGRAPH_REDIS__URL", "rediss://router:open-sesame@redis:6379/0")
    monkeypatch.setenv("SUPERGRAPH_HEADERS__SET", '{"x-api-key": "open-sesame"}')

    result = command("config", "check")

    assert result.exit_code == 0, result.stderr
    assert "limits.depth = 7  (SUPERGRAPH_LIMITS__DEPTH)" in result.stdout
    assert 'client = "client"  (supergraph.yaml)' in result.stdout
    assert "internal_key = ********  (SUPERGRAPH_INTERNAL_KEY)" in result.stdout
    assert KEY not in result.output
    assert 'redis.url = "rediss://router:********@redis:6379/0"' in result.stdout
    assert 'headers.set = {"x-api-key": "********"}' in result.stdout
    assert "open-sesame" not in result.output
    assert "limits.tokens" not in result.stdout
    assert "mask_errors: clients see what went wrong inside." in result.stderr


EVERYTHING = """
upstream: {probes: {enabled: true}, http2: true}
telemetry:
  metrics: true
  metrics_export: {endpoint: "http://127.0.0.1:1/v1/metrics"}
  traces: {endpoint: "http://127.0.0.1:1/v1/traces"}
  errors: {enabled: true, folder: records}
"""


@pytest.mark.usefixtures("composed")
def test_a_router_with_everything_switched_on_is_checked_too(command: Command, business: Path) -> None:
    file = business / "supergraph.yaml"
    text = file.read_text().replace("schema: products.graphql", "schema: products.graphql\n    discover: dns")
    file.write_text(text + EVERYTHING)

    result = command("config", "check")

    assert result.exit_code == 0, result.stderr
    assert "can be served" in result.stdout
    assert result.stderr == ""


@pytest.mark.usefixtures("composed")
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("persisted_documents: {manifest: none.json}", "none.json: cannot be read"),
        ("supergraph: none.graphql", "none.graphql cannot be read"),
        ("operations: [nowhere]", "operations: nowhere is no folder."),
        (
            "telemetry: {errors: {enabled: true, folder: supergraph.yaml}}",
            "telemetry.errors.folder: supergraph.yaml cannot be used: File exists.",
        ),
        ("upstream: {tls: {ca: none.pem}}", "upstream.tls: none.pem cannot be read"),
    ],
)
def test_a_file_that_is_named_and_not_there_is_told(
    command: Command, business: Path, line: str, message: str
) -> None:
    key = line.partition(":")[0]
    file = business / "supergraph.yaml"
    lines = [each for each in file.read_text().splitlines() if not each.startswith(f"{key}:")]
    file.write_text("\n".join([*lines, line]))

    result = command("config", "check")

    assert result.exit_code == 1
    assert message in result.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("limits: {dept: 1}", "limits.dept: there is no such key. Did you mean `depth`?"),
        ("subgraphs: {a: {shema: b}}", "subgraphs.a.shema: there is no such key. Did you mean `schema`?"),
        ("identiti: {}", "identiti: there is no such key. Did you mean `identity`?"),
        ("xyzzy: 1", "xyzzy: there is no such key."),
    ],
)
def test_an_unknown_key_is_named_with_what_was_meant(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "supergraph.yaml"
    file.write_text(text)

    with pytest.raises(ConfigurationError) as raised:
        read_configuration(file)

    assert str(raised.value) == f"{file}: {message}"


def test_the_page_of_all_keys_is_what_the_command_prints(command: Command) -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "configuration.md").read_text()

    assert command("config", "reference").stdout == page


def test_every_key_has_its_line_in_the_page_of_all_keys() -> None:
    page = reference(configuration_schema())
    keys = [
        name
        for section in Section.__subclasses__()
        for name in (each.alias or key for key, each in section.model_fields.items())
    ]

    assert [key for key in keys if f"| `{key}` |" not in page] == []


def test_the_schema_knows_every_key_refuses_others_and_has_no_secret(
    command: Command, tmp_path: Path
) -> None:
    result = command("config", "schema", "--output", str(tmp_path / "schema.json"))
    schema = json.loads((tmp_path / "schema.json").read_text())

    assert result.exit_code == 0
    assert schema == configuration_schema()
    assert schema["properties"].keys() == Configuration.model_fields.keys() - {"internal_key"}
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["LimitsConfiguration"]["additionalProperties"] is False
    assert "schema" in schema["$defs"]["SubgraphConfiguration"]["properties"]
