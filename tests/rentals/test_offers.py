"""Offers: what they cost whom, and that their seal holds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subgraphs.common.caller import ANONYMOUS
from subgraphs.common.settings import SettingsError
from subgraphs.rentals.domain import Certification, Format, Terms
from subgraphs.rentals.offers import (
    WINDOW,
    OfferLapsed,
    OfferRefused,
    Seal,
    SealedOffer,
    expiry,
    open_seal,
)
from tests.rentals.conftest import ADA, ALIEN, BAMBI, BEN, CLUE, LOS_ANGELES, NEW_YORK, NOON, Desk, film

OLD, NEW = b"o" * 32, b"n" * 32
SEAL = Seal({"new": NEW, "old": OLD})
OFFER = SealedOffer(
    movie_id=BAMBI,
    store_id=NEW_YORK,
    format=Format.DVD,
    certification=Certification.G,
    terms=Terms(price=299, loan_days=7, late_fee_per_day=150, replacement_fee=2300),
    expires_at=NOON + timedelta(minutes=15),
    renter=None,
)
TOKEN = SEAL.close(OFFER)


def test_what_was_sealed_comes_out_as_it_went_in() -> None:
    assert SEAL.open(TOKEN, "usr_1", NOON) == OFFER


def test_the_same_offer_has_the_same_token() -> None:
    assert SEAL.close(replace(OFFER)) == TOKEN


@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_a_token_with_any_other_character_is_refused(place: int, character: str) -> None:
    forged = TOKEN[:place] + character + TOKEN[place + 1 :]
    if forged == TOKEN:
        return
    with pytest.raises(OfferRefused):
        SEAL.open(forged, "usr_1", NOON)


@given(st.text())
def test_no_text_opens_without_our_seal(text: str) -> None:
    with pytest.raises(OfferRefused):
        SEAL.open(text, "usr_1", NOON)


def test_a_token_sealed_with_an_older_key_still_opens() -> None:
    assert SEAL.open(Seal({"old": OLD}).close(OFFER), "usr_1", NOON) == OFFER


def test_a_token_under_the_id_of_another_key_is_refused() -> None:
    with pytest.raises(OfferRefused):
        SEAL.open(Seal({"old": NEW}).close(OFFER), "usr_1", NOON)


def test_an_offer_is_good_until_its_expiry_and_not_at_it() -> None:
    assert SEAL.open(TOKEN, "usr_1", OFFER.expires_at - timedelta(seconds=1)) == OFFER
    with pytest.raises(OfferLapsed):
        SEAL.open(TOKEN, "usr_1", OFFER.expires_at)


def test_an_offer_for_one_opens_for_nobody_else() -> None:
    token = SEAL.close(replace(OFFER, renter="usr_1"))
    assert SEAL.open(token, "usr_1", NOON).renter == "usr_1"
    with pytest.raises(OfferRefused):
        SEAL.open(token, "usr_2", NOON)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))
def test_an_expiry_is_a_quarter_hour_ahead_or_up_to_two(now: datetime) -> None:
    assert WINDOW < expiry(now) - now <= 2 * WINDOW
    assert expiry(now).minute % 15 == expiry(now).second == 0


def test_a_key_that_nobody_set_is_made_once_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "var" / "offer.key"
    first, second = open_seal("", file), open_seal("", file)
    assert first == second
    assert file.stat().st_mode & 0o077 == 0
    assert [entry.name for entry in file.parent.iterdir()] == ["offer.key"]


def test_of_many_that_make_a_key_at_once_all_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        seals = list(threads.map(lambda _: open_seal("", tmp_path / "offer.key"), range(16)))
    assert all(seal == seals[0] for seal in seals)


def test_a_set_key_leaves_no_file(tmp_path: Path) -> None:
    file = tmp_path / "offer.key"
    assert open_seal(f"a:{'a' * 32}, b:{'b' * 32}", file).keys == {"a": b"a" * 32, "b": b"b" * 32}
    assert not file.exists()


@pytest.mark.parametrize(
    "keys", ["short", f"a:{'a' * 32},{'b' * 32}", f"a.b:{'a' * 32}", f"a:{'a' * 32},b:short"]
)
def test_an_unusable_key_is_said_to_be_so(keys: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="RENTALS_OFFER_KEY"):
        open_seal(keys, tmp_path / "offer.key")


async def test_there_is_an_offer_for_each_store_and_format_with_a_copy(desk: Desk) -> None:
    await desk.stock(BAMBI, NEW_YORK, "DVD", copies=2)
    await desk.stock(BAMBI, NEW_YORK, "UHD")
    await desk.stock(BAMBI, LOS_ANGELES, "DVD")
    offers = await desk.offers(BAMBI)
    assert [(offer["store"]["name"], offer["format"], offer["copiesAvailable"]) for offer in offers] == [
        ("Hudson", "DVD", 2),
        ("Hudson", "UHD", 1),
        ("Venice", "DVD", 1),
    ]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (f'storeId: "{NEW_YORK}"', [("Hudson", "DVD"), ("Hudson", "UHD")]),
        ("format: DVD", [("Hudson", "DVD"), ("Venice", "DVD")]),
        (f'storeId: "{LOS_ANGELES}", format: UHD', []),
        ("storeId: null, format: UHD", [("Hudson", "UHD")]),
    ],
)
async def test_offers_of_one_store_or_format(
    desk: Desk, arguments: str, found: list[tuple[str, str]]
) -> None:
    await desk.stock(BAMBI, NEW_YORK, "DVD")
    await desk.stock(BAMBI, NEW_YORK, "UHD")
    await desk.stock(BAMBI, LOS_ANGELES, "DVD")
    selection = f"... on Movie {{ offers({arguments}) {{ format store {{ name }} }} }}"
    (movie,) = await desk.entities(selection, film(BAMBI))
    assert movie is not None
    assert [(offer["store"]["name"], offer["format"]) for offer in movie["offers"]] == found


async def test_an_offer_tells_all_its_terms(desk: Desk) -> None:
    await desk.stock(BAMBI)
    (offer,) = await desk.offers(BAMBI, ANONYMOUS)
    assert offer | {"id": "", "token": ""} == {
        "id": "",
        "token": "",
        "format": "DVD",
        "store": {"id": NEW_YORK, "name": "Hudson"},
        "price": {"amountMinor": 229, "currency": "USD"},
        "loanDays": 7,
        "lateFeePerDay": {"amountMinor": 115},
        "replacementFee": {"amountMinor": 2300},
        "copiesAvailable": 1,
        "expiresAt": "2026-05-04T16:30:00Z",
    }


async def test_a_higher_tier_pays_less(desk: Desk) -> None:
    await desk.stock(BAMBI)
    prices = [(await desk.offers(BAMBI, caller))[0]["price"]["amountMinor"] for caller in (ADA, BEN)]
    assert prices == [229, 183]


async def test_an_offer_keeps_its_id_while_its_token_changes(desk: Desk) -> None:
    await desk.stock(BAMBI)
    (first,) = await desk.offers(BAMBI, ADA)
    desk.pass_days(1)
    (second,) = await desk.offers(BAMBI, BEN)
    assert first["id"] == second["id"]
    assert first["token"] != second["token"]


@pytest.mark.parametrize(
    "facts",
    [
        {"wholesaleCost": None},
        {"wholesaleCost": {"amountMinor": 2000, "currency": "EUR"}},
    ],
    ids=["no cost", "another currency"],
)
async def test_a_film_without_a_cost_in_the_shops_money_has_no_offers(
    desk: Desk, facts: dict[str, object]
) -> None:
    await desk.stock(BAMBI)
    (movie,) = await desk.entities("... on Movie { offers { id } }", film(BAMBI, **facts))
    assert movie == {"offers": []}


async def test_an_offer_is_priced_from_the_representation_and_nothing_else(desk: Desk) -> None:
    await desk.stock(BAMBI)
    facts = {
        "wholesaleCost": {"amountMinor": 9000, "currency": "USD"},
        "releaseDate": None,
        "releaseYear": 2026,
    }
    (movie,) = await desk.entities(
        "... on Movie { offers { price { amountMinor } loanDays } }", film(BAMBI, **facts)
    )
    assert movie == {"offers": [{"price": {"amountMinor": 1519}, "loanDays": 5}]}


async def test_each_film_of_a_batch_gets_its_own_offers(desk: Desk) -> None:
    await desk.stock(CLUE)
    await desk.stock(ALIEN, copies=2)
    movies = await desk.entities(
        "... on Movie { id offers { copiesAvailable } }", film(BAMBI), film(ALIEN), film(CLUE)
    )
    found = [
        movie and (movie["id"], [offer["copiesAvailable"] for offer in movie["offers"]]) for movie in movies
    ]
    assert found == [(BAMBI, []), (ALIEN, [2]), (CLUE, [1])]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda facts: facts | {"releaseDate": "someday"},
        lambda facts: facts | {"certification": "X"},
        lambda facts: facts | {"wholesaleCost": {"amountMinor": 1}},
        lambda _: {"__typename": "Movie"},
    ],
    ids=["date", "certification", "money", "no id"],
)
async def test_a_representation_that_makes_no_sense_spoils_only_itself(
    desk: Desk, spoil: Callable[[dict[str, object]], dict[str, object]]
) -> None:
    await desk.stock(BAMBI)
    document = (
        "query($these: [_Any!]!) { _entities(representations: $these) { ... on Movie { offers { id } } } }"
    )
    data, codes = await desk.answer(document, these=[film(BAMBI), spoil(film(BAMBI))])
    assert codes == ["BAD_REPRESENTATION"]
    assert len(data["_entities"][0]["offers"]) == 1
    assert data["_entities"][1] is None
