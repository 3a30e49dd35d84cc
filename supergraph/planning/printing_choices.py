"""The explanation of a plan as text: of each field, why it is fetched where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from supergraph.planning.query_plan import Candidate, Choice, Collected, Denial, QueryPlan
from supergraph.planning.wording import condition, count

MOST_COORDINATES = 3
"""A field of more types than this names the first, and how many more there are."""


def reasons(plan: QueryPlan) -> Iterator[str]:
    """The lines of an explained plan's choices; none where it was not made to be explained."""
    if plan.choices:
        yield "\nwhy there"
    for choice in plan.choices:
        heading = f"  {'.'.join(choice.path)} ({_coordinates(choice)}): "
        if choice.denied:
            yield heading + f"nobody, it is withheld and never fetched{condition(choice.guard)}"
            yield f"    {_denial(choice.denied)}"
        elif choice.unaware:
            yield heading + "nobody, it is null with an error"
            yield from _disputed(choice)
        else:
            yield heading + _chosen(choice)
            yield from _needs(choice)
            yield from _candidates(plan, choice.candidates)


def _coordinates(choice: Choice) -> str:
    if len(choice.coordinates) <= MOST_COORDINATES:
        return ", ".join(choice.coordinates)
    return f"{choice.coordinates[0]} and of {len(choice.coordinates) - 1} other types"


def _chosen(choice: Choice) -> str:
    key = f", by {_collected(choice.key)}" if choice.key else ""
    known_as = f", as @interfaceObject {choice.interface_object}" if choice.interface_object else ""
    provided = ", which provides it here" if choice.provided else ""
    typed = (
        f", once fetch {' or '.join(map(str, choice.typed_by))} has told the type" if choice.typed_by else ""
    )
    return (
        f"{choice.subgraph} in fetch {choice.fetch}{key}{typed}{known_as}{provided}{condition(choice.guard)}"
    )


def _needs(choice: Choice) -> Iterator[str]:
    if choice.required_by:
        yield f"    required by {', '.join(choice.required_by)}"
    if choice.requires:
        yield f"    requires {_collected(choice.requires)}"
    if choice.contexts:
        yield f"    takes {_collected(choice.contexts)}"


def _collected(collected: Iterable[Collected]) -> str:
    return " and ".join(f"{each.fields} of fetch {each.fetch}" for each in collected)


def _candidates(plan: QueryPlan, candidates: Iterable[Candidate]) -> Iterator[str]:
    """A line for each thing that is said of candidates, of all together of whom it is said."""
    subgraphs: dict[tuple[str, str], list[str]] = {}
    for each in candidates:
        subgraphs.setdefault(_said_of(plan, each), []).append(each.subgraph)
    for (how, what), names in subgraphs.items():
        yield f"    {how} {', '.join(names)}: {'each ' if len(names) > 1 else ''}{what}"


def _said_of(plan: QueryPlan, candidate: Candidate) -> tuple[str, str]:
    """Whether a candidate would do (`or`, `not`), and at which cost, or why not."""
    if candidate.reason:
        return "not", candidate.reason
    by = {0: "by a fetch that is made anyway", 1: "by another fetch"}
    fetches = by.get(candidate.fetches, f"by {candidate.fetches} other fetches")
    longer = f", in a plan of {count(candidate.steps, 'step')}" if candidate.steps > plan.steps else ""
    return "or", f"in step {candidate.step}, {fetches}{longer}"


def _denial(denial: Denial) -> str:
    wants = ", or ".join(" and ".join(together) for together in denial.wants)
    return f"@{denial.directive} on {denial.coordinate} wants {wants or 'a caller who is signed in'}"


def _disputed(choice: Choice) -> Iterator[str]:
    type_, _, _ = choice.coordinates[0].partition(".")
    above = ".".join(choice.path[:-1])
    yield f"    as {above} can be had of {' and '.join(choice.unaware)} too, where it is never a {type_};"
    yield f"    all who share a field must answer the same: declare {type_} there, or do not share the field"
