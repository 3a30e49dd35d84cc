"""A channel that answers as it is told."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable

from supergraph.upstream import (
    Deadlines,
    Ended,
    Member,
    Pool,
    PooledUpstream,
    Retries,
    SubgraphError,
    SubgraphReply,
    SubgraphRequest,
    SubgraphUnreachable,
)

Outcome = SubgraphReply | SubgraphError
WELL = SubgraphReply({"a": 1})


def unreachable() -> SubgraphError:
    return SubgraphUnreachable("movies", "refused")


class Scripted:
    """Gives what `outcome` gives, and keeps the requests it was `asked`."""

    def __init__(self, outcome: Callable[[], Outcome] = lambda: WELL) -> None:
        self.outcome = outcome
        self.asked: list[SubgraphRequest] = []

    def exchange(self, request: SubgraphRequest, ended: Ended) -> ScriptedExchange:
        return ScriptedExchange(self, request, ended)

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        outcome = self.ask(request)
        if isinstance(outcome, SubgraphError):
            raise outcome
        yield outcome

    def ask(self, request: SubgraphRequest) -> Outcome:
        self.asked.append(request)
        return self.outcome()


class ScriptedExchange:
    """Ends as it starts."""

    def __init__(self, script: Scripted, request: SubgraphRequest, ended: Ended) -> None:
        self._script, self._request, self._ended = script, request, ended

    def start(self, deadlines: Deadlines) -> None:  # noqa: ARG002 - the protocol names it
        self._ended(self._script.ask(self._request))

    def cancel(self) -> None:
        raise AssertionError("it has ended")


def asking(script: Scripted, *subgraphs: str, retries: Retries | None = None) -> PooledUpstream:
    """An upstream whose subgraphs, `movies` if none is named, are the script."""
    pools = {name: Pool([Member("", script)]) for name in subgraphs or ("movies",)}
    return PooledUpstream(pools, retries=retries)
