"""Operations made ready: what is made of each once, and of all that differ in their literals alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from graphql import DocumentNode, OperationDefinitionNode, VariableDefinitionNode

from supergraph.execution.cache import Cache
from supergraph.execution.compilation import CompiledPlan
from supergraph.execution.costs import Amount, OperationCosts
from supergraph.execution.document import condition_variables, read_document, select_operation
from supergraph.execution.literals import Lifted, Literals
from supergraph.execution.options import Options
from supergraph.execution.refusal import planning_refusals
from supergraph.execution.request import Caller
from supergraph.execution.validation import Facts, Validation
from supergraph.execution.variables import NO_VARIABLES, Variables, coerce_variables
from supergraph.model import Supergraph
from supergraph.planning import Operation, normalize
from supergraph.planning.query_plan import OperationKind

MOST_PLANS = 16
"""So many plans of one operation are kept."""

PlanKey = tuple[frozenset[str], frozenset[str], frozenset[str]]
"""What a plan depends on beside its operation: rules that are met, labels that are on, subgraphs that are down."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class SharedOperation:
    """An operation without its literals, normalised, and all that is made of it.

    It is planned when it is first executed: once for each set of authorization rules that callers meet, under
    each set of override labels that are on, around each set of subgraphs that are down. `definitions` are the client's
    own variables, `conditions` those of them that `@skip` and `@include` look at. `estimate` is what it costs, where
    that is reckoned. `callers` are those for whom it was planned.
    """

    operation: Operation
    definitions: tuple[VariableDefinitionNode, ...]
    conditions: frozenset[str]
    estimate: Amount = 0
    plans: Cache[PlanKey, CompiledPlan] = field(default_factory=lambda: Cache(MOST_PLANS))
    callers: Cache[PlanKey, Caller] = field(default_factory=lambda: Cache(MOST_PLANS))


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """An operation that was parsed, validated and normalised, and may be executed any number of times.

    `literals` are what it has in place of variables of the operation that it shares with others. `bare` is what
    becomes of no variables where it takes none, once that was asked for.
    """

    query: str
    operation_name: str | None
    shared: SharedOperation
    literals: Variables = NO_VARIABLES
    bare: list[Variables] = field(default_factory=list)

    @property
    def operation(self) -> Operation:
        """The operation, with variables in place of literals."""
        return self.shared.operation

    @property
    def plans(self) -> Cache[PlanKey, CompiledPlan]:
        """How it is answered."""
        return self.shared.plans

    @property
    def name(self) -> str | None:
        """The operation's name, if it has one."""
        return self.operation.name

    @property
    def kind(self) -> OperationKind:
        """Query, mutation or subscription."""
        return self.operation.kind


class Preparation:
    """Makes operations ready on one supergraph; what is shared is kept as long as one of those that share it."""

    def __init__(self, supergraph: Supergraph, options: Options, costs: OperationCosts | None) -> None:
        self._supergraph = supergraph
        self._options = options
        self._costs = costs
        facts = Facts(supergraph.api)
        self._validation = Validation(supergraph.api, options, facts)
        self._literals = Literals(supergraph, facts)
        self._shared = WeakValueDictionary[tuple[str, str | None], SharedOperation]()

    def prepare(self, query: str, operation_name: str | None) -> Prepared:
        """Parse, validate and normalise an operation; raises `RequestRefused`."""
        document = read_document(self._validation, query, self._options)
        selected = select_operation(document, operation_name)
        lifted = self._literals.lift(document, query, selected)
        key = (query if lifted is None else lifted.text, operation_name)
        shared = self._shared.get(key)
        if shared is None:
            self._shared[key] = shared = self._share(document, selected, lifted, operation_name)
        literals = NO_VARIABLES if lifted is None else lifted.values
        return Prepared(query, operation_name, shared, literals)

    def coerce(self, prepared: Prepared, variables: Mapping[str, Any]) -> Variables:
        """Make a request's variables ready, and the literals with them; raises `RequestRefused`."""
        shared, literals = prepared.shared, prepared.literals
        coerced = coerce_variables(
            self._supergraph.api, shared.definitions, shared.conditions, variables, self._options
        )
        if not literals.values:
            return coerced
        return Variables({**coerced.values, **literals.values}, {**coerced.members, **literals.members})

    def _share(
        self,
        document: DocumentNode,
        selected: OperationDefinitionNode,
        lifted: Lifted | None,
        operation_name: str | None,
    ) -> SharedOperation:
        if lifted is not None:
            document = lifted.document(selected)
        with planning_refusals():
            operation = normalize(self._supergraph, document, operation_name)
        own = operation.variables[: len(selected.variable_definitions or ())]
        estimate = 0 if self._costs is None else self._costs.compiled(operation)
        return SharedOperation(operation, own, condition_variables(document), estimate)
