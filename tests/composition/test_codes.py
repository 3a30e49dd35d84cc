"""Every error code of Apollo's composition has a case or a reason why not; every code of ours is documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from supergraph.composition import compose
from tests.composition.conftest import read_case

CORPUS = Path(__file__).parent / "corpus"
DOCUMENT = Path(__file__).parents[2] / "docs" / "composition.md"
GIVEN_BY_NO_CASE = {
    "UNSUPPORTED_LINKED_FEATURE": "about a supergraph that is loaded, not about subgraphs that are composed",
    "INVALID_FEDERATION_SUPERGRAPH": "about a supergraph that is loaded: InvalidSupergraphError here",
    "TYPE_WITH_ONLY_UNUSED_EXTERNAL": "Federation 1: unused externals go before, and with them such a type",
    "DOWNSTREAM_SERVICE_ERROR": "about a subgraph that a gateway asks for its schema; ours are files",
    "MAX_VALIDATION_SUBGRAPH_PATHS_EXCEEDED": "a bound of Apollo's way to check that all can be answered",
}


def expected_somewhere() -> set[str]:
    """The codes that some case of the corpus gives."""
    heads = (path.read_text().split("\n", 1)[0] for path in CORPUS.glob("*.graphql"))
    return {code.strip() for head in heads for code in head.removeprefix("# expected:").split(",")}


@pytest.mark.needs("node")
def test_every_code_of_apollo_s_has_a_case_or_a_reason(apollo_codes: list[str]) -> None:
    assert set(apollo_codes) - expected_somewhere() == set(GIVEN_BY_NO_CASE)


def listed_under(heading: str) -> list[str]:
    """The codes in a table of `docs/composition.md`."""
    section = DOCUMENT.read_text().split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| `([A-Z0-9_]+)` \|", section, re.MULTILINE)


def hinted(cases: list[Path]) -> set[str]:
    """The codes of the hints that cases of the corpus give."""
    return {hint.code for path in cases for hint in compose(read_case(path).subgraphs).hints}


def test_the_documentation_lists_every_error_that_a_case_gives_in_order() -> None:
    assert listed_under("Errors") == sorted(expected_somewhere() - {"composes"})


def test_the_documentation_lists_every_hint_that_a_case_or_a_contract_gives_in_order() -> None:
    assert listed_under("Hints") == sorted(hinted(sorted(CORPUS.glob("*.graphql"))) | {"CONTRACT_TAG_UNUSED"})
