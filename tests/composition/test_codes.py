"""Every error code of Apollo's composition has a case in the corpus, or a reason why none of ours can give it."""

from __future__ import annotations

from pathlib import Path

import pytest

CORPUS = Path(__file__).parent / "corpus"
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
