"""`supergraph.yaml`, read and refused."""

from pathlib import Path

import pytest

from supergraph.configuration import Configuration, ConfigurationError, read_configuration

ROOT = Path(__file__).parent.parent.parent


def written(folder: Path, text: str) -> Path:
    file = folder / "supergraph.yaml"
    file.write_text(text)
    return file


def test_an_empty_file_is_the_safe_defaults(tmp_path: Path) -> None:
    configuration = read_configuration(written(tmp_path, ""))

    assert configuration.host == "127.0.0.1"
    assert configuration.mask_errors
    assert not configuration.error_services
    assert configuration.csrf_prevention
    assert not configuration.introspection
    assert not configuration.graphiql
    assert configuration.identity.access_tokens is None
    assert configuration.cors.origins == ()


def test_paths_start_at_the_folder_of_the_file(tmp_path: Path) -> None:
    configuration = read_configuration(written(tmp_path, "supergraph: graph/all.graphql"))

    assert configuration.at(configuration.supergraph) == tmp_path / "graph" / "all.graphql"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("limits: {body_byte: 1}", "limits.body_byte: there is no such key."),
        ("limits: {body_bytes: many}", "limits.body_bytes: input should be a valid integer"),
        ("limits: {body_bytes: 0}", "limits.body_bytes: input should be greater than 0"),
        ("subgraphs: {movies: {shema: a.graphql}}", "subgraphs.movies.shema: there is no such key."),
        ("subgraphs: {movies: {url: a, urls: [b]}}", "subgraphs.movies: give either `url`, or `urls`."),
        ("subgraphs: {movies: {urls: [a, a]}}", "subgraphs.movies: `urls` names an endpoint twice."),
        ("headers: {propagate: [Connection]}", "headers.propagate.0: 'connection' belongs to one connection"),
        ("headers: {propagate: [proxy-authorization]}", "headers.propagate.0: 'proxy-authorization' belongs"),
        ("headers: {propagate: ['x-*', 'x y']}", "headers.propagate.1: 'x y' is no header's name"),
        ("headers: {set: {content-length: '1'}}", "'content-length' belongs to one connection"),
        ('headers: {set: {x-zone: "a\\r\\nb"}}', "a header's value is printable ASCII"),
        (
            "headers: {to_clients: [Set-Cookie]}",
            "headers.to_clients.0: 'set-cookie' belongs to one connection",
        ),
        ("headers: {to_clients: [cache-control]}", "'cache-control' is for the router to say to clients"),
        ("headers: {remove: [a]}", "headers.remove: there is no such key."),
        ("port: 70000", "port: input should be less than or equal to 65535"),
        (
            "identity: {access_tokens: {issuer: a, audience: b, key_set: {}}}",
            "identity.access_tokens.key_set: give either `url`, or `subgraph` with `path`.",
        ),
        (
            "identity: {access_tokens: {issuer: a, audience: b, key_set: {url: c}, algorithms: [HS256]}}",
            "identity.access_tokens.algorithms.0: input should be 'EdDSA'",
        ),
        ("identity: {access_tokens: {issuer: a}}", "identity.access_tokens.audience: is missing."),
        ("- a list", "must hold keys and values"),
        ("a: [", "is no YAML"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(tmp_path: Path, text: str, message: str) -> None:
    file = written(tmp_path, text)

    with pytest.raises(ConfigurationError) as error:
        read_configuration(file)

    assert str(error.value).startswith(str(file))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SUPERGRAPH_LIMITS__BODY_BYTES", "many", "environment: limits.body_bytes: input should be a valid"),
        ("SUPERGRAPH_SUBGRAPHS", "movies", 'environment: error parsing value for field "subgraphs"'),
    ],
)
def test_what_is_wrong_in_the_environment_alone_is_told_too(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigurationError, match=message):
        read_configuration(None)


def test_each_fault_has_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_configuration(written(tmp_path, "port: x\nhots: y"))

    assert len(str(error.value).splitlines()) == 2


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_configuration(tmp_path / "none.yaml")


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERGRAPH_LIMITS__BODY_BYTES", "5")
    monkeypatch.setenv("SUPERGRAPH_SUBGRAPHS__MOVIES__URL", "http://elsewhere/graphql")
    text = "limits: {body_bytes: 9, tokens: 7}\nsubgraphs: {movies: {url: http://here/graphql, app: a:b}}"

    configuration = read_configuration(written(tmp_path, text))

    assert (configuration.limits.body_bytes, configuration.limits.tokens) == (5, 7)
    assert configuration.subgraphs["movies"].url == "http://elsewhere/graphql"
    assert configuration.subgraphs["movies"].app == "a:b"


def test_a_secret_comes_from_the_environment_and_does_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERGRAPH_INTERNAL_KEY", "a secret that is long enough for it")

    configuration = Configuration()

    assert configuration.internal_key.get_secret_value() == "a secret that is long enough for it"
    assert "a secret" not in repr(configuration)


def test_the_projects_own_configuration_is_sound() -> None:
    configuration = read_configuration(ROOT / "supergraph.yaml")

    assert list(configuration.subgraphs) == ["movies", "users", "rentals"]
    assert all(
        subgraph.contract and configuration.at(subgraph.contract).is_file()
        for subgraph in configuration.subgraphs.values()
    )
