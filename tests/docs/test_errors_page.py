"""docs/errors.md knows every code that the router gives, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
CODE = re.compile(r"[A-Z]+(_[A-Z]+)+")
OF_OTHERS = {
    "COST_OK",  # a result, for who asks for the cost
    "COST_ACTUAL_TOO_EXPENSIVE",
    "GATEWAY_TIMEOUT",  # codes of subgraphs
    "SERVICE_UNAVAILABLE",
    "KEEP_ALIVE",
}


def codes_in_the_source() -> Iterator[str]:
    for part in ("server", "execution", "upstream"):
        for file in (ROOT / "supergraph" / part).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                text = node.value if isinstance(node, ast.Constant) else None
                if isinstance(text, str) and CODE.fullmatch(text) and not text.startswith("TCP_"):
                    yield text


def test_the_page_has_the_codes_that_there_are() -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    tables = "".join(line.rpartition("|")[0] for line in page.splitlines() if line.startswith("| `"))
    told = {code for code in re.findall(r"`([A-Z_]+)`", tables) if CODE.fullmatch(code)}

    assert told == set(codes_in_the_source()) - OF_OTHERS
