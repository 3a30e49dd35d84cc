"""The shop window, as somebody sees it who joins, changes their account, and leaves."""

import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Business

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("node")]

PASSPHRASE = "lanterns-on-a-quiet-pier"


def join(page: Page, shop: Business, handle: str) -> None:
    """Registers somebody and opens the account by the link in the mail."""
    page.goto("/register")
    page.get_by_label("Name").fill("Mara Window")
    page.get_by_label("Handle").fill(handle)
    page.get_by_label("E-mail").fill(f"{handle}@example.com")
    page.get_by_label("Date of birth").fill("1990-05-17")
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("We have sent you a letter")).to_be_visible()

    link = re.search(r"/activate\?token=\S+", shop.mail_to(f"{handle}@example.com"))
    assert link
    page.goto(link.group())
    page.get_by_role("button", name="Open my membership").click()
    expect(page.get_by_role("link", name="Mara Window")).to_be_visible()


def test_a_newcomer_registers_and_opens_the_account_by_the_mailed_link(page: Page, shop: Business) -> None:
    join(page, shop, "mara")
    page.get_by_role("link", name="My rentals").click()
    expect(page.get_by_role("region", name="Membership")).to_contain_text("0 of ")


def test_a_mailed_token_does_not_stay_in_the_address(page: Page) -> None:
    page.goto("/activate?token=used-long-ago")
    expect(page).to_have_url(re.compile(r"/activate$"))
    page.get_by_role("button", name="Open my membership").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_a_taken_handle_is_refused_beside_its_field(page: Page) -> None:
    page.goto("/register")
    page.get_by_label("Name").fill("Not Ada")
    page.get_by_label("Handle").fill("ada")
    page.get_by_label("E-mail").fill("not-ada@example.com")
    page.get_by_label("Date of birth").fill("1990-05-17")
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_label("Handle")).to_have_accessible_description(re.compile("Somebody has that handle"))


def test_a_member_changes_the_name_that_others_see(page: Page, shop: Business) -> None:
    join(page, shop, "nell")
    page.get_by_role("link", name="Mara Window").click()
    page.get_by_label("Name").fill("Nell Door")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Nell Door")).to_be_visible()


def test_a_new_passphrase_takes_the_old_ones_place_and_this_session_goes_on(
    page: Page, shop: Business
) -> None:
    join(page, shop, "odette")
    page.get_by_role("link", name="Mara Window").click()
    page.get_by_label("The one you have").fill(PASSPHRASE)
    page.get_by_label("A new one").fill("corridors-of-blue-velvet")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_text("You are signed out everywhere else.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="Mara Window")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in")
    page.get_by_label("Handle").fill("odette")
    page.get_by_label("Passphrase").fill("corridors-of-blue-velvet")
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("link", name="Mara Window")).to_be_visible()


def test_a_closed_account_is_closed(page: Page, shop: Business) -> None:
    join(page, shop, "petra")
    page.get_by_role("link", name="Mara Window").click()
    page.get_by_text("Close the account").click()
    page.get_by_role("group").get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Close my account").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_who_waits_for_the_counter_to_close_an_account_sees_what_it_says(page: Page, shop: Business) -> None:
    join(page, shop, "quentin")
    who = "SELECT id FROM users WHERE handle = 'quentin'"
    with closing(sqlite3.connect(shop.var / "users.sqlite")) as store, store:
        store.execute(
            "INSERT INTO closings (user_id, id, requested_at, open_rentals, owed) "  # noqa: S608 - our own words
            f"VALUES (({who}), 'clo_1', '2026-05-01 12:00:00', 0, 0)"
        )
    page.get_by_role("link", name="Mara Window").click()
    expect(page.get_by_text("The counter has not answered yet")).to_be_visible()
    with closing(sqlite3.connect(shop.var / "users.sqlite")) as store, store:
        store.execute("UPDATE closings SET decided_at = '2026-05-01 12:01:00', open_rentals = 1, owed = 229")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_text("You still have films at home.")).to_be_visible()
    expect(page.get_by_text("You owe $2.29.")).to_be_visible()
