"""Taking a subgraph's reply in: its data as parts, its errors at the nulls to which they led."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from supergraph.execution.contexts import Batch, name_in_batch
from supergraph.execution.errors import ErrorPolicy, Fault
from supergraph.execution.faults import Located, under
from supergraph.execution.replies import Entities, Place, Replies
from supergraph.planning.query_plan import Fetch
from supergraph.upstream import MalformedReply, SubgraphError, SubgraphReply

OBJECTS = frozenset({dict, type(None)})
"""What the items of a list of entities are."""


class _Answer(NamedTuple):
    """The entities of one batch (None: no list of them came), and faults by index and then key."""

    items: Sequence[Any] | None
    located: Sequence[Located]


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
                entities.lack(missing)

    def root(self, fetch: Fetch, part: int, reply: SubgraphReply) -> None:
        """Take the reply to a root fetch."""
        if not reply.errors and reply.data is not None:
            self._replies.roots[part] = reply.data
            return
        located = self._errors(fetch.subgraph, reply.errors)
        if reply.data is None:
            self._replies.missing_roots[part] = located
            return
        self._replies.roots[part] = reply.data
        for each in located:
            self._replies.faults.place(reply.data, each)

    def entities(self, fetch: Fetch, asked: Mapping[str, Sequence[Batch]], reply: SubgraphReply) -> None:
        """Take the reply to an entity fetch; `asked` has by alias the representations that were sent."""
        if not reply.errors and self._as_asked(fetch, asked, reply):
            return
        located = self._errors(fetch.subgraph, reply.errors)
        for target in fetch.targets:
            answers = [
                self._answer(fetch.subgraph, name_in_batch(number, target.alias), batch, reply, located)
                for number, batch in enumerate(asked[target.alias])
            ]
            entities = self._replies.entities.get(target.part)
            if entities is not None and len(answers) == 1 and not entities.separate:
                self._attach(entities, answers[0])
            elif entities is not None and answers:
                self._attach_apart(entities, answers)

    def _as_asked(self, fetch: Fetch, asked: Mapping[str, Sequence[Batch]], reply: SubgraphReply) -> bool:
        """Take a reply that has just what was asked for, as most have; say whether it was one."""
        data = reply.data or {}
        for target in fetch.targets:
            batches = asked[target.alias]
            if not batches:
                continue
            items: Any = data.get(target.alias)
            entities = self._replies.entities[target.part]
            if entities.separate or len(batches) != 1 or items.__class__ is not list:
                return False
            if len(items) != batches[0].size or not OBJECTS.issuperset(map(type, items)):
                return False
            entities.items = items
        return True

    def _answer(
        self, subgraph: str, alias: str, batch: Batch, reply: SubgraphReply, located: Sequence[Located]
    ) -> _Answer:
        own = [Located(each.fault, each.below[1:]) for each in located if each.below[:1] == (alias,)]
        items = reply.data.get(alias) if reply.data is not None else None
        if isinstance(items, list):
            return self._checked(subgraph, items, own, batch.size)
        return _Answer(None, own or _whole(located) or [self._malformed(subgraph, "no list of entities")])

    def _checked(
        self, subgraph: str, items: Sequence[Any], located: Sequence[Located], asked: int
    ) -> _Answer:
        """Put a null, with a fault, where an entity should be and something else is; extra items are ignored."""
        wrong = [
            index
            for index in range(asked)
            if index >= len(items) or not isinstance(items[index], dict | None)
        ]
        if not wrong:
            return _Answer(items, located)
        fault = self._malformed(subgraph, f"{len(wrong)} of {asked} entities are missing or no objects").fault
        objects = [items[index] if index not in wrong else None for index in range(asked)]
        return _Answer(objects, [*located, *(Located(fault, (index,)) for index in wrong)])

    def _attach(self, entities: Entities, answer: _Answer) -> None:
        """Give the entities their items as they came, and keep their faults."""
        if answer.items is None:
            entities.lack(answer.located)
            return
        entities.items = answer.items
        for each in answer.located:
            self._replies.faults.place(entities.items, each)

    def _attach_apart(self, entities: Entities, answers: Sequence[_Answer]) -> None:
        """Give the entities their items from several answers; one that two objects have apart is copied."""
        indexes: dict[Place, list[int]] = {}
        for index, place in enumerate(entities.places):
            indexes.setdefault(place, []).append(index)
        items: list[Any] = [None] * len(entities.places)
        entities.items = items
        for (batch, origin), own in indexes.items():
            answer = answers[batch]
            item = answer.items[origin] if answer.items is not None else None
            for index in own:
                items[index] = item if index == own[0] else orjson.loads(orjson.dumps(item))
                for each in under(answer.located, origin) if answer.items is None else ():
                    self._replies.faults.keep(items, index, each)
        for batch, answer in enumerate(answers):
            for each in answer.located if answer.items is not None else ():
                self._place_apart(
                    items, each, {key[1]: own for key, own in indexes.items() if key[0] == batch}
                )

    def _place_apart(
        self, items: Sequence[Any], located: Located, indexes: Mapping[int, Sequence[int]]
    ) -> None:
        """Keep a fault of an answer's item at all items that were made of it."""
        origin = located.below[0] if located.below else None
        if not isinstance(origin, int) or origin not in indexes:
            self._replies.faults.note(located.fault)
            return
        for index in indexes[origin]:
            self._replies.faults.place(items, Located(located.fault, (index, *located.below[1:])))

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
