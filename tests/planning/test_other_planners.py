"""Other planners take no fewer steps and fetches for any operation of the corpus, save where they are wrong."""

from __future__ import annotations

import pytest

from tests.planning.comparison_page import PAGE, is_written, written
from tests.planning.other_planners import FAILURES, PLANNERS, comparison
from tests.planning.smaller_plans import flaws

pytestmark = [pytest.mark.needs("node", "shared"), pytest.mark.full]


@pytest.mark.parametrize("planner", PLANNERS)
def test_a_smaller_plan_of_another_planner_is_wrong(planner: str) -> None:
    smaller = [each for each in comparison() if each.takes_less(planner)]
    assert [each.name for each in smaller if not flaws(each, each.others[planner])] == []


@pytest.mark.parametrize("planner", PLANNERS)
def test_such_flaws_are_found_in_no_plan_that_is_right(planner: str) -> None:
    alike = [each for each in comparison() if each.ours == each.others[planner].shape]
    judged = [each for each in alike if each.graph.subgraphs]
    flawed = {each.name.partition(":")[0] for each in judged if flaws(each, each.others[planner])}
    assert flawed == ({"contexts"} if planner == "hive" else set())  # Hive's passes no contexts in


@pytest.mark.parametrize("planner", PLANNERS)
def test_it_is_known_why_another_planner_makes_no_plan(planner: str) -> None:
    failed = {each.name: each.failure(planner) for each in comparison() if each.others[planner].error}
    assert [name for name, reason in failed.items() if reason is None] == []
    assert set(failed.values()) == set(FAILURES[planner].values())


def test_the_page_on_planning_shows_the_comparison_of_today() -> None:
    assert is_written(written()), f"write {PAGE.name} anew: python -m tests.planning.comparison_page"
