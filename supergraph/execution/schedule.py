"""A plan's fetches made ready: their bodies as far as they are known, and which follows which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from supergraph.execution.contexts import Batch, RepeatedDocument, head_of, target_members
from supergraph.planning.query_plan import Fetch, OperationKind


@dataclass(frozen=True, slots=True)
class FetchStep:
    """A fetch made ready: `head` is its encoded body, up to the variables.

    `repeatable` says that it is a query. Where it reads contexts the body is `repeated` as their values ask for it.
    `later` counts the steps that wait for it. `whole` is the body of a fetch that has no variables, `lead` that of one
    whose only variable is one list of representations, up to these.
    """

    fetch: Fetch
    head: bytes
    repeatable: bool
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
    head, repeatable = head_of(fetch.document), fetch.kind is OperationKind.QUERY
    if fetch.variables or reads_contexts or len(fetch.targets) > 1:
        return FetchStep(fetch, head, repeatable, repeated, later)
    if not fetch.targets:
        return FetchStep(fetch, head, repeatable, repeated, later, whole=head + b"}")
    lead = b'%b,"variables":{"%b":[' % (head, fetch.targets[0].variable.encode())
    return FetchStep(fetch, head, repeatable, repeated, later, lead=lead)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Fetches in an order in which each follows what it is `after`; in the rest they are known by their places in it.

    `waits` counts for each how many it follows, `followers` are those that follow it, `first` those that follow none.
    """

    steps: Sequence[FetchStep]
    waits: Sequence[int]
    followers: Sequence[Sequence[int]]
    first: Sequence[int]


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
    )
