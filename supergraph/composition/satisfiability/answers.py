"""Answers to questions that depend on each other, and on themselves: the least that agree."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Question = TypeVar("Question", bound=Hashable)
Item = TypeVar("Item")


class Answers(Generic[Question, Item]):
    """For each question the items that answer it, worked out once.

    To work a question out, others are asked. One that is not settled yet answers with what is known of it so far, and
    whoever asked is worked out again when more is known: so no chain or ring of questions is too long. More of one
    answer may only ever lead to more of another.
    """

    def __init__(self, work_out: Callable[[Question, frozenset[Item]], frozenset[Item]]) -> None:
        """`work_out` gets the question, and what is known of its answer."""
        self._work_out = work_out
        self._settled: dict[Question, frozenset[Item]] = {}
        self._growing: dict[Question, frozenset[Item]] = {}
        self._askers: dict[Question, set[Question]] = {}
        self._open: dict[Question, None] = {}
        self._asking: Question | None = None

    def to(self, question: Question, least: frozenset[Item]) -> frozenset[Item]:
        """All items; inside of `work_out` those that are known so far. `least` is known from the start."""
        if question in self._settled:
            return self._settled[question]
        if question not in self._growing:
            self._growing[question] = least
            self._open[question] = None
        if self._asking is None:
            self._settle()
            return self._settled[question]
        self._askers.setdefault(question, set()).add(self._asking)
        return self._growing[question]

    def _settle(self) -> None:
        """Work out what is open, what was asked for last first, until nothing more is found."""
        while self._open:
            self._asking, _ = self._open.popitem()
            known = self._growing[self._asking]
            found = known | self._work_out(self._asking, known)
            if found != known:
                self._growing[self._asking] = found
                self._open.update(dict.fromkeys(self._askers.get(self._asking, ())))
        self._asking = None
        self._settled.update(self._growing)
        self._growing.clear()
        self._askers.clear()
