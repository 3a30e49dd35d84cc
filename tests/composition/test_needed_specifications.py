"""A supergraph that needs a specification which the router does not know is refused."""

from __future__ import annotations

import pytest

from supergraph.composition import SubgraphSource, compose, read
from supergraph.composition.reading import InvalidSupergraphError
from supergraph.model import Supergraph

APOLLO = "https://specs.apollo.dev"


def linking(*links: str, join: str = "v0.5") -> Supergraph:
    listed = " ".join(f"@link({link})" for link in (f'url: "{APOLLO}/join/{join}", for: EXECUTION', *links))
    return read(
        f'schema {listed} {{ query: Query }} enum join__Graph {{ A @join__graph(name: "a", url: "") }} '
        "type Query @join__type(graph: A) { a: Int }"
    )


@pytest.mark.parametrize("purpose", ["SECURITY", "EXECUTION"])
def test_an_unknown_specification_with_a_purpose_is_refused_by_its_name_and_purpose(purpose: str) -> None:
    with pytest.raises(
        InvalidSupergraphError, match=f"https://example.com/mask v1.0 for {purpose}, .* does not know"
    ):
        linking(f'url: "https://example.com/mask/v1.0", for: {purpose}')


def test_an_unknown_specification_without_a_purpose_is_passed_over() -> None:
    assert linking('url: "https://example.com/mask/v1.0"').subgraphs.keys() == {"a"}


def test_a_namesake_of_a_known_specification_is_not_that_specification() -> None:
    with pytest.raises(InvalidSupergraphError, match=r"https://example\.com/inaccessible v0\.2"):
        linking('url: "https://example.com/inaccessible/v0.2", for: SECURITY')


def test_a_version_newer_than_those_known_is_refused_with_those_known() -> None:
    with pytest.raises(InvalidSupergraphError, match=r"inaccessible v0\.3 for SECURITY, .* v0\.1, v0\.2"):
        linking(f'url: "{APOLLO}/inaccessible/v0.3", for: SECURITY')


def test_a_specification_without_version_is_not_taken_for_a_known_version() -> None:
    with pytest.raises(InvalidSupergraphError, match="policy"):
        linking(f'url: "{APOLLO}/policy", for: SECURITY')


@pytest.mark.parametrize("language", ["core/v0.3", "link/v2.0", "join/v0.6"])
def test_what_a_supergraph_is_written_in_must_be_known_whatever_its_link_says(language: str) -> None:
    with pytest.raises(InvalidSupergraphError, match=language.replace("/", " ")):
        linking(f'url: "{APOLLO}/{language}"')


def test_connectors_are_refused_with_what_to_do_instead() -> None:
    with pytest.raises(InvalidSupergraphError, match=r"REST connectors.* by a subgraph"):
        linking(f'url: "{APOLLO}/connect/v0.2", for: EXECUTION')


def test_all_that_is_unknown_is_told_at_once() -> None:
    with pytest.raises(InvalidSupergraphError, match=r"/mask v1\.0 .*/veil v1\.0 "):
        linking(*(f'url: "https://example.com/{name}/v1.0", for: SECURITY' for name in ("mask", "veil")))


@pytest.mark.parametrize(
    "known",
    [
        *("tag/v0.1", "tag/v0.2", "tag/v0.3", "inaccessible/v0.1", "inaccessible/v0.2", "authenticated/v0.1"),
        *("requiresScopes/v0.1", "policy/v0.1", "context/v0.1", "cost/v0.1", "cacheTag/v0.1", "link/v1.0"),
    ],
)
@pytest.mark.parametrize("purpose", ["SECURITY", "EXECUTION"])
def test_a_known_specification_is_accepted_for_every_purpose(known: str, purpose: str) -> None:
    assert linking(f'url: "{APOLLO}/{known}", for: {purpose}').subgraphs.keys() == {"a"}


@pytest.mark.parametrize("version", ["v0.1", "v0.2", "v0.3", "v0.4", "v0.5"])
def test_every_version_of_join_is_accepted(version: str) -> None:
    assert linking(join=version).subgraphs.keys() == {"a"}


def test_a_purpose_in_a_subgraph_does_not_make_a_supergraph_that_is_refused() -> None:
    sdl = (
        f'extend schema @link(url: "{APOLLO}/federation/v2.9", import: ["@composeDirective"]) '
        '@link(url: "https://example.com/mask/v1.0", import: ["@mask"], for: SECURITY) '
        '@composeDirective(name: "@mask") '
        "directive @mask on FIELD_DEFINITION "
        "type Query { a: Int @mask }"
    )
    composition = compose([SubgraphSource("a", "", sdl)])
    assert composition.errors == ()
    assert read(composition.supergraph_sdl or "").subgraphs.keys() == {"a"}
