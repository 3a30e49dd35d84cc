"""How requests travel to the subgraphs."""

from __future__ import annotations

from supergraph.configuration.section import Section


class UpstreamConfiguration(Section):
    """How requests travel to the subgraphs.

    `deduplicate_reads`: of identical queries that are in flight at the same time, for the same identity, one is sent.
    """

    deduplicate_reads: bool = True
