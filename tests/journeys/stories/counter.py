"""What members and clerks do at the counter."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from subgraphs.rentals.offers import open_seal
from tests.journeys.staging import Stage, Stories, Told, ask, key, usd
from tests.journeys.test_renting import new_film_with_copies, offer


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


STORIES: Stories = {
    "rentMovie": rent_movie,
    "extendRental": extend_rental,
    "returnRental": return_rental,
    "returnCopy": return_copy,
    "payBalance": pay_balance,
    "waiveLateFee": waive_late_fee,
    "addCopies": add_copies,
}
