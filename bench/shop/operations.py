"""The shop's commonest operations, worded as its client sends them, and what a run of each begins and ends with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count, cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from bench.shop.business import Business

CLIENT = Path(__file__).parents[2] / "client" / "src" / "graphql" / "operations"
PASSPHRASE = "popcorn-and-stairs-42"  # noqa: S105 - the demo's public word
SIGN_IN = """mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }"""
OFFERED = """query ($slug: String!) { movie(slug: $slug) { offers { token } } }"""
TAKE_BACK = """mutation ($input: ReturnCopyInput!) { returnCopy(input: $input) { errors { __typename } } }"""
PAY = """mutation ($input: PayBalanceInput!) { payBalance(input: $input) { errors { __typename } } }"""

UNFILTERED = {"sort": None, "after": None}
BROWSED = {"filter": {}, **UNFILTERED}
FILMS = ("heat-1995", "alien-1979", "jaws-1975", "casablanca-1942", "the-matrix-1999")
SEARCHES = ("godfather", "al pacino", "star", "the", "amelie")
EARLY = "1000"
"""Stands in a text for a year before all films, another one each time: the answer is the same, and the text is new."""

Ask = Callable[[str, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """What is asked with which variables, by a member where it takes one."""

    text: str
    variables: tuple[Mapping[str, Any], ...]


def document(name: str) -> str:
    """An operation with its fragments, and the names of types, which the client's cache adds."""
    definitions = _definitions()
    wanted = {name: definitions[name]}
    todo = [name]
    while todo:
        for spread in _spreads(wanted[todo.pop()]):
            if spread not in wanted:
                wanted[spread] = definitions[spread]
                todo.append(spread)
    return print_ast(visit(DocumentNode(definitions=tuple(wanted.values())), _Named()))


@cache
def _definitions() -> dict[str, Any]:
    parsed = [parse(file.read_text(encoding="utf-8")) for file in sorted(CLIENT.glob("*.graphql"))]
    found = (definition for each in parsed for definition in each.definitions)
    return {
        each.name.value: each
        for each in found
        if isinstance(each, OperationDefinitionNode | FragmentDefinitionNode) and each.name
    }


def _spreads(node: Any) -> Iterator[str]:
    for selection in node.selection_set.selections if node.selection_set else ():
        if isinstance(selection, FragmentSpreadNode):
            yield selection.name.value
        else:
            yield from _spreads(selection)


class _Named(Visitor):
    """Adds `__typename` to all that is selected of an object, and to nothing of an operation itself."""

    def leave_selection_set(
        self, node: SelectionSetNode, _key: Any, parent: Any, *_: Any
    ) -> SelectionSetNode:
        if isinstance(parent, OperationDefinitionNode):
            return node
        typename = FieldNode(name=NameNode(value="__typename"))
        return SelectionSetNode(selections=(*node.selections, typename))


def queries() -> dict[str, Operation]:
    """What is only looked at."""
    browse = document("BrowsePage")
    return {
        "browse page": Operation(browse, ({**BROWSED, "search": None, "first": 24},)),
        "page of 50 films": Operation(browse, ({**BROWSED, "search": None, "first": 50},)),
        "film page": Operation(document("FilmPage"), tuple({"slug": slug} for slug in FILMS)),
        "a page by literals": Operation(_by_literals(browse), ({**UNFILTERED, "search": None, "first": 24},)),
        "search": Operation(browse, tuple({**BROWSED, "search": words, "first": 24} for words in SEARCHES)),
        "my rentals": Operation(document("MyRentals"), ({"first": 20, "after": None},)),
    }


def _by_literals(browse: str) -> str:
    """The browse page with its filter written into it, as a client does that puts texts together."""
    filters = f"filter: {{releaseYear: {{gte: {EARLY}}}}}"
    return browse.replace("$filter: MovieFilter, ", "").replace("filter: $filter", filters)


class Shopping:
    """A member of one business, and the clerk who takes back what the member rents."""

    def __init__(self, business: Business) -> None:
        self._business = business
        self._clerk = self._signed_in("clive")
        self._member = self._signed_in("ada")
        self._films = cycle(FILMS)
        self._years = count(int(EARLY))
        self._pay_what_is_owed()

    def asked(self, operation: Operation, ask: Ask, times: int) -> list[Any]:
        """What a query comes to, so many times."""
        self._business.token = self._member
        wanted = cycle(operation.variables)
        texts = (operation.text.replace(EARLY, str(next(self._years))) for _ in range(times))
        return [ask(text, next(wanted))[1] for text in texts]

    def rented(self, ask: Ask, times: int) -> list[Any]:
        """What renting a film comes to, so many times; between them the box comes back, and is paid for."""
        text = document("RentMovie")
        return [self._rented(text, ask) for _ in range(times)]

    def _rented(self, text: str, ask: Ask) -> Any:
        self._business.token = self._member
        movie = self._business.ask(OFFERED, {"slug": next(self._films)})["movie"]
        data, told = ask(text, {"input": {"offerToken": movie["offers"][0]["token"], **_key()}})
        rental = data["rentMovie"]["rental"]
        assert rental is not None, data  # noqa: S101
        self._take_back(rental["copy"]["barcode"])
        self._pay(rental["price"]["amountMinor"])
        return told

    def _take_back(self, barcode: str) -> None:
        self._business.token = self._clerk
        self._done(TAKE_BACK, {"barcode": barcode, "condition": "GOOD", **_key()})

    def _pay_what_is_owed(self) -> None:
        self._business.token = self._member
        viewer = self._business.ask("{ viewer { balance { amountMinor } } }", {})["viewer"]
        if owed := viewer["balance"]["amountMinor"]:
            self._pay(owed)

    def _pay(self, cents: int) -> None:
        self._business.token = self._member
        amount = {"amountMinor": cents, "currency": "USD"}
        self._done(PAY, {"amount": amount, "paymentToken": "demo-ok", **_key()})

    def _done(self, mutation: str, given: Mapping[str, Any]) -> None:
        (payload,) = self._business.ask(mutation, {"input": given}).values()
        assert not payload["errors"], payload  # noqa: S101

    def _signed_in(self, handle: str) -> str:
        self._business.token = ""
        given = {"input": {"handle": handle, "password": PASSPHRASE}}
        return self._business.ask(SIGN_IN, given)["signIn"]["session"]["accessToken"]


def _key() -> dict[str, str]:
    return {"idempotencyKey": uuid4().hex}
