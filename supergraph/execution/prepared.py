"""Operations made ready: what is made of each once, and of all that differ in their literals alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from graphql import DocumentNode, OperationDefinitionNode

from supergraph.execution.cache import Cache
from supergraph.execution.compilation import CompiledPlan
from supergraph.execution.costs import Amount, OperationCosts
from supergraph.execution.document import condition_variables, name_of, read_document, select_operation
from supergraph.execution.literals import Literals
from supergraph.execution.options import Options
from supergraph.execution.plain_variables import PlainTypes, PlainVariables
from supergraph.execution.refusal import planning_refusals
from supergraph.execution.request import Caller
from supergraph.execution.validation import Validation
from supergraph.execution.variables import NO_VARIABLES, DefinedVariables, Variables, coerce_variables
from supergraph.model import Supergraph
from supergraph.planning import Operation, normalize
from supergraph.planning.query_plan import OperationKind

MOST_PLANS = 16
"""So many plans of one operation are kept."""

PlanKey = tuple[frozenset[str], frozenset[str], frozenset[str]]
"""What a plan depends on beside its operation: rules that are met, labels that are on, subgraphs that are down."""


@dataclass(frozen=True, slots=True, eq=False)
class NormalizedOperation:
    """An operation, normalised, and all that is made of it; such as differ in their literals alone may share one.

    It is planned when it is first executed: once for each set of authorization rules that callers meet, under
    each set of override labels that are on, around each set of subgraphs that are down. `variables` are the client's
    own. `estimate` is what it costs, where that is reckoned. `callers` are those for whom it was planned.
    """

    operation: Operation
    variables: DefinedVariables
    estimate: Amount = 0
    plans: Cache[PlanKey, CompiledPlan] = field(default_factory=lambda: Cache(MOST_PLANS))
    callers: Cache[PlanKey, Caller] = field(default_factory=lambda: Cache(MOST_PLANS))


@dataclass(slots=True, eq=False, weakref_slot=True)
class Family:
    """All operations that differ in their literals alone: how many were met, and the one that they share.

    `shared` has variables in place of the literals (None: it was not needed yet).
    """

    met: int = 0
    shared: NormalizedOperation | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """An operation that was parsed, validated and normalised, and may be executed any number of times.

    `literals` are what was moved out of it, if it is `normalized` as others of its family are. `bare` is what becomes
    of no variables where it takes none, once that was asked for.
    """

    query: str
    operation_name: str | None
    normalized: NormalizedOperation
    literals: Variables = NO_VARIABLES
    family: Family | None = None
    bare: list[Variables] = field(default_factory=list)

    @property
    def operation(self) -> Operation:
        """The operation, with variables in place of the literals that were moved out of it."""
        return self.normalized.operation

    @property
    def is_shared(self) -> bool:
        """Whether it is normalised as the others of its family are."""
        return bool(self.literals.values)

    @property
    def name(self) -> str | None:
        """The operation's name, if it has one."""
        return self.operation.name

    @property
    def kind(self) -> OperationKind:
        """Query, mutation or subscription."""
        return self.operation.kind


class Preparation:
    """Makes operations ready on one supergraph.

    The first of a family is planned as it was written: most clients send the same texts all the time. The second shows
    that a client writes values into its texts, and from then on all of them are one. A family is kept as long as any of
    its operations is.
    """

    def __init__(self, supergraph: Supergraph, options: Options, costs: OperationCosts | None) -> None:
        self._supergraph = supergraph
        self._options = options
        self._costs = costs
        self._validation = Validation(supergraph.api, options)
        self._literals = Literals(supergraph, self._validation.facts)
        self._types = PlainTypes(supergraph.api)
        self._families = WeakValueDictionary[tuple[str, str | None], Family]()

    def prepare(self, query: str, operation_name: str | None, *, shared: bool | None = None) -> Prepared:
        """Parse, validate and normalise an operation; raises `RequestRefused`.

        It is `shared` with its family or it is not (None: as the options have it).
        """
        document = read_document(self._validation, query, self._options)
        selected = select_operation(document, operation_name)
        lifted = self._literals.lift(document, query, selected)
        if lifted is None:
            return Prepared(query, operation_name, self._normalized(document, selected))
        family = self._families.setdefault((lifted.text, operation_name), Family())
        if not (self._is_to_share(family) if shared is None else shared):
            return Prepared(query, operation_name, self._normalized(document, selected), family=family)
        if family.shared is None:
            family.shared = self._normalized(lifted.document(selected), selected)
        return Prepared(query, operation_name, family.shared, lifted.values, family)

    def _is_to_share(self, family: Family) -> bool:
        after = self._options.share_after
        family.met += 1
        return after is not None and family.met > after

    def coerce(self, prepared: Prepared, variables: Mapping[str, Any]) -> Variables:
        """Make a request's variables ready, and the literals with them; raises `RequestRefused`."""
        literals = prepared.literals
        coerced = coerce_variables(
            self._supergraph.api, prepared.normalized.variables, variables, self._options
        )
        if not literals.values:
            return coerced
        return Variables({**coerced.values, **literals.values}, {**coerced.members, **literals.members})

    def _normalized(self, document: DocumentNode, selected: OperationDefinitionNode) -> NormalizedOperation:
        with planning_refusals():
            operation = normalize(self._supergraph, document, name_of(selected))
        own = operation.variables[: len(selected.variable_definitions or ())]
        estimate = 0 if self._costs is None else self._costs.compiled(operation)
        variables = DefinedVariables(own, condition_variables(document), PlainVariables(self._types, own))
        return NormalizedOperation(operation, variables, estimate)
