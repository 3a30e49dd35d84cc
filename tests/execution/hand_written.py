"""A plan written by hand, and subgraphs that answer what a test says.

The plan answers, for the operation

    { people: users { id fullName: name reviews { stars author { name } } } }

from `accounts` (users, their names) and `reviews` (reviews; the author's name comes from `accounts` again).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from graphql import GraphQLObjectType, build_schema

from supergraph.execution.compilation import compile_plan
from supergraph.execution.errors import Cause, ErrorPolicy
from supergraph.execution.introspection import Introspection
from supergraph.execution.options import Options
from supergraph.execution.request import ANYONE, Caller, Response
from supergraph.execution.run import Run
from supergraph.execution.variables import Variables
from supergraph.planning.query_plan import (
    Fetch,
    FieldShape,
    ObjectShape,
    OperationKind,
    Position,
    QueryPlan,
    Representation,
    RepresentationField,
    Target,
)
from supergraph.upstream import (
    DirectUpstream,
    Endpoint,
    FunctionTransport,
    TransportRequest,
    TransportResponse,
)

API = build_schema("""
    type Query { users: [User] }
    type User { id: ID! name: String reviews: [Review!] }
    type Review { stars: Int author: User! }
""")
ACCOUNTS, REVIEWS, AUTHORS = 0, 1, 2
"""The parts: users from accounts, users' reviews, the authors' names."""

Reply = Mapping[str, Any] | bytes | Exception
Answer = Reply | Callable[[dict[str, Any]], Reply]


def _field(
    type_name: str, name: str, *sources: int, alias: str = "", shape: ObjectShape | None = None
) -> FieldShape:
    parent = API.type_map[type_name]
    assert isinstance(parent, GraphQLObjectType)
    return FieldShape(alias or name, name, name, parent.fields[name].type, sources, shape=shape)


def _by_id(part: int, position: int, source: int) -> Target:
    key = RepresentationField("id", "id", (source,), required=True)
    user = Representation(frozenset({"User"}), None, (key,))
    return Target(part, position, "_entities", "representations", (user,))


AUTHOR = ObjectShape(3, {"User": (_field("User", "name", AUTHORS),)})
REVIEW = ObjectShape(
    2, {"Review": (_field("Review", "stars", REVIEWS), _field("Review", "author", REVIEWS, shape=AUTHOR))}
)
USER = ObjectShape(
    1,
    {
        "User": (
            _field("User", "id", ACCOUNTS),
            _field("User", "name", ACCOUNTS, alias="fullName"),
            _field("User", "reviews", REVIEWS, shape=REVIEW),
        )
    },
)
PLAN = QueryPlan(
    kind=OperationKind.QUERY,
    fetches=(
        Fetch(0, "accounts", OperationKind.QUERY, "{users{id name}}", (), frozenset(), part=ACCOUNTS),
        Fetch(
            1,
            "reviews",
            OperationKind.QUERY,
            "query($representations:[_Any!]!){_entities(representations:$representations)"
            "{...on User{reviews{stars author{id}}}}}",
            (),
            frozenset({0}),
            targets=(_by_id(REVIEWS, 1, ACCOUNTS),),
        ),
        Fetch(
            2,
            "accounts",
            OperationKind.QUERY,
            "query($representations:[_Any!]!){_entities(representations:$representations){...on User{name}}}",
            (),
            frozenset({1}),
            targets=(_by_id(AUTHORS, 3, REVIEWS),),
        ),
    ),
    positions=(
        Position(0, None, "", "Query", attached=(ACCOUNTS,)),
        Position(1, 0, "users", "User", embedded=(ACCOUNTS,), attached=(REVIEWS,)),
        Position(2, 1, "reviews", "Review", embedded=(REVIEWS,)),
        Position(3, 2, "author", "User", embedded=(REVIEWS,), attached=(AUTHORS,)),
    ),
    shape=ObjectShape(0, {"Query": (_field("Query", "users", ACCOUNTS, alias="people", shape=USER),)}),
)


class Bench:
    """Runs plans against canned answers, given by subgraph in the order in which they are asked for."""

    def __init__(self, options: Options | None = None) -> None:
        self.requests: dict[str, list[dict[str, Any]]] = {}
        self.masked: list[tuple[str, str, Cause]] = []
        ids = iter(f"id-{number}" for number in range(1_000))
        self.policy = ErrorPolicy(
            options or Options(), lambda *cause: self.masked.append(cause), lambda: next(ids)
        )

    async def run(
        self,
        plan: QueryPlan,
        answers: Mapping[str, list[Answer]],
        *,
        variables: Mapping[str, Any] | None = None,
        caller: Caller = ANYONE,
    ) -> Response:
        """Run a plan."""
        values = variables or {}
        members = {name: b'"%s":%s' % (name.encode(), orjson.dumps(value)) for name, value in values.items()}
        endpoints = {name: self._endpoint(name, list(each)) for name, each in answers.items()}
        compiled = compile_plan(plan)
        run = Run(
            compiled,
            Variables(values, members),
            caller,
            DirectUpstream(endpoints),
            self.policy,
            introspection=Introspection(API),
        )
        return await run.answer(compiled.fetches)

    def _endpoint(self, name: str, answers: list[Answer]) -> Endpoint:
        requests = self.requests.setdefault(name, [])

        async def answer(request: TransportRequest) -> TransportResponse:
            asked = orjson.loads(request.body)
            requests.append(asked)
            reply = answers[len(requests) - 1]
            reply = reply(asked) if callable(reply) else reply
            if isinstance(reply, Exception):
                raise reply
            return TransportResponse(200, {}, reply if isinstance(reply, bytes) else orjson.dumps(reply))

        return Endpoint(f"http://{name}", FunctionTransport(answer))


def entities(*items: Any) -> dict[str, Any]:
    """A reply to an entity fetch."""
    return {"data": {"_entities": list(items)}}
