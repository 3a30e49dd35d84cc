"""Taking a subgraph's reply in: its data as parts, its errors at the nulls to which they led."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from supergraph.execution.errors import ErrorPolicy, Fault
from supergraph.execution.faults import Located
from supergraph.execution.replies import Replies
from supergraph.planning.query_plan import Fetch
from supergraph.upstream import MalformedReply, SubgraphError, SubgraphReply


class Intake:
    """Takes replies in, and in place of a reply the reason why there is none."""

    def __init__(self, replies: Replies, policy: ErrorPolicy) -> None:
        self._replies = replies
        self._policy = policy

    def outage(self, fetch: Fetch, error: SubgraphError) -> None:
        """Note for all that a fetch was to give that there was no reply."""
        missing = [Located(self._policy.outage(error))]
        if fetch.part is not None:
            self._replies.missing_roots[fetch.part] = missing
        for target in fetch.targets:
            if (entities := self._replies.entities.get(target.part)) is not None:
                entities.missing = missing

    def root(self, fetch: Fetch, part: int, reply: SubgraphReply) -> None:
        """Take the reply to a root fetch."""
        located = self._errors(fetch.subgraph, reply.errors)
        if reply.data is None:
            self._replies.missing_roots[part] = located
            return
        self._replies.roots[part] = reply.data
        for each in located:
            self._replies.faults.place(reply.data, each)

    def entities(self, fetch: Fetch, asked: Mapping[str, int], reply: SubgraphReply) -> None:
        """Take the reply to an entity fetch; `asked` tells by alias how many representations were sent."""
        located = self._errors(fetch.subgraph, reply.errors)
        for target in fetch.targets:
            if asked[target.alias]:
                own = [
                    Located(each.fault, each.below[1:])
                    for each in located
                    if each.below[:1] == (target.alias,)
                ]
                items = reply.data.get(target.alias) if reply.data is not None else None
                entities = self._replies.entities[target.part]
                if isinstance(items, list):
                    entities.items = items
                    self._check_items(fetch.subgraph, items, asked[target.alias])
                    for each in own:
                        self._replies.faults.place(items, each)
                else:
                    entities.missing = (
                        own or _whole(located) or [self._malformed(fetch.subgraph, "no list of entities")]
                    )

    def _check_items(self, subgraph: str, items: Sequence[Any], asked: int) -> None:
        """Keep a fault at each place where an entity should be and something else is; extra items are ignored."""
        wrong = [
            index
            for index in range(asked)
            if index >= len(items) or not isinstance(items[index], dict | None)
        ]
        if wrong:
            fault = self._malformed(subgraph, f"{len(wrong)} of {asked} entities are missing or no objects")
            for index in wrong:
                self._replies.faults.keep(items, index, fault)

    def _errors(self, subgraph: str, errors: Sequence[Mapping[str, Any]]) -> Sequence[Located]:
        """Give the faults of a reply with their paths; like errors are one fault."""
        faults: dict[str, Fault] = {}
        located: list[Located] = []
        for error in errors:
            likeness = repr((error["message"], error.get("extensions")))
            if likeness not in faults:
                faults[likeness] = self._policy.of_subgraph(subgraph, error)
            located.append(Located(faults[likeness], _path(error)))
            if not located[-1].below:
                self._replies.faults.note(faults[likeness], placeless=True)
        return located

    def _malformed(self, subgraph: str, reason: str) -> Located:
        return Located(self._policy.outage(MalformedReply(subgraph, reason)))


def _whole(located: Sequence[Located]) -> Sequence[Located]:
    """The first of a reply's faults, as what is wrong with all of it."""
    return [Located(each.fault) for each in located[:1]]


def _path(error: Mapping[str, Any]) -> tuple[str | int, ...]:
    path = error.get("path")
    if not isinstance(path, list) or not all(isinstance(key, str | int) for key in path):
        return ()
    return tuple(path)
