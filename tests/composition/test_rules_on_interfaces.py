"""Authorization rules stay with the implementers that have them; Apollo's composition writes them on interfaces too."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from supergraph.composition import SubgraphSource, compose, read
from supergraph.model import Authorization

LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",'
    ' import: ["@key", "@interfaceObject", "@authenticated", "@requiresScopes"])'
)
ACCOUNTS = SubgraphSource(
    "accounts",
    "http://accounts",
    f"""
        {LINK}
        type Query {{ account: Account }}
        interface Account {{ id: ID! balance: Int }}
        type Current implements Account @authenticated {{
          id: ID! balance: Int @requiresScopes(scopes: [["read"], ["audit", "all"]])
        }}
        type Savings implements Account {{ id: ID! balance: Int @requiresScopes(scopes: [["savings"]]) }}
    """,
)
OF_OBJECTS = {
    "Current": Authorization(authenticated=True),
    "Current.balance": Authorization(scopes=(("read",), ("audit", "all"))),
    "Savings.balance": Authorization(scopes=(("savings",),)),
}
KNOWN_BY_KEY = SubgraphSource(
    "titles",
    "http://titles",
    f"""
        {LINK}
        type Query {{ title: Title }}
        interface Title @key(fields: "id") {{ id: ID! }}
        type Film implements Title @key(fields: "id") {{ id: ID! }}
    """,
)
ADDED = SubgraphSource(
    "stars",
    "http://stars",
    f'{LINK} type Title @key(fields: "id") @interfaceObject {{ id: ID! stars: Int @authenticated }}',
)


def as_sets(rules: Mapping[str, Authorization]) -> dict[str, tuple[bool, frozenset[frozenset[str]]]]:
    """The rules without an order of their scopes."""
    return {
        coordinate: (rule.authenticated, frozenset(map(frozenset, rule.scopes)))
        for coordinate, rule in rules.items()
    }


def test_what_we_compose_has_rules_where_the_subgraphs_put_them_alone() -> None:
    assert as_sets(read(compose([ACCOUNTS]).supergraph_sdl or "").authorization) == as_sets(OF_OBJECTS)


@pytest.mark.needs("node")
def test_apollo_asks_of_an_interface_what_its_implementers_ask_together(oracle: Callable[..., dict]) -> None:
    theirs = read(oracle("apollo", (ACCOUNTS,))["supergraph"]).authorization
    together = {
        "Account": Authorization(authenticated=True),
        "Account.balance": Authorization(scopes=(("read", "savings"), ("audit", "all", "savings"))),
    }
    assert as_sets(theirs) == as_sets(OF_OBJECTS | together)


def test_we_refuse_a_rule_on_what_an_interface_object_adds() -> None:
    (error,) = compose([KNOWN_BY_KEY, ADDED]).errors
    assert error.code == "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE"


@pytest.mark.needs("node")
def test_apollo_has_such_a_rule_for_the_interface_and_each_implementer(oracle: Callable[..., dict]) -> None:
    theirs = read(oracle("apollo", (KNOWN_BY_KEY, ADDED))["supergraph"]).authorization
    signed_in = Authorization(authenticated=True)
    assert theirs == {"Title.stars": signed_in, "Film.stars": signed_in}
