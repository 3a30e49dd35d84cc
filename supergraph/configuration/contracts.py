"""Parts of the graph for some clients."""

from __future__ import annotations

from pathlib import Path

from supergraph.configuration.section import Section


class ContractConfiguration(Section):
    """The part of the graph that some clients see, by `@tag`.

    With `include` only fields that carry one of the tags are seen, `exclude` hides what carries one of its tags,
    `hide_unreachable` hides types that no operation leads to. `supergraph` and `api` are where the two files go,
    by default beside the whole graph's, with the contract's name: `supergraph.partners.graphql`.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    hide_unreachable: bool = True
    supergraph: Path | None = None
    api: Path | None = None
