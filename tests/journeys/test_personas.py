"""A day with each of those who use the shop, from the first step to the last; the steps build on each other."""

import asyncio
from typing import Any

from tests.journeys.conftest import Client
from tests.journeys.staging import NEW_PASSWORD, Stage, ask, film, key, stage, until, usd
from tests.journeys.test_browsing import listed
from tests.journeys.test_renting import new_film_with_copies, offer

__all__ = ["stage"]

FILM = """query ($slug: String!) { movie(slug: $slug) { id name version rating { count histogram }
  availability { copiesAvailable copiesTotal } offers { price { amountMinor } } onWatchlist
  reviews { edges { node { id score headline author { displayName } } } } } }"""
HOME = """{ viewer { displayName version balance { amountMinor } rentalAllowance { inUse limit }
  watchlist { edges { node { note title { name } } } }
  rentals { edges { node { id status version lateFee { daysLate accrued { amountMinor } }
    ledger { kind amount { amountMinor } } } } } } }"""
SCAN = """query ($barcode: String!) { copy(barcode: $barcode) { status condition movie { name }
  currentRental { status renter { displayName } } } }"""
PEOPLE = "query ($search: String) { users(search: $search) { edges { node { id displayName roles } } } }"
OVERDUE = "{ overdueRentals(first: 100) { edges { node { id renter { id } } } } }"
LEDGER = "query ($id: ID!) { rental(id: $id) { version ledger { kind amount { amountMinor } } } }"
IN_STOCK = "query ($after: String) { inStock(first: 100, after: $after) { edges { cursor node { id } } } }"


async def see(client: Client, slug: str) -> dict[str, Any]:
    """A film's page, as this client sees it."""
    return (await client.data(FILM, slug=slug))["movie"]


async def home(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a member with one rental sees of themselves, and that rental."""
    viewer = (await client.data(HOME))["viewer"]
    (edge,) = viewer["rentals"]["edges"]
    return viewer, edge["node"]


async def test_a_member_joins_rents_is_late_pays_says_what_they_think_and_leaves(stage: Stage) -> None:
    slug = await new_film_with_copies(stage.clerk, 1)
    member, said = await stage.person(displayName="Marguerite Member")
    page = await see(member, slug)
    assert page["name"] in await listed(member, search=page["name"])
    await ask(member, "addToWatchlist", titleId=page["id"], note="Tonight")
    assert (await see(member, slug))["onWatchlist"] is True

    rental = await stage.rented(member, slug)
    extended = await ask(
        member, "extendRental", rentalId=rental["id"], expectedVersion=rental["version"], **key()
    )
    assert extended["rental"]["dueAt"] > rental["dueAt"]
    await stage.make_late(rental, days=3)
    viewer, late = await home(member)
    assert (late["status"], late["lateFee"]["daysLate"], viewer["rentalAllowance"]["inUse"]) == (
        "OVERDUE",
        3,
        1,
    )
    assert [item["node"]["note"] for item in viewer["watchlist"]["edges"]] == ["Tonight"]

    await ask(member, "returnRental", rentalId=rental["id"], **key())
    viewer, sent = await home(member)
    price, fee = page["offers"][0]["price"]["amountMinor"], late["lateFee"]["accrued"]["amountMinor"]
    booked = [(entry["kind"], entry["amount"]["amountMinor"]) for entry in sent["ledger"]]
    assert (sent["status"], booked) == ("RETURNING", [("RENTAL_CHARGE", price), ("LATE_FEE", fee)])
    for amount in (1, price + fee - 1):
        paid = await ask(member, "payBalance", amount=usd(amount), paymentToken="demo-ok", **key())
        assert paid["errors"] == []
    assert (await home(member))[0]["balance"] == {"amountMinor": 0}

    await ask(member, "writeReview", titleId=page["id"], score=9, headline="Worth the late fee")
    await ask(member, "updateProfile", expectedVersion=viewer["version"], displayName="Marge")
    (review,) = (await see(stage.visitor, slug))["reviews"]["edges"]
    assert review["node"]["author"] == {"displayName": "Marge"}
    changed = await ask(member, "changePassword", currentPassword=said["password"], newPassword=NEW_PASSWORD)
    member = Client(member.http, changed["session"]["accessToken"], member.user_id)
    old = await ask(stage.visitor, "signIn", handle=said["handle"], password=said["password"])
    assert old["errors"][0]["code"] == "INVALID_CREDENTIALS"

    await ask(stage.clerk, "returnCopy", barcode=rental["copy"]["barcode"], **key())
    await until(lambda: ask(member, "closeAccount", password=NEW_PASSWORD))
    assert await member.data("{ viewer { id } }") == {"viewer": None}
    left = await see(stage.visitor, slug)
    assert left["rating"]["count"] == 1
    (review,) = left["reviews"]["edges"]
    assert review["node"] | {"id": ""} == {
        "id": "",
        "score": 9,
        "headline": None,
        "author": {"displayName": "Former member"},
    }


async def test_a_clerk_keeps_the_catalogue_the_shelf_and_the_counter(stage: Stage) -> None:
    clerk, member = stage.clerk, stage.member
    collection = (await ask(clerk, "createCollection", name=film()["name"], **key()))["collection"]
    cost = {"amountMinor": 1500, "currency": "USD"}
    new = film(collectionId=collection["id"], wholesaleCost=cost)
    movie = (await ask(clerk, "createMovie", **new))["movie"]
    store = (await clerk.data("{ stores { id } }"))["stores"][0]["id"]
    wanted = {"movieId": movie["id"], "storeId": store, "format": "BLU_RAY", "count": 1}
    added = await until(lambda: ask(clerk, "addCopies", **wanted, **key()))
    barcode = added["copies"][0]["barcode"]
    assert [edge["node"]["id"] for edge in await in_stock(clerk)].count(movie["id"]) == 1

    rental = await stage.rented(member, movie["slug"])
    renamed = await ask(clerk, "updateMovie", id=movie["id"], expectedVersion=1, name=f"{movie['name']} II")
    scanned = {}
    for _ in range(200):
        scanned = (await clerk.data(SCAN, barcode=barcode))["copy"]
        if scanned["movie"]["name"] == renamed["movie"]["name"]:
            break
        await asyncio.sleep(0.05)
    assert scanned["movie"] == {"name": renamed["movie"]["name"]}
    assert scanned["currentRental"] == {"status": "ACTIVE", "renter": {"displayName": "New Member"}}
    await stage.make_late(rental)
    overdue = (await clerk.data(OVERDUE))["overdueRentals"]["edges"]
    assert {"id": rental["id"], "renter": {"id": member.user_id}} in [edge["node"] for edge in overdue]
    handle = (await member.data("{ viewer { handle } }"))["viewer"]["handle"]
    (found,) = (await clerk.data(PEOPLE, search=handle))["users"]["edges"]
    assert found["node"] == {"id": member.user_id, "displayName": "New Member", "roles": ["CUSTOMER"]}

    taken = await ask(clerk, "returnCopy", barcode=barcode, condition="DAMAGED", **key())
    assert taken["errors"] == []
    damaged = (await clerk.data(SCAN, barcode=barcode))["copy"]
    assert (damaged["status"], damaged["condition"]) == ("RETIRED", "DAMAGED")
    assert (await see(stage.visitor, movie["slug"]))["availability"]["copiesTotal"] == 0
    gone = await ask(clerk, "retireMovie", id=movie["id"], expectedVersion=renamed["movie"]["version"])
    assert gone["errors"] == []
    assert renamed["movie"]["name"] not in await listed(stage.visitor, search=renamed["movie"]["name"])


async def in_stock(client: Client) -> list[dict[str, Any]]:
    """All films in stock, page by page."""
    edges: list[dict[str, Any]] = []
    while True:
        page = (await client.data(IN_STOCK, after=edges[-1]["cursor"] if edges else None))["inStock"]["edges"]
        edges += page
        if len(page) < 100:
            return edges


async def test_a_manager_lets_go_of_a_fee_and_keeps_order_among_the_reviews(stage: Stage) -> None:
    member, manager = stage.member, await stage.as_("mona")
    slug = await new_film_with_copies(stage.clerk, 1)
    rental = await stage.rented(member, slug)
    await stage.make_late(rental, days=2)
    await ask(stage.clerk, "returnCopy", barcode=rental["copy"]["barcode"], **key())
    owed = "query ($id: ID!) { user(id: $id) { balance { amountMinor } } }"
    before = (await manager.data(owed, id=member.user_id))["user"]["balance"]["amountMinor"]
    late = await manager.data(LEDGER, id=rental["id"])
    waived = await ask(
        manager,
        "waiveLateFee",
        rentalId=rental["id"],
        expectedVersion=late["rental"]["version"],
        reason="The tram did not run",
        **key(),
    )
    assert waived["errors"] == []
    after = (await manager.data(owed, id=member.user_id))["user"]["balance"]["amountMinor"]
    price = next(entry for entry in late["rental"]["ledger"] if entry["kind"] == "RENTAL_CHARGE")
    assert (after, before > after) == (price["amount"]["amountMinor"], True)

    page = await see(manager, slug)
    review = (await ask(member, "writeReview", titleId=page["id"], score=1, headline="Rude words"))["review"]
    deleted = await ask(manager, "deleteReview", reviewId=review["id"])
    assert deleted["errors"] == []
    assert (await see(stage.visitor, slug))["rating"] == {"count": 0, "histogram": [0] * 10}


async def test_an_administrator_appoints_a_clerk_and_moves_a_member_up(stage: Stage) -> None:
    admin = await stage.as_("adam")
    person, said = await stage.person()
    slug = await new_film_with_copies(stage.clerk, 1)
    listed_price = (await offer(person, slug))["price"]["amountMinor"]
    await ask(admin, "grantRole", userId=person.user_id, role="CLERK")
    await ask(admin, "changeMembership", userId=person.user_id, tier="PREMIER")
    person = await stage.visitor.sign_in(said["handle"], said["password"])
    assert (await person.data(PEOPLE, search="ada"))["users"]["edges"]
    price = (await offer(person, slug))["price"]["amountMinor"]
    assert price == listed_price - (listed_price * 20 + 50) // 100
    await ask(admin, "revokeRole", userId=person.user_id, role="CLERK")
    person = await stage.visitor.sign_in(said["handle"], said["password"])
    assert "errors" in await person.ask(PEOPLE, search="ada")
