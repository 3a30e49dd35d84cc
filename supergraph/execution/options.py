"""What the engine allows itself and its callers."""

from __future__ import annotations

from dataclasses import dataclass, field

from supergraph.execution.costs.policy import CostPolicy
from supergraph.execution.limits import OperationLimits


@dataclass(frozen=True, slots=True)
class Options:
    """Limits and switches; the defaults are safe to serve the public with.

    `max_tokens` caps a document, `limits` what its operations may have, `cost` what they may cost (None: that is
    not reckoned),
    `max_request_errors` the errors that refuse a request, `max_errors` those
    of a response. At most `cache_size` operations are kept prepared, and their documents together have no
    more than `cache_characters`. `deadline` is in seconds, for a whole operation, or for one event of a
    subscription: what is late by then is null. `later_share` of what is left of it is kept for each step that waits
    for a fetch. `suggestions` allows "Did you mean"; `introspection` allows
    `__schema` and `__type`. `show_errors` unmasks what went wrong inside, for development; else, of the
    extensions of errors that are meant for clients, `error_extensions` pass. `show_services` tells from which
    subgraph an error came; so does `show_errors`. With `refuse_unauthorized` a request is refused whole for a field
    that its caller may not see; else the field is null. A plan is compiled once it was run `compile_after` times
    (None: never). Operations that differ in their literals alone share one plan after `share_after` of them (None:
    never).
    """

    max_tokens: int = 15_000
    limits: OperationLimits = field(default_factory=OperationLimits)
    cost: CostPolicy | None = None
    max_request_errors: int = 5
    max_errors: int = 100
    cache_size: int = 1_000
    cache_characters: int = 8_000_000
    deadline: float = 30.0
    later_share: float = 0.2
    suggestions: bool = False
    introspection: bool = True
    show_errors: bool = False
    show_services: bool = False
    refuse_unauthorized: bool = False
    error_extensions: frozenset[str] = frozenset({"code"})
    compile_after: int | None = 2
    share_after: int | None = 1
