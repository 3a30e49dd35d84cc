"""Labels of progressive overrides that the configuration turns on."""

from __future__ import annotations

from supergraph.server.callers import Callers


async def test_configured_labels_of_overrides_are_on_for_everybody() -> None:
    caller = await Callers(None, None, frozenset({"billing-moves"})).caller(None)
    assert caller.labels == {"billing-moves"}
