"""Strawberry's federated schema, with representations resolved the way routers need it."""

from collections.abc import Iterable, Mapping, Sequence
from inspect import iscoroutine, ismethod
from typing import Any

from graphql import GraphQLError
from strawberry import federation as fed
from strawberry.extensions import MaxTokensLimiter, ParserCache, SchemaExtension, ValidationCache
from strawberry.federation.schema import FederationAny
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, Info

from subgraphs.common.dataloader import all_loaded
from subgraphs.common.describing import contract_of, describe
from subgraphs.common.errors import UserError
from subgraphs.common.executing.executor import ByColumns
from subgraphs.common.executing.selections import KEPT_OPERATIONS
from subgraphs.common.known_operations import KnownOperations, Remembering
from subgraphs.common.masking import MaskUnexpectedErrors
from subgraphs.common.plain_fields import read_plain_fields
from subgraphs.common.scalars import SCALARS
from subgraphs.common.text import RefuseUnstorableText
from subgraphs.common.tracing import TracedFields, is_traced, traced_entities

MOST_TOKENS = 20_000


class SubgraphSchema(fed.Schema):
    """A federated schema whose `_entities` keeps the faults of one representation to that one.

    An entity type answers through `resolve_reference(cls, representation, info)`, a class method that takes the
    representation as it came (GraphQL names, nothing popped from it) and gives the object, None, or a coroutine
    of either that waits for loaders and for nothing else.

    Every subgraph speaks Federation 2.9 with the same scalars, takes its descriptions from its contract, masks what
    was not written for clients, and refuses text that no store can hold.
    """

    def __init__(
        self,
        name: str,
        query: type,
        mutation: type,
        *,
        subscription: type | None = None,
        types: Iterable[type] = (),
    ) -> None:
        self.known = KnownOperations(self)
        super().__init__(
            query=query,
            mutation=mutation,
            subscription=subscription,
            types=[*types, UserError],
            execution_context_class=ByColumns,
            federation_version="2.9",
            config=StrawberryConfig(scalar_map=SCALARS),
            extensions=[
                MaskUnexpectedErrors,
                RefuseUnstorableText,
                lambda: ParserCache(maxsize=KEPT_OPERATIONS),
                lambda: ValidationCache(maxsize=KEPT_OPERATIONS),
                lambda: MaxTokensLimiter(max_token_count=MOST_TOKENS),
                lambda: Remembering(self.known),
            ],
        )
        describe(self._schema, contract_of(name))
        read_plain_fields(self._schema, self.config)

    def entities_resolver(self, info: Info, representations: list[FederationAny]) -> list[FederationAny]:
        """Resolves each representation, in order; an exception stands in the place of its item."""
        if is_traced():
            names = [self._type_name(each) for each in representations]
            entities = traced_entities(names, lambda index: self._resolve(info, representations[index]))
        else:
            entities = [self._resolve(info, representation) for representation in representations]
        return _all_there(entities) if any(map(iscoroutine, entities)) else entities  # pyright: ignore[reportReturnType]

    def get_extensions(self, sync: bool = False) -> list[SchemaExtension]:  # noqa: FBT001 - as its base has it
        """What goes around an operation: traces too, where it belongs to one."""
        extensions = super().get_extensions(sync)
        return [*extensions, TracedFields()] if is_traced() else extensions

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Takes the hints out of errors before they are logged and sent: guessing names is not to be helped."""
        for error in errors:
            error.message = error.message.partition(" Did you mean ")[0]
        super().process_errors(errors, execution_context)

    def _resolve(self, info: Info, representation: Any) -> Any:
        try:
            return self._resolver(representation)(representation, info)
        except Exception as error:  # noqa: BLE001 - it is told at the entity's place
            return error

    def _type_name(self, representation: Any) -> str:
        """The entity type that a representation is of; empty where it names none that there is."""
        name = representation.get("__typename") if isinstance(representation, Mapping) else None
        return name if isinstance(name, str) and name in self.schema_converter.type_map else ""

    def _resolver(self, representation: Any) -> Any:
        name = representation.get("__typename") if isinstance(representation, Mapping) else None
        known = self.schema_converter.type_map.get(name) if isinstance(name, str) else None
        origin = getattr(getattr(known, "definition", None), "origin", None)
        resolver = getattr(origin, "resolve_reference", None)
        if not ismethod(resolver):
            raise bad_representation(f"`__typename` of a representation must name an entity, not {name!r}.")
        return resolver


async def _all_there(entities: Sequence[Any]) -> list[Any]:
    return await all_loaded([_there(entity) for entity in entities])


async def _there(entity: Any) -> Any:
    try:
        return await entity if iscoroutine(entity) else entity
    except Exception as error:  # noqa: BLE001 - it is told at the entity's place
        return error


def key_of(representation: Mapping[str, Any], *names: str) -> tuple[str, str]:
    """Which of the keys `names` the representation carries, and its value.

    Raises:
        GraphQLError: it carries none of them as text.
    """
    for name in names:
        value = representation.get(name)
        if isinstance(value, str):
            return name, value
    raise bad_representation(f"A representation needs one of these keys: {', '.join(names)}.")


def bad_representation(message: str) -> GraphQLError:
    """The error of a representation that makes no sense; raise it in `resolve_reference`."""
    return GraphQLError(message, extensions={"code": "BAD_REPRESENTATION"})
