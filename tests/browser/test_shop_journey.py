"""The shop window, as a member sees it: from the shelves to a film at home, and back."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import activity, boxes, open_film, search, sign_in
from tests.journeys.conftest import Business

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("node")]


def number_in(locator: Locator) -> int:
    """The first number of a text."""
    found = re.search(r"\d+", locator.inner_text())
    assert found
    return int(found.group())


def test_the_shelves_hold_a_page_of_films_and_more_on_request(page: Page) -> None:
    page.goto("/")
    expect(boxes(page)).to_have_count(24)
    page.get_by_role("button", name="More films").click()
    expect(boxes(page)).to_have_count(48)


def test_a_search_finds_a_film_by_its_title_as_one_types(page: Page) -> None:
    page.goto("/")
    search(page, "spirited aw")
    expect(boxes(page)).to_have_count(1)
    expect(boxes(page)).to_contain_text("Spirited Away")


def test_a_search_finds_films_by_who_made_them(page: Page) -> None:
    page.goto("/")
    search(page, "miyazaki")
    expect(boxes(page).filter(has_text="My Neighbor Totoro")).to_be_visible()
    page.get_by_role("link", name="Hayao Miyazaki").click()
    expect(page.get_by_role("heading", name="Directed by Hayao Miyazaki")).to_be_visible()


def test_filters_stand_in_the_address_and_outlive_a_reload(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Genre").select_option("Western")
    page.get_by_label("Order").select_option("Oldest first")
    expect(page).to_have_url(re.compile(r"\?genre=western&sort=oldest$"))
    first = boxes(page).first.get_by_role("heading")
    expect(first).to_have_text("The Searchers")
    page.reload()
    expect(first).to_have_text("The Searchers")


def test_a_film_is_rented_stands_in_my_rentals_and_is_sent_back(page: Page) -> None:
    sign_in(page, "ada")
    open_film(page, "Casablanca")
    shelf = page.locator("[data-availability]")
    before = number_in(shelf)
    price = page.get_by_role("main").get_by_text(re.compile(r"^\$\d")).first.inner_text()

    page.get_by_role("button", name="Rent").first.click()
    expect(page.get_by_text("It is yours until")).to_be_visible()
    expect(shelf).to_contain_text(f"{before - 1} of ")

    page.get_by_role("link", name="See it in My rentals").click()
    slip = page.get_by_role("listitem", name="Casablanca")
    expect(slip).to_contain_text("At home")
    expect(slip).to_contain_text(price)
    expect(slip).to_contain_text("days left")

    slip.get_by_role("button", name="Send it back").click()
    expect(slip).to_contain_text("On its way back")
    expect(slip.get_by_role("button", name="Send it back")).to_have_count(0)


def test_the_activity_panel_shows_each_operation_and_its_answer_without_secrets(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_role("button", name="Activity").click()
    page.get_by_role("button", name="Come in as ada").click()
    expect(activity(page, "Viewer")).to_have_attribute("data-outcome", "ok")

    row = activity(page, "SignIn")
    expect(row).to_contain_text("mutation")
    expect(row).to_contain_text("ok 200")
    row.locator("summary").first.click()
    expect(row).to_contain_text("accessToken")
    expect(row).not_to_contain_text("popcorn")
    expect(row).not_to_contain_text("eyJ")

    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Nothing has been asked yet.")).to_be_visible()


def test_a_refusal_is_shown_in_words_and_marked_in_the_activity_panel(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_role("button", name="Activity").click()
    page.get_by_label("Handle").fill("ada")
    page.get_by_label("Passphrase").fill("not-the-passphrase")
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("That handle and passphrase do not go together.")
    expect(activity(page, "SignIn")).to_have_attribute("data-outcome", "refused")


def test_whoever_is_signed_in_stays_so_over_a_reload(page: Page) -> None:
    sign_in(page, "ada")
    page.goto("/rentals")
    expect(page.get_by_text("Ada Example").first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/rentals")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_watchlist_takes_a_film_in_and_lets_it_go(page: Page) -> None:
    sign_in(page, "ada")
    open_film(page, "Lawrence of Arabia")
    page.get_by_role("button", name="Add to watchlist").click()
    expect(page.get_by_role("button", name="On your watchlist")).to_be_visible()
    page.get_by_role("link", name="Watchlist").click()
    expect(boxes(page).filter(has_text="Lawrence of Arabia")).to_be_visible()
    page.get_by_role("link", name="Lawrence of Arabia").click()
    page.get_by_role("button", name="On your watchlist").click()
    expect(page.get_by_role("button", name="Add to watchlist")).to_be_visible()


def test_a_review_is_there_as_soon_as_it_is_written_and_gone_when_it_is_deleted(page: Page) -> None:
    sign_in(page, "ada")
    open_film(page, "Jaws")
    page.get_by_label("In a line").fill("Do not leave the path")
    page.get_by_role("button", name="Post the review").click()
    mine = page.get_by_role("listitem").filter(has_text="Do not leave the path")
    expect(mine).to_contain_text("You")
    mine.get_by_role("button", name="Delete").click()
    expect(mine).to_have_count(0)


def test_nothing_on_the_page_comes_from_anywhere_else(page: Page, shop: Business) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_film(page, "The Red Shoes")
    assert [url for url in asked if not url.startswith((f"{shop.url}/", "data:"))] == []


def test_an_outage_blanks_what_its_subgraph_owns_and_not_the_page(page: Page) -> None:
    def without_rentals(route: Route) -> None:
        if "query FilmPage" not in (route.request.post_data or ""):
            return route.fallback()
        answer = route.fetch().json()
        answer["data"]["movie"] |= {"offers": None, "availability": None}
        answer["errors"] = [
            {
                "message": "no answer",
                "path": ["movie", field],
                "extensions": {"code": "SUBREQUEST_HTTP_ERROR"},
            }
            for field in ("offers", "availability")
        ]
        return route.fulfill(json=answer)

    page.route("**/graphql", without_rentals)
    page.goto("/films/the-red-shoes-1948")
    expect(page.get_by_role("heading", name="The Red Shoes", level=1)).to_be_visible()
    expect(page.get_by_text("Tonight's prices are not known just now.")).to_be_visible()
    expect(page.get_by_text("Whether it is here is not known just now")).to_be_visible()

    page.unroute("**/graphql")
    page.get_by_role("button", name="Ask again").first.click()
    expect(page.get_by_role("link", name="Sign in to rent").first).to_be_visible()


def test_a_rental_whose_answer_was_lost_is_sent_again_under_the_same_key(page: Page) -> None:
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        body = route.request.post_data_json or {}
        if "mutation RentMovie" not in body.get("query", ""):
            return route.fallback()
        keys.append(body["variables"]["input"]["idempotencyKey"])
        if len(keys) > 1:
            return route.fallback()
        route.fetch()
        return route.abort()

    sign_in(page, "ada")
    open_film(page, "City Lights")
    page.route("**/graphql", lose_the_first_answer)
    page.get_by_role("button", name="Rent").first.click()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    page.get_by_role("button", name="Rent").first.click()
    expect(page.get_by_text("It is yours until")).to_be_visible()
    assert keys == [keys[0]] * 2

    page.get_by_role("link", name="My rentals", exact=True).click()
    expect(page.get_by_role("listitem", name="City Lights")).to_have_count(1)


def test_what_one_visitor_rents_another_sees_leave_the_shelf(
    page: Page, browser: Browser, shop: Business
) -> None:
    onlooker = browser.new_context(base_url=shop.url).new_page()
    open_film(onlooker, "Amadeus")
    onlooker.get_by_role("button", name="Activity").click()
    shelf = onlooker.locator("[data-availability]")
    before = number_in(shelf)

    sign_in(page, "ada")
    open_film(page, "Amadeus")
    page.get_by_role("button", name="Rent").first.click()

    expect(shelf).to_contain_text(f"{before - 1} of ")
    expect(activity(onlooker, "AvailabilityChanged").filter(has_text="event").first).to_be_attached()
    onlooker.context.close()
