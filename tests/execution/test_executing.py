"""What the engine promises of whole operations, over subgraphs made of data."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from supergraph.execution import ANYONE, Caller, Engine, Options, Response
from supergraph.planning import Permissions
from supergraph.upstream import DirectUpstream, TransportError, TransportResponse
from tests.execution.shop import LINK
from tests.federation.federated import Federated, Part, federate

Log = list[str]


def errors(response: Response) -> list[tuple[Any, str]]:
    return [(error.get("path"), error["extensions"]["code"]) for error in response.errors]


async def down(_reply: Any) -> TransportResponse:
    raise TransportError("connection refused")


async def slow(_reply: Any) -> TransportResponse:
    await asyncio.sleep(30)
    raise AssertionError


ACCOUNTS = """
    type Query { me: User users: [User] }
    type Mutation { rename(name: String!): User }
    type User @key(fields: "id") { id: ID! name: String }
"""
ORDERS = """
    type Query { orders: [Order] }
    type Mutation { order(what: String!): Order }
    type User @key(fields: "id") { id: ID! orders: [Order!] total: Int! }
    type Order { what: String by: User }
"""


def accounts_and_orders(log: Log, options: Options | None = None) -> Federated:
    names = {"u1": "Ada"}
    ordered: list[str] = []
    user = {"$ref": "User", "id": "u1"}

    def rename(_parent: Any, arguments: Any) -> Any:
        log.append("rename")
        names["u1"] = arguments["name"]
        return user

    def order(_parent: Any, arguments: Any) -> Any:
        log.append("order")
        ordered.append(arguments["what"])
        return {"what": arguments["what"], "by": user}

    def name(_parent: Any, _arguments: Any) -> Any:
        log.append("name")
        return names["u1"]

    def orders(_parent: Any, _arguments: Any) -> Any:
        log.append("orders")
        return [{"what": what} for what in ordered]

    return federate(
        {
            "accounts": Part(
                LINK + ACCOUNTS,
                {
                    "Query": {"me": user, "users": [user]},
                    "Mutation": {"rename": rename},
                    "User": [{"id": "u1", "name": name}],
                },
            ),
            "orders": Part(
                LINK + ORDERS,
                {
                    "Query": {"orders": orders},
                    "Mutation": {"order": order},
                    "User": [{"id": "u1", "orders": orders, "total": 3}],
                },
            ),
        },
        options,
    )


async def test_mutations_run_one_after_another_with_all_that_hangs_on_them() -> None:
    log: Log = []
    response = await accounts_and_orders(log).answer(
        """mutation ($a: String!, $b: String!) {
            first: rename(name: $a) { name orders { what } }
            order(what: "tea") { what by { name orders { what } } }
            last: rename(name: $b) { name orders { what } }
        }""",
        {"a": "Bea", "b": "Cleo"},
    )
    assert response.data == {
        "first": {"name": "Bea", "orders": []},
        "order": {"what": "tea", "by": {"name": "Bea", "orders": [{"what": "tea"}]}},
        "last": {"name": "Cleo", "orders": [{"what": "tea"}]},
    }
    assert [entry for entry in log if entry in {"rename", "order"}] == ["rename", "order", "rename"]


async def test_a_mutation_that_fails_does_not_keep_the_next_from_running() -> None:
    federated = accounts_and_orders([])
    federated.subgraphs["orders"].fault = down
    response = await federated.answer('mutation { order(what: "tea") { what } rename(name: "B") { name } }')
    assert response.data == {"order": None, "rename": {"name": "B"}}
    assert errors(response) == [(["order"], "SUBREQUEST_HTTP_ERROR")]


async def test_one_subgraph_down_blanks_only_what_it_owns() -> None:
    federated = accounts_and_orders([])
    federated.subgraphs["orders"].fault = down
    response = await federated.answer("{ me { name orders { what } } orders { what } }")
    assert response.data == {"me": {"name": "Ada", "orders": None}, "orders": None}
    assert errors(response) == [
        (["me", "orders"], "SUBREQUEST_HTTP_ERROR"),
        (["orders"], "SUBREQUEST_HTTP_ERROR"),
    ]


async def test_a_null_of_an_outage_rises_where_the_type_has_none() -> None:
    federated = accounts_and_orders([])
    federated.subgraphs["orders"].fault = down
    response = await federated.answer("{ users { name total } }")
    assert (response.data, errors(response)) == (
        {"users": [None]},
        [(["users", 0, "total"], "SUBREQUEST_HTTP_ERROR")],
    )


async def test_what_is_late_at_the_deadline_is_null_and_the_rest_is_there() -> None:
    federated = accounts_and_orders([], Options(deadline=0.05))
    federated.subgraphs["orders"].fault = slow
    response = await federated.answer("{ me { name } orders { what } }")
    assert response.data == {"me": {"name": "Ada"}, "orders": None}
    assert errors(response) == [(["orders"], "SUBGRAPH_REQUEST_TIMEOUT")]


async def test_fetches_that_do_not_need_each_other_run_at_the_same_time() -> None:
    federated = accounts_and_orders([])
    both = asyncio.Barrier(2)

    async def meet(_reply: Any) -> TransportResponse:
        async with asyncio.timeout(5):
            await both.wait()
        return TransportResponse(200, {}, b'{"data":{"me":null,"orders":null}}')

    for subgraph in federated.subgraphs.values():
        subgraph.fault = meet
    response = await federated.answer("{ me { name } orders { what } }")
    assert response.as_dict() == {"data": {"me": None, "orders": None}}


async def test_errors_are_counted_beyond_the_limit_and_not_listed() -> None:
    users = Part(
        LINK + "type Query { users: [User] } type User { id: ID! name: String }",
        {
            "Query": {"users": {"$all": "User"}},
            "User": [{"id": str(n), "name": {"$error": "no"}} for n in range(9)],
        },
    )
    response = await federate({"accounts": users}, Options(max_errors=2)).answer("{ users { name } }")
    assert [error["message"] for error in response.errors][2:] == ["7 more errors are left out."]


MASKED = Part(
    LINK + "type Query { plain: Int coded: Int internal: Int }",
    {
        "Query": {
            "plain": {"$error": "password=1234"},
            "coded": {"$error": "Out of stock. Did you mean tea?", "code": "OUT_OF_STOCK"},
            "internal": {"$error": "Traceback ...", "code": "INTERNAL_SERVER_ERROR"},
        }
    },
)


async def test_an_error_with_a_code_of_its_own_is_for_clients() -> None:
    response = await federate({"shop": MASKED}).answer("{ coded }")
    assert response.errors == [
        {
            "message": "Out of stock.",
            "path": ["coded"],
            "extensions": {"code": "OUT_OF_STOCK"},
        }
    ]


@pytest.mark.parametrize(
    ("field", "code"), [("plain", "DOWNSTREAM_SERVICE_ERROR"), ("internal", "INTERNAL_SERVER_ERROR")]
)
async def test_any_other_error_is_masked_under_an_id_that_the_log_explains(
    field: str, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = await federate({"shop": MASKED}).answer(f"{{ {field} }}")
    (error,) = response.errors
    assert error["message"] == "Something went wrong in a service."
    assert error["extensions"].keys() == {"code", "errorId"}
    assert error["extensions"]["code"] == code
    assert error["extensions"]["errorId"] in caplog.text
    assert MASKED.data["Query"][field]["$error"] in caplog.text


async def test_a_developer_may_see_all_errors() -> None:
    response = await federate({"shop": MASKED}, Options(show_errors=True, suggestions=True)).answer(
        "{ plain coded }"
    )
    assert [error["message"] for error in response.errors] == [
        "password=1234",
        "Out of stock. Did you mean tea?",
    ]


HIDDEN = Part(
    LINK + "type Query { colour: Colour colours: [Colour!] } enum Colour { RED GREY @inaccessible }",
    {"Query": {"colour": "GREY", "colours": ["RED", "GREY"]}},
)


async def test_an_enum_value_that_the_api_hides_is_an_error_and_null() -> None:
    response = await federate({"paint": HIDDEN}).answer("{ colour colours }")
    assert response.data == {"colour": None, "colours": None}
    assert errors(response) == [
        (["colour"], "RESPONSE_VALIDATION_FAILED"),
        (["colours", 1], "RESPONSE_VALIDATION_FAILED"),
    ]
    assert "GREY" not in str(response.errors)


ALL_HIDDEN = Part(
    LINK + "type Query { colours: [Colour] } enum Colour { RED GREY @inaccessible }",
    {"Query": {"colours": ["GREY"] * 50}},
)


async def test_values_that_do_not_fit_one_field_have_one_id_and_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    response = await federate({"paint": ALL_HIDDEN}).answer("{ colours }")
    ids = {error["extensions"]["errorId"] for error in response.errors}

    assert len(response.errors) == 50
    assert len(ids) == len(caplog.records) == 1
    assert ids.pop() in caplog.text


STAFF = Part(
    """
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
      import: ["@key", "@authenticated", "@requiresScopes"])
    type Query { user: User }
    type User @key(fields: "id") {
      id: ID!
      name: String
      mail: String @authenticated
      pay: Int @requiresScopes(scopes: [["pay:read"]])
    }
    """,
    {
        "Query": {"user": {"$ref": "User", "id": "1"}},
        "User": [{"id": "1", "name": "Ada", "mail": "a@b", "pay": 7}],
    },
)
CALLERS = {
    "anyone": (ANYONE, {"mail": None, "pay": None}),
    "a member": (Caller(Permissions(authenticated=True)), {"mail": "a@b", "pay": None}),
    "staff": (
        Caller(Permissions(authenticated=True, scopes=frozenset({"pay:read"}))),
        {"mail": "a@b", "pay": 7},
    ),
}


@pytest.mark.parametrize(("caller", "seen"), CALLERS.values(), ids=CALLERS.keys())
async def test_a_caller_sees_what_the_directives_allow(caller: Caller, seen: dict[str, Any]) -> None:
    response = await federate({"staff": STAFF}).answer("{ user { name mail pay } }", caller=caller)
    assert response.data == {"user": {"name": "Ada", **seen}}
    withheld = [name for name, value in seen.items() if value is None]
    assert errors(response) == [(["user", name], "UNAUTHORIZED_FIELD_OR_TYPE") for name in withheld]


async def test_a_field_that_is_withheld_is_not_fetched() -> None:
    federated = federate({"staff": STAFF})
    await federated.answer("{ user { name pay } }")
    assert "pay" not in federated.subgraphs["staff"].requests[0]["query"]


async def test_an_operation_is_planned_for_each_set_of_rules_that_callers_meet() -> None:
    engine = federate({"staff": STAFF}).engine
    prepared = engine.prepare("{ user { name pay } }")
    member = Caller(Permissions(authenticated=True))
    staff = CALLERS["staff"][0]
    assert engine.plan(prepared, ANYONE) is engine.plan(prepared, member)
    assert engine.plan(prepared, ANYONE) is not engine.plan(prepared, staff)


FEED = Part(
    LINK
    + "type Subscription { ordered(of: String): Order } type Query { a: Int } type Order { what: String by: User } "
    'type User @key(fields: "id", resolvable: false) { id: ID! }',
    {
        "Subscription": {
            "ordered": [
                {"what": "tea", "by": {"id": "u1"}},
                {"what": {"$error": "spilled", "code": "SPILL"}, "by": {"id": "u2"}},
            ]
        }
    },
)
PEOPLE = Part(
    LINK + 'type Query { b: Int } type User @key(fields: "id") { id: ID! name: String }',
    {"User": [{"id": "u1", "name": "Ada"}, {"id": "u2", "name": "Bob"}]},
)


async def events(federated: Federated, query: str) -> list[dict[str, Any]]:
    engine = federated.engine
    stream = engine.subscribe(engine.prepare(query), {}, ANYONE)
    return [response.as_dict() async for response in stream]


async def test_each_event_is_completed_from_the_other_subgraphs() -> None:
    federated = federate({"feed": FEED, "people": PEOPLE})
    assert [
        event["data"] for event in await events(federated, "subscription { o: ordered { by { name } } }")
    ] == [
        {"o": {"by": {"name": "Ada"}}},
        {"o": {"by": {"name": "Bob"}}},
    ]


async def test_an_error_of_one_event_does_not_end_the_subscription() -> None:
    federated = federate({"feed": FEED, "people": PEOPLE})
    received = await events(federated, "subscription { ordered { what } }")
    assert [event["data"]["ordered"]["what"] for event in received] == ["tea", None]
    assert received[1]["errors"][0]["path"] == ["ordered", "what"]


async def test_a_subscription_whose_subgraph_is_away_says_so_and_ends() -> None:
    engine = Engine(federate({"feed": FEED, "people": PEOPLE}).supergraph, DirectUpstream({}))
    stream = engine.subscribe(engine.prepare("subscription { ordered { what } }"), {}, ANYONE)
    (response,) = [response async for response in stream]
    assert (response.data, errors(response)) == (None, [(None, "SUBREQUEST_HTTP_ERROR")])


async def test_a_subscription_that_is_withheld_is_not_begun() -> None:
    secrets = Part(
        """
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated"])
        type Query { a: Int }
        type Subscription { secret: Int @authenticated }
        """,
        {"Subscription": {"secret": [1, 2]}},
    )
    federated = federate({"secrets": secrets})
    (response,) = await events(federated, "subscription { secret }")
    assert response["data"] == {"secret": None}
    assert federated.subgraphs["secrets"].requests == []


async def test_introspection_shows_the_api_and_nothing_of_the_federation() -> None:
    response = await federate({"paint": HIDDEN}).answer(
        "query ($name: String!) { __schema { types { name } } colour: __type(name: $name) { enumValues { name } } }",
        {"name": "Colour"},
    )
    assert response.data is not None
    assert response.data["colour"] == {"enumValues": [{"name": "RED"}]}
    assert not [
        each["name"]
        for each in response.data["__schema"]["types"]
        if each["name"].startswith(("_Any", "join"))
    ]
