"""What is wrong with a smaller plan of another planner, found in that plan itself."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    parse,
    visit,
)

from tests.planning.other_planners import Compared, TheirFetch, Theirs
from tests.planning.subgraph_sdl import ContextValue, SubgraphSdl


def flaws(compared: Compared, theirs: Theirs) -> list[str]:
    """What is wrong with a plan; empty where nothing is found."""
    return [flaw for flaw, has in _FLAWS.items() if has(compared, theirs)]


def _asks_wrongly(compared: Compared, theirs: Theirs) -> bool:
    subgraphs = compared.graph.subgraphs
    return any(
        any(True for _ in subgraphs[each.subgraph].wrongly_asked(_operation(each.text)))
        for each in theirs.fetches
    )


def _is_out_of_turn(compared: Compared, theirs: Theirs) -> bool:
    turns = {key: turn for turn, key in enumerate(_root_keys(compared.text))}
    begun = [
        (turns[key], each.step)
        for each in theirs.fetches
        if each.text.startswith("mutation")
        for key in _root_keys(each.text)
    ]
    hops = [(turns[path[0]], each.step) for each in theirs.fetches for path in each.paths if path]
    return any(later > turn and step <= hop for turn, hop in hops for later, step in begun)


def _reads_contexts_too_early(compared: Compared, theirs: Theirs) -> bool:
    subgraphs = compared.graph.subgraphs
    return any(
        not any(alternative <= _asked_before(theirs, each.step) for alternative in taken)
        for each in theirs.fetches
        for taken in _taken_from_contexts(subgraphs[each.subgraph], each)
    )


_FLAWS = {
    "asks wrongly": _asks_wrongly,
    "out of turn": _is_out_of_turn,
    "too early": _reads_contexts_too_early,
}

MEANINGS = {
    "asks wrongly": "a subgraph is asked for what it does not resolve there: a field that is `@external` to it, or one "
    "without what it requires or takes from a context",
    "out of turn": "a mutation begins before all that hangs on the one before is fetched",
    "too early": "a field is asked for no later than what it takes from a context",
}


def _taken_from_contexts(subgraph: SubgraphSdl, fetch: TheirFetch) -> Iterator[list[set[str]]]:
    """What each contextual argument of a request is made of: the names of fields, by the type that sets the context."""
    types = TypeInfo(subgraph.schema)
    taking = _Taking(subgraph, types)
    visit(_inlined(fetch.text), TypeInfoVisitor(types, taking))
    for value in taking.found:
        fragments = [node for node in value.selection.selections if isinstance(node, InlineFragmentNode)]
        yield [_names(node.selection_set) for node in fragments] or [_names(value.selection)]


def _asked_before(theirs: Theirs, step: int) -> set[str]:
    earlier = [_names(_inlined(each.text)) for each in theirs.fetches if each.step < step]
    return set().union(*earlier)


def _root_keys(text: str) -> list[str]:
    """The response keys of an operation's root fields, in their order; the type's name is none that does something."""
    return list(_keys(_operation(text).selection_set))


def _keys(selections: SelectionSetNode) -> Iterator[str]:
    for node in selections.selections:
        if isinstance(node, FieldNode):
            if node.name.value != "__typename":
                yield (node.alias or node.name).value
        elif isinstance(node, InlineFragmentNode):
            yield from _keys(node.selection_set)


def _names(node: DocumentNode | SelectionSetNode) -> set[str]:
    names = _Names()
    visit(node, names)
    return names.found


def _operation(text: str) -> OperationDefinitionNode:
    (operation,) = _inlined(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def _inlined(text: str) -> DocumentNode:
    """The document's operation alone, with its fragments written where they are spread."""
    document = parse(text)
    fragments = {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    operations = tuple(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    return visit(DocumentNode(definitions=operations), _Inlining(fragments))


class _Names(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.found.add(node.name.value)


class _Taking(Visitor):
    def __init__(self, subgraph: SubgraphSdl, types: TypeInfo) -> None:
        super().__init__()
        self.subgraph = subgraph
        self.types = types
        self.found: list[ContextValue] = []

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent = self.types.get_parent_type()
        if parent:
            self.found.extend(self.subgraph.context_values((parent.name,), node.name.value))


class _Inlining(Visitor):
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        super().__init__()
        self.fragments = fragments

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> InlineFragmentNode:
        fragment = self.fragments[node.name.value]
        return InlineFragmentNode(
            type_condition=fragment.type_condition,
            directives=node.directives,
            selection_set=fragment.selection_set,
        )
