"""docs/federation.md leads to every case."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_folder_of_cases_is_named_on_the_page_on_federation() -> None:
    page = (ROOT / "docs" / "federation.md").read_text()
    folders = sorted(folder.name for folder in (ROOT / "tests" / "federation" / "cases").iterdir())
    assert [name for name in folders if f"(../tests/federation/cases/{name})" not in page] == []
