"""What is the demo's alone is shown where the router says that this is the demo, and nowhere else."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import sign_in
from tests.journeys.conftest import Business

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("node")]


@pytest.fixture
def elsewhere(browser: Browser, shop: Business) -> Iterator[Page]:
    """A tab at a shop that is no demo: `supergraph serve` has no settings for its client."""
    context = browser.new_context(base_url=shop.url)

    def no_settings(route: Route) -> None:
        route.fulfill(body=json.dumps({}), content_type="application/json")

    context.route("**/client.json", no_settings)
    yield context.new_page()
    context.close()


def test_a_shop_that_is_no_demo_offers_no_demo_sign_ins(elsewhere: Page) -> None:
    with elsewhere.expect_response("**/client.json"):
        elsewhere.goto("/sign-in")
    expect(elsewhere.get_by_label("Passphrase")).to_be_visible()
    expect(elsewhere.get_by_role("complementary", name="Demo sign-ins")).to_have_count(0)


def test_a_shop_that_is_no_demo_takes_no_demo_cards(elsewhere: Page) -> None:
    elsewhere.goto("/sign-in?next=/rentals")
    elsewhere.get_by_label("Handle").fill("ada")
    elsewhere.get_by_label("Passphrase").fill("popcorn-and-stairs-42")
    elsewhere.get_by_role("button", name="Sign in").click()
    expect(elsewhere.get_by_text("Please pay at the counter.")).to_be_visible()
    expect(elsewhere.get_by_role("form", name="Pay what you owe")).to_have_count(0)


def test_the_demo_offers_its_cards(page: Page) -> None:
    sign_in(page, "ada")
    page.get_by_role("link", name="My rentals").click()
    expect(page.get_by_label("Pay with")).to_contain_text("Demo card that pays")
