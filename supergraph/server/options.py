"""What the configuration says of operations and requests, as those take it who go by it."""

from __future__ import annotations

from supergraph.configuration import Configuration
from supergraph.execution import CostPolicy, Options
from supergraph.execution.limits import OperationLimits
from supergraph.server.compression import Compression
from supergraph.server.graphql_over_http import HttpOptions


def engine_options(configuration: Configuration) -> Options:
    """What operations may be like, and how they are answered."""
    limits = configuration.limits
    return Options(
        max_tokens=limits.tokens,
        limits=OperationLimits(
            depth=limits.depth,
            root_fields=limits.root_fields,
            fields=limits.fields,
            aliases=limits.aliases,
            directives=limits.directives,
            variables=limits.variables,
            fragments=limits.fragments,
            variable_values=limits.variable_values,
            variable_depth=limits.variable_depth,
        ),
        cost=_cost_policy(configuration),
        deadline=limits.deadline_seconds,
        later_share=configuration.upstream.deadlines.later_share,
        suggestions=not configuration.mask_errors,
        introspection=configuration.introspection,
        show_errors=not configuration.mask_errors,
        show_services=configuration.error_services,
        refuse_unauthorized=configuration.identity.unauthorized == "refuse",
    )


def _cost_policy(configuration: Configuration) -> CostPolicy | None:
    cost = configuration.limits.cost
    if cost.max is None and cost.shown == "never" and configuration.rate_limits.weight != "cost":
        return None
    return CostPolicy(cost.max, cost.list_size, enforced=cost.mode == "enforce")


def http_options(configuration: Configuration) -> HttpOptions:
    """What HTTP requests may be like."""
    batching = configuration.batching
    return HttpOptions(
        body_limit=configuration.limits.body_bytes,
        csrf_prevention=configuration.csrf_prevention,
        largest_batch=batching.max_operations if batching.enabled else 0,
        statuses=configuration.statuses,
        compression=_compression(configuration),
    )


def _compression(configuration: Configuration) -> Compression:
    wanted = configuration.compression
    return Compression(wanted.codings if wanted.enabled else (), wanted.smallest_bytes)
