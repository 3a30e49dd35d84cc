"""What README and docs show is what a client gets."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Client

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = re.compile(r"```graphql\n(.*?)```\s*```json\n(.*?)```", re.DOTALL)
CHANGING = {"token", "accessToken"}


def examples(page: str) -> list[Any]:
    """The operations of a page, each with the answer that it shows."""
    found = EXAMPLE.findall((ROOT / page).read_text())
    return [
        pytest.param(query, shown, id=f"{page} {number}") for number, (query, shown) in enumerate(found, 1)
    ]


def likeness(value: Any, key: str = "") -> Any:
    """What of an answer stays the same from day to day: all but numbers, tokens, and how many follow the first."""
    match value:
        case dict():
            return {name: likeness(part, name) for name, part in value.items()}
        case [first, *_]:
            return [likeness(first, key)]
        case bool() | None:
            return value
        case int() | float():
            return "a number"
        case str() if key in CHANGING:
            return "a token"
        case _:
            return value


@pytest.mark.parametrize(("query", "shown"), [*examples("README.md"), *examples("docs/tour.md")])
async def test_an_example_is_answered_as_the_page_shows(visitor: Client, query: str, shown: str) -> None:
    asker = await visitor.sign_in("ada") if "rentMovie" in query else visitor
    assert likeness(await asker.ask(query)) == likeness(json.loads(shown))
