"""The programs of one plan: when they are made, and what they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from supergraph.execution.cache import Cache
from supergraph.execution.compiled.program import Asked, At, Program, compile_program, guards_of
from supergraph.execution.compiled.runtime import Unusual
from supergraph.execution.contexts import Batch
from supergraph.execution.guards import Decisions
from supergraph.execution.leaves import InvalidValue
from supergraph.execution.replies import Entities, Replies
from supergraph.execution.shape_steps import ObjectStep
from supergraph.planning.query_plan import ALWAYS, QueryPlan, Target

MOST_PROGRAMS = 4
"""So many outcomes of one plan's conditions have programs of their own at a time."""

UNUSUAL = (Unusual, InvalidValue, KeyError, IndexError, TypeError)
"""What compiled functions raise where a reply is not as it mostly is: they look for nothing that they do not need."""


class Programs:
    """Compiles a plan once it was run `after` times: most operations of some clients are never seen again.

    `compiled` counts what was done by programs, `interpreted` what they left to the interpreter.
    """

    def __init__(self, plan: QueryPlan, shape: ObjectStep, after: int | None) -> None:
        self._plan = plan
        self._shape = shape
        self._left = after
        self._guards = [guard for guard in guards_of(plan, shape) if guard != ALWAYS]
        self._programs: Cache[tuple[bool, ...], Program] = Cache(MOST_PROGRAMS)
        self.compiled = 0
        self.interpreted = 0

    @property
    def conditional(self) -> bool:
        """Whether anything in the plan depends on variables of `@skip` and `@include`."""
        return bool(self._guards)

    def running(self, decisions: Decisions) -> RunningProgram | None:
        """Give the program for these conditions; None while the plan is interpreted."""
        if self._left is None:
            return None
        if self._left > 0:
            self._left -= 1
            return None
        outcome = tuple([decisions[guard] for guard in self._guards]) if self._guards else ()
        program = self._programs.find(outcome) or self._programs.get(
            outcome, lambda: compile_program(self._plan, self._shape, decisions)
        )
        return RunningProgram(self, program)


class RunningProgram:
    """A program in one run of its plan."""

    __slots__ = ("_asked", "_at", "_program", "_programs")

    def __init__(self, programs: Programs, program: Program) -> None:
        self._programs = programs
        self._program = program
        self._at: At = {}
        self._asked: Asked = {}

    def collect(self, target: Target, replies: Replies) -> list[Batch] | None:
        """Collect a target's representations; None where the interpreter is to do it."""
        function = self._program.collecting.get(target.part)
        if function is None:
            return None
        try:
            found, indexes = function(replies.roots, replies.entities, replies.clean, self._at, self._asked)
        except UNUSUAL:
            self._programs.interpreted += 1
            return None
        self._programs.compiled += 1
        self._asked[target.part] = found
        replies.entities[target.part] = Entities(indexes)
        return [Batch((), orjson.dumps(found)[1:-1], len(found))] if found else []

    def shape(self, replies: Replies, introspection: Mapping[str, Any]) -> dict[str, Any] | None:
        """Shape the response's data; None where the interpreter is to do it."""
        if not replies.clean:
            self._programs.interpreted += 1
            return None
        try:
            data = self._program.shape(replies.roots, replies.entities, introspection, self._asked)
        except UNUSUAL:
            self._programs.interpreted += 1
            return None
        self._programs.compiled += 1
        return data
