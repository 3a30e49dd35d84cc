"""Other planners need no fewer steps and no fewer fetches for any operation of the corpus, but for those named here."""

from __future__ import annotations

import pytest

from tests.planning.other_planners import PAGE, PLANNERS, comparison, is_written, table

UNSOUND = "it takes a field from a subgraph that declares it @external, and does not resolve it"
OUT_OF_TURN = "it begins the next mutation before all that hangs on the one before is fetched"

DEARER = {
    ("apollo", "chained-requirements: requirements are followed back and forth"): UNSOUND,
    ("apollo", "chained-requirements: what is required on the way is there for the client too"): UNSOUND,
    (
        "apollo",
        "requirements-in-circles: requirements that lead to and fro end where nothing more is required",
    ): UNSOUND,
    ("apollo", "requirements-in-circles: begun at the other end, it takes one step more"): UNSOUND,
    ("apollo", "requirements-in-circles: stops on the way are shared with what the client asks for"): UNSOUND,
    ("hive", "mutations: what hangs on a mutation is fetched before the next one begins"): OUT_OF_TURN,
}
"""Where another planner takes less, and why that is no example to follow."""

pytestmark = [pytest.mark.needs("node", "shared"), pytest.mark.full]


@pytest.mark.parametrize("planner", PLANNERS)
def test_another_planner_takes_no_fewer_steps_and_fetches(planner: str) -> None:
    dearer = {
        (planner, each.name)
        for each in comparison()
        if (theirs := each.others[planner]) and (each.ours[0] > theirs[0] or each.ours > theirs)
    }
    assert dearer == {each for each in DEARER if each[0] == planner}


@pytest.mark.parametrize("planner", PLANNERS)
def test_another_planner_plans_nearly_all_of_the_corpus(planner: str) -> None:
    planned = sum(each.others[planner] is not None for each in comparison())
    assert planned > 0.95 * len(comparison())


def test_the_page_on_planning_shows_the_comparison_of_today() -> None:
    assert is_written(table()), f"write {PAGE.name} anew: python -m tests.planning.other_planners"
