"""Whether a federation's answer is that of the whole graph.

Data are to be equal to the byte, the order of fields included. Errors are to be equal in path, message, code and
number, save for what differs by nature:

1. Of the errors below a null that took more along than their own field (`propagated`), a server may report any,
   and as many as it comes across: each side must report some at that null, and no more is asked.
2. An error of a field that is only read for `@requires` has no place in the response. The whole graph never asks for
   that field; the router tells it without a path, and the message must be one that a required field can have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

FAILS = "FAILS"
"""The code of a field that fails, as the world says it and as it must arrive."""

Error = Mapping[str, Any]
Path = tuple[str | int, ...]


def differences(
    expected: Mapping[str, Any],
    data: Any,
    errors: Sequence[Error],
    required: frozenset[str],
) -> list[str]:
    """What differs, as sentences. `required` are the coordinates of fields that are read for `@requires`."""
    wanted = expected.get("data")
    if wanted != data:
        return ["the data differ"]
    if orjson.dumps(wanted) != orjson.dumps(data):
        return ["the order of the data differs"]
    own, taken = _sorted(expected.get("errors", ()), wanted)
    ours, ours_taken = _sorted([each for each in errors if "path" in each], data)
    found = [f"missing: {each}" for each in (own - ours).elements()]
    found += [f"too much: {each}" for each in (ours - own).elements()]
    found += [f"nothing explains the null at {list(path)}" for path in taken - ours_taken]
    found += [f"nothing happened below {list(path)}" for path in ours_taken - taken]
    for each in errors:
        if "path" not in each and _coordinate(each["message"]) not in required:
            found.append(f"without a path: {each['message']}")
    return found


def _sorted(errors: Sequence[Error], data: Any) -> tuple[Counter[tuple[Path, str, bool]], set[Path]]:
    """The errors of fields that are null themselves, and the nulls that errors further down led to."""
    own: Counter[tuple[Path, str, bool]] = Counter()
    taken: set[Path] = set()
    for error in errors:
        path = tuple(error.get("path", ()))
        null = _null(path, data)
        if null == path:
            own[path, error["message"], error.get("extensions", {}).get("code") == FAILS] += 1
        else:
            taken.add(null)
    return own, taken


def _null(path: Path, data: Any) -> Path:
    for depth, key in enumerate(path):
        if data is None:
            return path[:depth]
        data = data[key]
    return path


def _coordinate(message: str) -> str:
    """The field of which an error of a world tells: `T0.name fails: 1f`."""
    return message.partition(" fails:")[0]
