"""The verb: subgraphs in, a supergraph or the reasons why not out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from graphql import DocumentNode

from supergraph.composition.contracts import Contract, apply_contract
from supergraph.composition.merging.composed_directive_hints import composed_directive_hints
from supergraph.composition.merging.composed_directives import composed_features
from supergraph.composition.merging.context import Merging
from supergraph.composition.merging.directives import merge_directives
from supergraph.composition.merging.executable_directives import executable_directives
from supergraph.composition.merging.features import ALWAYS_COMPOSED, definitions_of, features_of
from supergraph.composition.merging.graphs import graphs_of
from supergraph.composition.merging.implicit_upgrades import implicit_upgrades
from supergraph.composition.merging.merged import MergedDirective, MergedSupergraph
from supergraph.composition.merging.sources import Source
from supergraph.composition.merging.types import merge_types
from supergraph.composition.printing import print_supergraph
from supergraph.composition.reading import read
from supergraph.composition.result import Composition, CompositionError, Place, SubgraphSource
from supergraph.composition.rules.subgraph import validate_subgraph
from supergraph.composition.rules.supergraph import validate_supergraph
from supergraph.composition.rules.supergraph.queries import queries
from supergraph.composition.satisfiability import satisfiability
from supergraph.composition.subgraphs.federation1 import upgraded
from supergraph.composition.subgraphs.loading import load
from supergraph.composition.subgraphs.schema import Element, SubgraphSchema
from supergraph.composition.subgraphs.type_references import hierarchy_of
from supergraph.composition.subgraphs.usage import Usage


def compose(sources: Sequence[SubgraphSource], contract: Contract | None = None) -> Composition:
    """Compose subgraphs to a supergraph, or to a contract's part of it.

    All faults of one stage are reported together; a later stage looks only at what earlier ones accept. A contract
    comes last: the whole graph must compose first.
    """
    subgraphs, errors = _loaded(sources)
    errors = errors or [error for subgraph in subgraphs for error in validate_subgraph(subgraph)]
    if errors:
        return Composition(None, tuple(errors))
    merged, merging = _merged(upgraded(subgraphs), {"inaccessible"} if contract else ())
    findings = merging.findings
    broken = findings.errors + list(queries(merged)) if findings.errors else list(validate_supergraph(merged))
    if broken:
        return Composition(None, tuple(broken), tuple(findings.hints))
    sdl = print_supergraph(merged)
    walked = satisfiability(read(sdl))
    hints = (*findings.hints, *walked.hints)
    if walked.errors or contract is None:
        return Composition(None if walked.errors else sdl, walked.errors, hints)
    mark = MergedDirective(merging.names["inaccessible"], specification="inaccessible")
    part, errors, contract_hints = apply_contract(contract, merged, mark)
    return Composition(None if errors else print_supergraph(part), tuple(errors), (*hints, *contract_hints))


def _loaded(sources: Sequence[SubgraphSource]) -> tuple[list[SubgraphSchema], list[CompositionError]]:
    twins = sorted({one.name for one in sources if [other.name for other in sources].count(one.name) > 1})
    if twins:
        return [], [_same_name(name) for name in twins]
    loaded = [load(source) for source in sources]
    return (
        [schema for schema, _ in loaded if schema is not None],
        [error for _, errors in loaded for error in errors],
    )


def _schemas(merging: Merging) -> list[Source[Element]]:
    """The schema definitions, for what stands on them."""
    return [
        Source(
            graph, Element(name="schema", node=DocumentNode(), directives=graph.subgraph.schema_directives)
        )
        for graph in merging.graphs
    ]


def _same_name(name: str) -> CompositionError:
    return CompositionError(
        "INVALID_SUBGRAPH_NAME",
        f'Several subgraphs are called "{name}".',
        (Place(name),),
        "Give each subgraph a name of its own.",
    )


def _merged(subgraphs: Sequence[SubgraphSchema], needed: Collection[str]) -> tuple[MergedSupergraph, Merging]:
    graphs = graphs_of(subgraphs)
    ordered = [graph.subgraph for graph in graphs]
    features, mismatches = features_of(ordered, needed)
    composed, refusals = composed_features(ordered)
    names = dict(ALWAYS_COMPOSED)
    for feature in features:
        names |= feature.directives
    for feature in composed:
        names |= feature.names
    merging = Merging(
        graphs,
        hierarchy_of(ordered),
        names,
        {graph.value: Usage(graph.subgraph) for graph in graphs},
        {name: custom for feature in composed for name, custom in feature.custom.items()},
    )
    merging.findings.errors.extend([*mismatches, *refusals])
    merging.findings.hints.extend([*composed_directive_hints(ordered, composed), *implicit_upgrades(ordered)])
    # Before the types: which values of an enum survive depends on where it is used, in directives too.
    executable = executable_directives(
        merging, {name for feature in composed for name in feature.names.values()}
    )
    merged = MergedSupergraph(
        executable_directives=tuple(executable),
        graphs=graphs,
        types=merge_types(merging),
        schema_directives=merge_directives("schema", _schemas(merging), merging),
        links=(*(feature.link() for feature in features), *(feature.link for feature in composed)),
        definitions=(
            *definitions_of(features),
            *(definition for feature in composed for definition in feature.definitions),
        ),
    )
    return merged, merging
