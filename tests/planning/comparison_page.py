"""The part of the page on planning that compares our plans with others': `python -m tests.planning.comparison_page`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.planning.other_planners import FAILURES, PLANNERS, ROOT, Compared, Shape, comparison
from tests.planning.smaller_plans import MEANINGS, flaws

PAGE = ROOT / "docs" / "planning.md"
_BEGIN, _END = "<!-- comparison -->\n", "<!-- end of comparison -->\n"


def written() -> str:
    """The comparison in Markdown: the totals, where theirs takes less, where there is none, where ours takes less."""
    return "\n".join([*_totals(), *_theirs_less(), *_no_plans(), *_ours_less()]) + "\n"


def is_written(text: str) -> bool:
    """Whether the page on planning has this comparison."""
    return f"{_BEGIN}{text}{_END}" in PAGE.read_text()


def write(text: str) -> None:
    """Put the comparison into the page on planning."""
    before, _, rest = PAGE.read_text().partition(_BEGIN)
    PAGE.write_text(f"{before}{_BEGIN}{text}{_END}{rest.partition(_END)[2]}")


def _totals() -> Iterator[str]:
    yield f"{len(comparison())} operations:"
    yield from _header("planner", "same", "ours takes less", "theirs takes less", "no plan of theirs")
    for planner, name in PLANNERS.items():
        compared = [(each.ours, each.others[planner].shape) for each in comparison()]
        yield _row(
            name,
            sum(theirs == ours for ours, theirs in compared),
            sum(theirs is not None and ours < theirs for ours, theirs in compared),
            sum(theirs is not None and theirs < ours for ours, theirs in compared),
            sum(theirs is None for _, theirs in compared),
        )


def _theirs_less() -> Iterator[str]:
    yield from ("", "Theirs takes less (steps, fetches), and is wrong:", "")
    yield from (f"- *{flaw}*: {meaning}." for flaw, meaning in MEANINGS.items())
    yield from _header("operation", "ours", "planner", "theirs", "its flaw")
    for each in comparison():
        for planner, name in PLANNERS.items():
            if each.takes_less(planner):
                theirs = each.others[planner]
                yield _row(
                    _name(each), _shape(each.ours), name, _shape(theirs.shape), ", ".join(flaws(each, theirs))
                )


def _no_plans() -> Iterator[str]:
    yield from ("", "What they make no plan for:")
    yield from _header("planner", "what", "operations")
    for planner, name in PLANNERS.items():
        counted = Counter(each.failure(planner) for each in comparison() if each.others[planner].error)
        yield from (_row(name, reason, counted[reason]) for reason in FAILURES[planner].values())


def _ours_less() -> Iterator[str]:
    yield from ("", "Ours takes less (steps, fetches):")
    yield from _header("operation", "ours", *PLANNERS.values())
    for each in comparison():
        shapes = [each.others[planner].shape for planner in PLANNERS]
        if any(shape and each.ours < shape for shape in shapes):
            yield _row(_name(each), _shape(each.ours), *map(_shape, shapes))


def _header(*columns: str) -> Iterator[str]:
    yield from ("", _row(*columns), "|" + "---|" * len(columns))


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _name(compared: Compared) -> str:
    return f"{compared.graph.source}: {compared.name}"


def _shape(shape: Shape | None) -> str:
    return f"{shape[0]}, {shape[1]}" if shape else "none"


if __name__ == "__main__":
    write(written())
