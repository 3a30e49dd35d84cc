"""Each mutation of the API succeeds, and is refused in each way that its contract names; asked through the router.

The API's schema says what there is to show: a mutation, or a member of an error union, that no story here brings
about fails its test.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLObjectType, GraphQLUnionType, build_schema, get_named_type, is_leaf_type

from subgraphs.rentals.offers import open_seal
from tests.journeys.conftest import ACTIVATION, PASSPHRASE, Business, Client, new_person
from tests.journeys.test_renting import new_film_with_copies, offer

API = build_schema((Path(__file__).parent.parent.parent / "schema" / "api.graphql").read_text())
assert API.mutation_type is not None
MUTATIONS = API.mutation_type.fields

NEVER = {
    ("signIn", "TokenExpired"): "it takes no token, and shares its union with what does",
    ("signIn", "InvalidInput"): "whatever is wrong, it answers InvalidCredentials",
    ("refreshSession", "InvalidInput"): "a token is right or wrong, and shares its union with passwords",
    ("changePassword", "TokenExpired"): "it takes no token, and shares its union with what does",
    ("removeFromWatchlist", "InvalidInput"): "it has no note, and shares its union with what has",
    ("grantRole", "InvalidInput"): "every role can be granted, and it shares its union with revoking",
}
"""Members of unions that a mutation never answers with, and why."""

NEW_PASSWORD = "another-long-enough-passphrase"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Stage:
    """Who and what the stories are played with."""

    business: Business
    visitor: Client
    member: Client
    clerk: Client

    async def as_(self, handle: str) -> Client:
        """A named person of the demo world."""
        return await self.visitor.sign_in(handle)

    async def person(self, **changes: str) -> tuple[Client, dict[str, str]]:
        """Somebody new with an account, and what they said of themselves."""
        said = new_person(**changes)
        await ask(self.visitor, "register", **said)
        payload = await ask(self.visitor, "activateAccount", token=self.token(said["email"]))
        session = payload["session"]
        return Client(self.visitor.http, session["accessToken"], session["user"]["id"]), said

    def token(self, address: str) -> str:
        """The token in the latest mail to an address."""
        found = ACTIVATION.search(self.business.mail_to(address))
        assert found, f"no link in the mail to {address}"
        return found[1]

    async def next_token(self, address: str, before: str) -> str:
        """The token in the mail to an address that comes after the one with the token `before`."""
        for _ in range(200):
            if (token := self.token(address)) != before:
                return token
            await asyncio.sleep(0.05)
        raise AssertionError(f"no further mail to {address}")

    async def store(self, subgraph: str, statement: str, **values: Any) -> None:
        """Changes a subgraph's database, for what only time could do."""
        assert await self.business.rows(subgraph, f"{statement} RETURNING 1", **values), statement

    async def rented(self, client: Client, slug: str = "") -> dict[str, Any]:
        """A rental of theirs."""
        slug = slug or await new_film_with_copies(self.clerk, 1)
        payload = await ask(client, "rentMovie", offerToken=(await offer(client, slug))["token"], **key())
        assert payload["errors"] == [], payload
        return payload["rental"]

    async def make_late(self, rental: dict[str, Any], days: int = 1) -> None:
        """Lets a rental of seven days be so many days late; after 14 it is lost."""
        due = datetime.now(UTC) - timedelta(days=days)
        dates = [due - timedelta(days=7), due, due + timedelta(days=14)]
        await self.store(
            "rentals",
            "UPDATE rentals SET rented_at = :rented, due_at = :due, lost_at = :lost WHERE id = :id",
            **dict(zip(("rented", "due", "lost"), dates, strict=True)),
            id=rental["id"],
        )


Told = AsyncIterator[tuple[str | None, Any]]
"""What a story comes to: the member of the union that is expected (None: success), and the payload."""


def key(value: str = "") -> dict[str, str]:
    """An idempotency key."""
    return {"idempotencyKey": value or uuid4().hex}


def document(mutation: str) -> str:
    """The mutation with all plain fields of what it gives, and its errors."""
    field = MUTATIONS[mutation]
    payload = get_named_type(field.type)
    assert isinstance(payload, GraphQLObjectType)
    things = [
        _leaves(name, get_named_type(part.type)) for name, part in payload.fields.items() if name != "errors"
    ]
    errors = (
        "errors { __typename ... on UserError { code message path } }" if "errors" in payload.fields else ""
    )
    input_type = field.args["input"].type
    return (
        f"mutation ($input: {input_type}) {{ {mutation}(input: $input) {{ {' '.join(things)} {errors} }} }}"
    )


def _leaves(name: str, of: Any) -> str:
    if is_leaf_type(of):
        return name
    plain = [
        part
        for part, field in of.fields.items()
        if is_leaf_type(get_named_type(field.type)) and not field.args
    ]
    more = {"session": "user { id }", "rental": "copy { barcode }"}.get(name, "")
    return f"{name} {{ {' '.join(plain)} {more} }}"


async def ask(client: Client, mutation: str, **given: Any) -> Any:
    """The payload of a mutation with this input."""
    return await client.payload(document(mutation), input=given)


async def until(attempt: Callable[[], Awaitable[Any]], *codes: str) -> Any:
    """What an attempt gives once its errors are these: the subgraphs hear of each other's news a little later."""
    payload: Any = None
    for _ in range(200):
        payload = await attempt()
        if [error["code"] for error in payload["errors"]] == list(codes):
            return payload
        await asyncio.sleep(0.05)
    raise AssertionError(payload)


def film(**changes: Any) -> dict[str, Any]:
    """A new film."""
    return {
        "name": f"Film {uuid4().hex[:8]}",
        "releaseDate": "2020-02-02",
        "certification": "PG",
        "genres": ["Drama"],
        **key(),
        **changes,
    }


async def create_movie(stage: Stage) -> Told:
    given = film()
    yield None, await ask(stage.clerk, "createMovie", **given)
    yield "IdempotencyKeyReused", await ask(stage.clerk, "createMovie", **given | {"name": "Another"})
    yield "InvalidInput", await ask(stage.clerk, "createMovie", **film(name=""))


async def update_movie(stage: Stage) -> Told:
    movie = (await ask(stage.clerk, "createMovie", **film()))["movie"]
    change = partial(ask, stage.clerk, "updateMovie", id=movie["id"], expectedVersion=movie["version"])
    yield "InvalidInput", await change(name="")
    yield None, await change(synopsis="One.")
    yield "VersionConflict", await change(synopsis="Two.")
    yield "NotFound", await ask(stage.clerk, "updateMovie", id="mov_none", expectedVersion=1, synopsis="x")


async def retire_movie(stage: Stage) -> Told:
    movie = (await ask(stage.clerk, "createMovie", **film()))["movie"]
    retire = partial(ask, stage.clerk, "retireMovie")
    yield "VersionConflict", await retire(id=movie["id"], expectedVersion=movie["version"] + 1)
    yield None, await retire(id=movie["id"], expectedVersion=movie["version"])
    yield "NotFound", await retire(id="mov_none", expectedVersion=1)


async def create_collection(stage: Stage) -> Told:
    given = {"name": "Films about trains", **key()}
    yield None, await ask(stage.clerk, "createCollection", **given)
    yield "IdempotencyKeyReused", await ask(stage.clerk, "createCollection", **given | {"name": "Another"})
    yield "InvalidInput", await ask(stage.clerk, "createCollection", name="", **key())


async def rename_collection(stage: Stage) -> Told:
    made = await ask(stage.clerk, "createCollection", name="Films about ships", **key())
    collection = made["collection"]
    rename = partial(
        ask, stage.clerk, "renameCollection", id=collection["id"], expectedVersion=collection["version"]
    )
    yield "InvalidInput", await rename(name="")
    yield None, await rename(name="Films at sea")
    yield "VersionConflict", await rename(name="Films at anchor")
    yield "NotFound", await ask(stage.clerk, "renameCollection", id="col_none", expectedVersion=1, name="x")


async def rent_movie(stage: Stage) -> Told:
    member, slug = stage.member, await new_film_with_copies(stage.clerk, 1)
    token, used = (await offer(member, slug))["token"], key()
    yield "OfferInvalid", await ask(member, "rentMovie", offerToken=token[:-2], **key())
    seal = open_seal("", stage.business.var / "offer.key")
    lapsed = replace(
        seal.open(token, member.user_id, datetime.now(UTC)), expires_at=datetime.now(UTC) - timedelta(1)
    )
    yield "OfferExpired", await ask(member, "rentMovie", offerToken=seal.close(lapsed), **key())
    child, _ = await stage.person(birthDate="2020-01-01")
    adult_film = (await offer(child, "alien-1979"))["token"]
    yield "AgeRestricted", await ask(child, "rentMovie", offerToken=adult_film, **key())
    yield None, await ask(member, "rentMovie", offerToken=token, **used)
    yield "IdempotencyKeyReused", await ask(member, "rentMovie", offerToken=adult_film, **used)
    yield "OutOfStock", await ask(member, "rentMovie", offerToken=token, **key())
    for _ in range(2):
        await stage.rented(member)
    more = (await offer(member, await new_film_with_copies(stage.clerk, 1)))["token"]
    yield "RentalLimitReached", await ask(member, "rentMovie", offerToken=more, **key())
    debtor, _ = await stage.person()
    for _ in range(2):
        rental = await stage.rented(debtor)
        await stage.make_late(rental, days=100)
        await ask(debtor, "returnRental", rentalId=rental["id"], **key())
    yield "CreditLimitReached", await ask(debtor, "rentMovie", offerToken=more, **key())


async def extend_rental(stage: Stage) -> Told:
    rental, used = await stage.rented(stage.member), key()
    extend = partial(ask, stage.member, "extendRental", rentalId=rental["id"])
    yield "VersionConflict", await extend(expectedVersion=rental["version"] + 1, **key())
    yield None, await extend(expectedVersion=rental["version"], **used)
    yield "IdempotencyKeyReused", await extend(expectedVersion=rental["version"] + 1, **used)
    await extend(expectedVersion=rental["version"] + 1, **key())
    yield "ExtensionRefused", await extend(expectedVersion=rental["version"] + 2, **key())
    nobodys = {"rentalId": "ren_none", "expectedVersion": 1}
    yield "NotFound", await ask(stage.member, "extendRental", **nobodys, **key())


async def return_rental(stage: Stage) -> Told:
    rental, used = await stage.rented(stage.member), key()
    yield None, await ask(stage.member, "returnRental", rentalId=rental["id"], **used)
    yield "AlreadyReturned", await ask(stage.member, "returnRental", rentalId=rental["id"], **key())
    yield "IdempotencyKeyReused", await ask(stage.member, "returnRental", rentalId="ren_none", **used)
    yield "NotFound", await ask(stage.member, "returnRental", rentalId="ren_none", **key())


async def return_copy(stage: Stage) -> Told:
    barcode, used = (await stage.rented(stage.member))["copy"]["barcode"], key()
    yield None, await ask(stage.clerk, "returnCopy", barcode=barcode, condition="WORN", **used)
    yield "AlreadyReturned", await ask(stage.clerk, "returnCopy", barcode=barcode, **key())
    yield "IdempotencyKeyReused", await ask(stage.clerk, "returnCopy", barcode="1", **used)
    yield "NotFound", await ask(stage.clerk, "returnCopy", barcode="1", **key())


async def pay_balance(stage: Stage) -> Told:
    await stage.rented(stage.member)
    pay, used = partial(ask, stage.member, "payBalance"), key()
    yield "InvalidInput", await pay(amount=usd(0), paymentToken="demo-ok", **key())
    yield "Overpayment", await pay(amount=usd(100_000), paymentToken="demo-ok", **key())
    yield "PaymentDeclined", await pay(amount=usd(1), paymentToken="demo-declined", **key())
    yield None, await pay(amount=usd(1), paymentToken="demo-ok", **used)
    yield "IdempotencyKeyReused", await pay(amount=usd(2), paymentToken="demo-ok", **used)


def usd(cents: int) -> dict[str, Any]:
    """So many cents."""
    return {"amountMinor": cents, "currency": "USD"}


async def waive_late_fee(stage: Stage) -> Told:
    mona, rental, used = await stage.as_("mona"), await stage.rented(stage.member), key()
    await stage.make_late(rental)
    sent = (await ask(stage.member, "returnRental", rentalId=rental["id"], **key()))["rental"]
    waive = partial(ask, mona, "waiveLateFee", reason="Snow")
    late = {"rentalId": rental["id"], "expectedVersion": sent["version"]}
    yield "InvalidInput", await ask(mona, "waiveLateFee", **late, reason=" ", **key())
    yield "VersionConflict", await waive(**late | {"expectedVersion": 1000}, **key())
    yield None, await waive(**late, **used)
    yield "IdempotencyKeyReused", await waive(**late | {"expectedVersion": 1000}, **used)
    yield "NotFound", await waive(**late | {"rentalId": "ren_none"}, **key())


async def add_copies(stage: Stage) -> Told:
    slug = await new_film_with_copies(stage.clerk, 1)
    movie = (await stage.clerk.data("query ($s: String!) { movie(slug: $s) { id } }", s=slug))["movie"]["id"]
    store = (await stage.clerk.data("{ stores { id } }"))["stores"][0]["id"]
    wanted, used = {"movieId": movie, "storeId": store, "format": "UHD", "count": 1}, key()
    yield None, await ask(stage.clerk, "addCopies", **wanted, **used)
    yield "IdempotencyKeyReused", await ask(stage.clerk, "addCopies", **wanted | {"count": 2}, **used)
    yield "InvalidInput", await ask(stage.clerk, "addCopies", **wanted | {"count": 0}, **key())
    yield "NotFound", await ask(stage.clerk, "addCopies", **wanted | {"movieId": "mov_none"}, **key())


async def register(stage: Stage) -> Told:
    said = new_person()
    yield None, await ask(stage.visitor, "register", **said)
    yield "HandleTaken", await ask(stage.visitor, "register", **said | key())
    yield "IdempotencyKeyReused", await ask(stage.visitor, "register", **said | {"displayName": "Other"})
    yield "InvalidInput", await ask(stage.visitor, "register", **new_person(password="short"))


async def resend_activation(stage: Stage) -> Told:
    token = (await ask(stage.visitor, "register", **new_person()))["statusToken"]
    yield None, await ask(stage.visitor, "resendActivation", statusToken=token)


async def activate_account(stage: Stage) -> Told:
    said = new_person()
    await ask(stage.visitor, "register", **said)
    token = stage.token(said["email"])
    yield None, await ask(stage.visitor, "activateAccount", token=token)
    yield "InvalidCredentials", await ask(stage.visitor, "activateAccount", token=token)
    late = new_person()
    await ask(stage.visitor, "register", **late)
    token = stage.token(late["email"])
    expire = "UPDATE letters SET expires_at = :at WHERE address = :address"
    await stage.store("users", expire, at=LONG_AGO, address=late["email"])
    yield "TokenExpired", await ask(stage.visitor, "activateAccount", token=token)
    wanted = new_person()["email"]
    version = (await stage.member.data("{ viewer { version } }"))["viewer"]["version"]
    await ask(stage.member, "updateProfile", expectedVersion=version, email=wanted)
    confirmation = stage.token(wanted)
    age = "UPDATE letters SET created_at = :at WHERE address = :address"
    await stage.store("users", age, at=LONG_AGO, address=wanted)
    other = new_person(email=wanted)
    await ask(stage.visitor, "register", **other)
    await ask(stage.visitor, "activateAccount", token=await stage.next_token(wanted, confirmation))
    yield "InvalidInput", await ask(stage.visitor, "activateAccount", token=confirmation)


async def sign_in(stage: Stage) -> Told:
    yield None, await ask(stage.visitor, "signIn", handle="ada", password=PASSPHRASE)
    yield "InvalidCredentials", await ask(stage.visitor, "signIn", handle=uuid4().hex, password=PASSPHRASE)


async def refresh_session(stage: Stage) -> Told:
    session = (await ask(stage.visitor, "signIn", handle="kim", password=PASSPHRASE))["session"]
    yield "InvalidCredentials", await ask(stage.visitor, "refreshSession", refreshToken="none")
    payload = await ask(stage.visitor, "refreshSession", refreshToken=session["refreshToken"])
    yield None, payload
    expire = "UPDATE sessions SET expires_at = :at WHERE user_id = :user"
    await stage.store("users", expire, at=LONG_AGO, user=session["user"]["id"])
    yield (
        "TokenExpired",
        await ask(stage.visitor, "refreshSession", refreshToken=payload["session"]["refreshToken"]),
    )


async def sign_out(stage: Stage) -> Told:
    session = (await ask(stage.visitor, "signIn", handle="ada", password=PASSPHRASE))["session"]
    yield None, await ask(stage.visitor, "signOut", refreshToken=session["refreshToken"])


async def request_password_reset(stage: Stage) -> Told:
    yield None, await ask(stage.visitor, "requestPasswordReset", email="nobody@example.com")


async def reset_password(stage: Stage) -> Told:
    _, said = await stage.person()
    use = "UPDATE letters SET address = 'used' WHERE address = :address"
    await stage.store("users", use, address=said["email"])
    reset = partial(ask, stage.visitor, "resetPassword")
    yield "InvalidCredentials", await reset(token="none", password=NEW_PASSWORD)
    activation = stage.token(said["email"])
    await ask(stage.visitor, "requestPasswordReset", email=said["email"])
    token = await stage.next_token(said["email"], activation)
    yield "InvalidInput", await reset(token=token, password="short")
    at = "UPDATE letters SET expires_at = :at WHERE address = :address"
    await stage.store("users", at, at=LONG_AGO, address=said["email"])
    yield "TokenExpired", await reset(token=token, password=NEW_PASSWORD)
    await stage.store("users", at, at=datetime(2100, 1, 1, tzinfo=UTC), address=said["email"])
    yield None, await reset(token=token, password=NEW_PASSWORD)


async def change_password(stage: Stage) -> Told:
    client, said = await stage.person()
    change = partial(ask, client, "changePassword")
    yield "InvalidCredentials", await change(currentPassword="wrong", newPassword=NEW_PASSWORD)
    yield "InvalidInput", await change(currentPassword=said["password"], newPassword="short")
    yield None, await change(currentPassword=said["password"], newPassword=NEW_PASSWORD)


async def update_profile(stage: Stage) -> Told:
    version = (await stage.member.data("{ viewer { version } }"))["viewer"]["version"]
    change = partial(ask, stage.member, "updateProfile", expectedVersion=version)
    yield "InvalidInput", await change(displayName=" ")
    yield None, await change(displayName="Renamed")
    yield "VersionConflict", await change(displayName="Again")


async def close_account(stage: Stage) -> Told:
    client, said = await stage.person()
    close = partial(ask, client, "closeAccount", password=said["password"])
    yield "InvalidCredentials", await ask(client, "closeAccount", password="wrong")
    rental = await stage.rented(client)
    barred = "RENTALS_OUTSTANDING", "BALANCE_OUTSTANDING"
    yield "RentalsOutstanding", await until(close, *barred)
    await ask(stage.clerk, "returnCopy", barcode=rental["copy"]["barcode"], **key())
    yield "BalanceOutstanding", await until(close, "BALANCE_OUTSTANDING")
    owed = (await client.data("{ viewer { balance { amountMinor } } }"))["viewer"]["balance"]["amountMinor"]
    await ask(client, "payBalance", amount=usd(owed), paymentToken="demo-ok", **key())
    yield None, await until(close)


async def add_to_watchlist(stage: Stage) -> Told:
    title = await some_title(stage)
    yield None, await ask(stage.member, "addToWatchlist", titleId=title, note="Soon")
    yield "InvalidInput", await ask(stage.member, "addToWatchlist", titleId=title, note="x" * 501)
    yield "NotFound", await ask(stage.member, "addToWatchlist", titleId="mov_none")


async def some_title(stage: Stage) -> str:
    """A film's id."""
    return (await stage.visitor.data('{ movie(slug: "heat-1995") { id } }'))["movie"]["id"]


async def remove_from_watchlist(stage: Stage) -> Told:
    title = await some_title(stage)
    await ask(stage.member, "addToWatchlist", titleId=title)
    yield None, await ask(stage.member, "removeFromWatchlist", titleId=title)
    yield "NotFound", await ask(stage.member, "removeFromWatchlist", titleId=title)


async def write_review(stage: Stage) -> Told:
    write = partial(ask, stage.member, "writeReview")
    title = await some_title(stage)
    yield "InvalidInput", await write(titleId=title, score=11)
    yield "NotFound", await write(titleId="mov_none", score=7)
    yield None, await write(titleId=title, score=7)
    yield "AlreadyReviewed", await write(titleId=title, score=8)
    yield "VersionConflict", await write(titleId=title, score=8, expectedVersion=1000)


async def delete_review(stage: Stage) -> Told:
    client, _ = await stage.person()
    review = (await ask(client, "writeReview", titleId=await some_title(stage), score=7))["review"]
    yield None, await ask(client, "deleteReview", reviewId=review["id"])
    yield "NotFound", await ask(client, "deleteReview", reviewId=review["id"])


async def grant_role(stage: Stage) -> Told:
    adam = await stage.as_("adam")
    yield None, await ask(adam, "grantRole", userId=stage.member.user_id, role="CLERK")
    yield "NotFound", await ask(adam, "grantRole", userId="usr_none", role="CLERK")


async def revoke_role(stage: Stage) -> Told:
    adam = await stage.as_("adam")
    yield None, await ask(adam, "revokeRole", userId=stage.member.user_id, role="CLERK")
    yield "InvalidInput", await ask(adam, "revokeRole", userId=stage.member.user_id, role="CUSTOMER")
    yield "NotFound", await ask(adam, "revokeRole", userId="usr_none", role="CLERK")


async def change_membership(stage: Stage) -> Told:
    adam = await stage.as_("adam")
    yield None, await ask(adam, "changeMembership", userId=stage.member.user_id, tier="PREMIER")
    yield "NotFound", await ask(adam, "changeMembership", userId="usr_none", tier="PLUS")


STORIES: dict[str, Callable[[Stage], Told]] = {
    "createMovie": create_movie,
    "updateMovie": update_movie,
    "retireMovie": retire_movie,
    "createCollection": create_collection,
    "renameCollection": rename_collection,
    "rentMovie": rent_movie,
    "extendRental": extend_rental,
    "returnRental": return_rental,
    "returnCopy": return_copy,
    "payBalance": pay_balance,
    "waiveLateFee": waive_late_fee,
    "addCopies": add_copies,
    "register": register,
    "resendActivation": resend_activation,
    "activateAccount": activate_account,
    "signIn": sign_in,
    "refreshSession": refresh_session,
    "signOut": sign_out,
    "requestPasswordReset": request_password_reset,
    "resetPassword": reset_password,
    "changePassword": change_password,
    "updateProfile": update_profile,
    "closeAccount": close_account,
    "addToWatchlist": add_to_watchlist,
    "removeFromWatchlist": remove_from_watchlist,
    "writeReview": write_review,
    "deleteReview": delete_review,
    "grantRole": grant_role,
    "revokeRole": revoke_role,
    "changeMembership": change_membership,
}


def refusals(mutation: str) -> set[str]:
    """How the API says that a mutation can be refused."""
    payload = get_named_type(MUTATIONS[mutation].type)
    assert isinstance(payload, GraphQLObjectType)
    if "errors" not in payload.fields:
        return set()
    union = get_named_type(payload.fields["errors"].type)
    assert isinstance(union, GraphQLUnionType)
    return {member.name for member in union.types}


@pytest.fixture
async def stage(business: Business, visitor: Client, member: Client, clerk: Client) -> Stage:
    """Everybody who plays a part; the member is new for each story."""
    return Stage(business, visitor, member, clerk)


@pytest.mark.parametrize("mutation", list(MUTATIONS))
async def test_a_mutation_succeeds_and_is_refused_in_each_way_that_its_contract_names(
    stage: Stage, mutation: str
) -> None:
    shown: set[str | None] = set()
    async for expected, payload in STORIES[mutation](stage):
        errors = payload.get("errors", [])
        names = [error["__typename"] for error in errors]
        assert (names[:1] or [None]) == [expected], payload
        assert all(error["message"] and error["code"].isupper() for error in errors)
        if expected is not None:
            assert not any(thing for name, thing in payload.items() if name != "errors"), payload
        shown.add(expected)
    never = {member for name, member in NEVER if name == mutation}
    assert shown == {None, *refusals(mutation)} - never


def test_what_is_said_never_to_happen_is_in_the_contract() -> None:
    assert {(mutation, member) for mutation in MUTATIONS for member in refusals(mutation)} >= set(NEVER)
