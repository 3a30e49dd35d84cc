"""Which specifications a supergraph may rely on: those that this router acts on, in the versions that it knows.

A supergraph says by `@link(for: SECURITY)` or `@link(for: EXECUTION)` that whoever serves it without knowing the
specification would show what is to be hidden, or answer wrongly.

Source: https://specs.apollo.dev/link/v1.0/#@link.for, https://specs.apollo.dev/core/v0.2/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from supergraph.composition.reading.errors import InvalidSupergraphError
from supergraph.composition.reading.linked_specs import LinkedSpec
from supergraph.composition.subgraphs.specifications import SPECIFICATIONS, UNSUPPORTED

_KNOWN: Mapping[str, tuple[str, ...]] = {
    f"{SPECIFICATIONS}{name}": versions
    for name, versions in {
        "core": ("v0.1", "v0.2"),
        "link": ("v1.0",),
        "join": ("v0.1", "v0.2", "v0.3", "v0.4", "v0.5"),
        "tag": ("v0.1", "v0.2", "v0.3"),
        "inaccessible": ("v0.1", "v0.2"),
        "authenticated": ("v0.1",),
        "requiresScopes": ("v0.1",),
        "policy": ("v0.1",),
        "context": ("v0.1",),
        "cost": ("v0.1",),
        "cacheTag": ("v0.1",),
    }.items()
}
_LANGUAGE = frozenset(f"{SPECIFICATIONS}{name}" for name in ("core", "link", "join"))
"""What a supergraph is written in: it must be known, whatever its link says."""


def refuse_unknown(specs: tuple[LinkedSpec, ...]) -> None:
    """Raise `InvalidSupergraphError` with all specifications that must be known and are not."""
    refusals = list(_refusals(specs))
    if refusals:
        raise InvalidSupergraphError(" ".join(refusals))


def _refusals(specs: tuple[LinkedSpec, ...]) -> Iterator[str]:
    for spec in specs:
        known = _KNOWN.get(spec.identity, ())
        if spec.version in known or (spec.purpose is None and spec.identity not in _LANGUAGE):
            continue
        need = f" for {spec.purpose}" if spec.purpose else ""
        yield f"The supergraph needs {spec.identity} {spec.version}{need}, {_why_not(spec, known)}"


def _why_not(spec: LinkedSpec, known: tuple[str, ...]) -> str:
    if spec.identity in UNSUPPORTED:
        return (
            f"which is for {UNSUPPORTED[spec.identity]}, and this router has none. Serve what they connect to "
            "by a subgraph, and compose again without them."
        )
    if known:
        return (
            f"of which this router knows {', '.join(known)}. Compose again with a composer that writes one of "
            "these (`supergraph compose` does)."
        )
    return (
        "which this router does not know. Compose again without it, or without `for:` in its @link if the graph "
        "may be served by a router that ignores it."
    )
