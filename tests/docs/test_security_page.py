"""What docs/security.md says is there: its tests, its settings, all of its attacks."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from supergraph.configuration import Configuration

PAGE = Path(__file__).parent.parent.parent / "docs" / "security.md"
LINK = re.compile(r"\[(\w+)\]\((\.\./tests/[^)]+)\)")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text().splitlines()
    if re.match(r"\| \d+ \|", line)
]
SETTINGS = sorted({name for row in ROWS for name in re.findall(r"`([^`]+)`", row[3])})


def test_every_attack_has_its_row_with_an_answer_and_a_test() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 38))
    assert all(len(row) == 5 and row[2] and LINK.search(row[4]) for row in ROWS)


@pytest.mark.parametrize(("name", "file"), sorted(set(LINK.findall(PAGE.read_text()))))
def test_the_test_that_is_named_is_where_the_link_leads(name: str, file: str) -> None:
    found = (PAGE.parent / file).resolve()

    assert found.is_file()
    assert re.search(rf"^(async )?def {name}\(", found.read_text(), re.MULTILINE)


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_setting_that_is_named_exists(setting: str) -> None:
    model: Any = Configuration
    for part in setting.split("."):
        assert part in model.model_fields, setting
        model = _model_of(model.model_fields[part].annotation)


def _model_of(annotation: Any) -> Any:
    """The section that a field holds, be it optional; None where it holds a value."""
    for candidate in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None
