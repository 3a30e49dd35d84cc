"""The page that tells of every key of the configuration, from its JSON schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

TITLE = """# Configuration

Every key of `supergraph.yaml`, as `supergraph config reference` writes this page. [router.md](router.md) begins with
what one wants and leads to the key. A key that does not exist is refused by name. Each can be set in the environment,
which wins: `SUPERGRAPH_LIMITS__BODY_BYTES=65536`, and lists and maps as JSON. Paths start at the folder of the file.
The secret `internal_key` stands in the environment alone (`SUPERGRAPH_INTERNAL_KEY`).
"""


def reference(schema: Schema) -> str:
    """The page, as Markdown."""
    return "\n".join([TITLE, *_Page(schema).sections()])


class _Page:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._defined: Mapping[str, Schema] = schema["$defs"]
        self._told: dict[str, str] = {}

    def sections(self) -> Iterator[str]:
        yield from self._section("", self._schema)

    def _section(self, path: str, section: Schema) -> Iterator[str]:
        if path:
            yield f"## `{path}`\n"
        yield section["description"] + "\n"
        yield "| key | by default | |\n|---|---|---|"
        below: list[tuple[str, str]] = []
        for name, schema in section["properties"].items():
            key = f"{path}.{name}".lstrip(".")
            yield f"| `{name}` | {_default(schema)} | {self._kind(key, schema, below)} |"
        yield ""
        for deeper, name in below:
            yield from self._section(deeper, self._defined[name])

    def _kind(self, key: str, schema: Schema, below: list[tuple[str, str]]) -> str:
        """What a value may be; sections that are to be told of are noted in `below`."""
        match schema:
            case {"$ref": reference}:
                kind = self._link(key, reference.rpartition("/")[2], below)
            case {"anyOf": kinds}:
                kind = " or ".join(self._kind(key, each, below) for each in kinds)
            case {"enum": values}:
                kind = " or ".join(f"`{value}`" for value in values)
            case {"type": "array", "items": items}:
                kind = f"list of {self._kind(key, items, below)}s"
            case {"type": "object", "additionalProperties": values}:
                kind = f"map from names to {self._kind(f'{key}.<name>', values, below)}"
            case {"format": "path"}:
                kind = "path"
            case _:
                kind = schema.get("type", "any value") + _bounds(schema)
        return kind

    def _link(self, key: str, name: str, below: list[tuple[str, str]]) -> str:
        if "properties" not in self._defined[name]:
            return "any value"
        if name not in self._told:
            self._told[name] = key
            below.append((key, name))
        told = self._told[name]
        return f"[{'see' if told == key else 'as'} `{told}`](#{_anchor(told)})"


def _default(schema: Schema) -> str:
    value = schema.get("default")
    if "$ref" in schema or value is None or value in ("", [], {}):
        return ""
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _bounds(schema: Schema) -> str:
    words = {
        "minimum": "at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
    }
    return "".join(f", {word} {schema[bound]}" for bound, word in words.items() if bound in schema)


def _anchor(path: str) -> str:
    """How GitHub names the heading."""
    return re.sub(r"[^a-z0-9_-]", "", path.lower())
