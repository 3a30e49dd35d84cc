"""The pages on planning and federation lead to what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
LINKS = [
    (page, link)
    for page in ("federation.md", "planning.md")
    for link in re.findall(r"\]\(([^)#:]+)\)", (DOCS / page).read_text())
]


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_a_link_leads_to_something(page: str, link: str) -> None:
    assert (DOCS / page).parent.joinpath(link).exists()
