"""An upstream that answers as it is told."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable

from supergraph.upstream import SubgraphError, SubgraphReply, SubgraphRequest, SubgraphUnreachable

Outcome = SubgraphReply | SubgraphError
WELL = SubgraphReply({"a": 1})


def unreachable() -> SubgraphError:
    return SubgraphUnreachable("movies", "refused")


class Scripted:
    """Gives what `outcome` gives, and keeps the requests it was `asked`."""

    def __init__(self, outcome: Callable[[], Outcome] = lambda: WELL) -> None:
        self.outcome = outcome
        self.asked: list[SubgraphRequest] = []

    async def fetch(self, request: SubgraphRequest) -> SubgraphReply:
        self.asked.append(request)
        outcome = self.outcome()
        if isinstance(outcome, SubgraphError):
            raise outcome
        return outcome

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphReply]:
        yield await self.fetch(request)
