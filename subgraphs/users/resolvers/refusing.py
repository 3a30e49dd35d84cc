"""How a refusal becomes part of an answer."""

from collections.abc import Awaitable, Callable
from typing import Any

from strawberry import federation as fed
from strawberry.extensions import FieldExtension

from subgraphs.common.errors import Refused


class RefusalsInPayload(FieldExtension):
    """Answers with the payload's `errors` where a service refuses."""

    def __init__(self, payload: type[Any]) -> None:
        self._payload = payload

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Any, **kwargs: Any
    ) -> Any:
        """The resolver's payload, or one with what was refused."""
        try:
            return await next_(source, info, **kwargs)
        except Refused as refusal:
            return self._payload(errors=refusal.errors)


def mutation(payload: type[Any], **options: Any) -> Any:
    """A mutation field whose refusals stand in its payload; `options` are those of a federation field."""
    return fed.field(extensions=[RefusalsInPayload(payload)], **options)
