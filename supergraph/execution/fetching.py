"""Running a plan's fetches: each as soon as what it follows has ended.

A fetch that fails raises nothing: why it failed is noted in the replies, and what it owns is null.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from supergraph.execution.contexts import Batch, RepeatedDocument, head_of, target_members
from supergraph.execution.guards import Decisions
from supergraph.execution.intake import Intake
from supergraph.execution.representations import Representations
from supergraph.execution.request import Caller
from supergraph.planning.query_plan import Fetch, OperationKind
from supergraph.upstream import SubgraphError, SubgraphRequest, Upstream

NOT_ASKED: Mapping[str, Sequence[Batch]] = {}


@dataclass(frozen=True, slots=True)
class FetchStep:
    """A fetch made ready: `head` is its encoded body, up to the variables.

    Where it reads contexts the body is `repeated` as their values ask for it. `later` counts the steps that wait
    for it. `whole` is the body of a fetch that has no variables, `lead` that of one whose only variable is one list of
    representations, up to these.
    """

    fetch: Fetch
    head: bytes
    repeated: RepeatedDocument | None = None
    later: int = 0
    whole: bytes | None = None
    lead: bytes | None = None

    def body(self, batches: Mapping[str, Sequence[Batch]], variables: Sequence[bytes]) -> bytes:
        """Give the whole body, with these encoded members of `variables`."""
        head = self.head
        if self.repeated is not None:
            counts = tuple(len(batches[target.alias]) for target in self.fetch.targets)
            head = self.repeated.head(counts) if any(count != 1 for count in counts) else head
        if not variables:
            return head + b"}"
        return head + b',"variables":{' + b",".join(variables) + b"}}"

    def members(self, batches: Mapping[str, Sequence[Batch]]) -> Iterator[bytes]:
        """Give the encoded members of `variables` that are the targets' own."""
        for target in self.fetch.targets:
            yield from target_members(target, batches[target.alias])
            if self.repeated is None and not batches[target.alias]:
                yield b'"%s":[]' % target.variable.encode()


def fetch_steps(fetches: Sequence[Fetch]) -> tuple[FetchStep, ...]:
    """Make fetches ready, which stand in an order in which each follows what it is `after`."""
    later = dict.fromkeys((fetch.id for fetch in fetches), 0)
    for fetch in reversed(fetches):
        for earlier in fetch.after:
            later[earlier] = max(later[earlier], later[fetch.id] + 1)
    return tuple(_fetch_step(fetch, later[fetch.id]) for fetch in fetches)


def _fetch_step(fetch: Fetch, later: int) -> FetchStep:
    reads_contexts = any(target.contexts for target in fetch.targets)
    repeated = RepeatedDocument(fetch) if reads_contexts else None
    head = head_of(fetch.document)
    if fetch.variables or reads_contexts or len(fetch.targets) > 1:
        return FetchStep(fetch, head, repeated, later)
    if not fetch.targets:
        return FetchStep(fetch, head, repeated, later, whole=head + b"}")
    lead = b'%b,"variables":{"%b":[' % (head, fetch.targets[0].variable.encode())
    return FetchStep(fetch, head, repeated, later, lead=lead)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Fetches in an order in which each follows what it is `after`; in the rest they are known by their places in it.

    `waits` counts for each how many it follows, `followers` are those that follow it, `first` those that follow none.
    In a `chain` each follows the one before it, so that there is nothing to do at the same time.
    """

    steps: Sequence[FetchStep]
    waits: Sequence[int]
    followers: Sequence[Sequence[int]]
    first: Sequence[int]
    chain: bool


def schedule(steps: Sequence[FetchStep]) -> Schedule:
    """Give the schedule of some fetches; those that are not among them have ended."""
    places = {step.fetch.id: place for place, step in enumerate(steps)}
    earlier = [[places[fetch] for fetch in step.fetch.after if fetch in places] for step in steps]
    followers = [
        [later for later, after in enumerate(earlier) if place in after] for place in range(len(steps))
    ]
    return Schedule(
        steps,
        [len(after) for after in earlier],
        followers,
        [place for place, after in enumerate(earlier) if not after],
        all(before.fetch.id in step.fetch.after for before, step in pairwise(steps)),
    )


class TimeLeft(NamedTuple):
    """How the time until a deadline of the clock is shared out.

    For each step that waits for a fetch, `share` of what is left is kept: so whoever is late costs its own fields,
    and those after it still have time.
    """

    clock: Callable[[], float]
    deadline: float
    share: float = 0.0

    def seconds(self, later: int) -> float:
        """Give what a fetch may take now for which so many steps wait."""
        left = self.deadline - self.clock()
        return left * (1 - self.share) ** later if later else left


class Fetching:
    """Runs fetches for one operation, and takes their replies in.

    `variables` are the client's, each an encoded member of a JSON object.
    """

    def __init__(
        self,
        upstream: Upstream,
        caller: Caller,
        variables: Mapping[str, bytes],
        decisions: Decisions,
        representations: Representations,
        intake: Intake,
        *,
        time_left: TimeLeft,
    ) -> None:
        self._upstream = upstream
        self._caller = caller
        self._variables = variables
        self._decisions = decisions
        self._representations = representations
        self._intake = intake
        self._time_left = time_left

    async def run(self, schedule: Schedule) -> None:
        """Run fetches, each as soon as what it follows has ended."""
        if schedule.chain:
            for step in schedule.steps:
                await self._run(step)
            return
        waits = list(schedule.waits)
        async with asyncio.TaskGroup() as group:
            for number in schedule.first:
                group.create_task(self._follow(number, schedule, waits, group))

    async def _follow(
        self, number: int, schedule: Schedule, waits: list[int], group: asyncio.TaskGroup
    ) -> None:
        """Run a fetch, and on and on one that waited for it last; others that did get tasks of their own."""
        ready = [number]
        while ready:
            number, *others = ready
            for other in others:
                group.create_task(self._follow(other, schedule, waits, group))
            await self._run(schedule.steps[number])
            ready = []
            for later in schedule.followers[number]:
                waits[later] -= 1
                if not waits[later]:
                    ready.append(later)

    async def _run(self, step: FetchStep) -> None:
        fetch = step.fetch
        if not self._decisions[fetch.guard]:
            return
        batches = NOT_ASKED
        if fetch.targets:
            batches = {target.alias: self._representations.collect(target) for target in fetch.targets}
            if not any(batches.values()):
                return
        try:
            reply = await self._upstream.fetch(self.request(step, batches))
        except SubgraphError as error:
            self._intake.outage(fetch, error)
            return
        if self._caller.heard is not None:
            self._caller.heard(fetch.subgraph, reply.headers)
        if fetch.part is not None:
            self._intake.root(fetch, fetch.part, reply)
        else:
            self._intake.entities(fetch, batches, reply)

    def request(self, step: FetchStep, batches: Mapping[str, Sequence[Batch]]) -> SubgraphRequest:
        """Give the request of a fetch, with its targets' representations by alias."""
        fetch = step.fetch
        body = step.whole
        if step.lead is not None:
            ((batch,),) = batches.values()
            body = b"%b%b]}}" % (step.lead, batch.items)
        elif body is None:
            variables = [self._variables[name] for name in fetch.variables if name in self._variables]
            variables += step.members(batches)
            body = step.body(batches, variables)
        return SubgraphRequest(
            subgraph=fetch.subgraph,
            body=body,
            headers=self._caller.headers(fetch.subgraph),
            repeatable=fetch.kind is OperationKind.QUERY,
            timeout=self._time_left.seconds(step.later),
            fetch=fetch.id,
        )
