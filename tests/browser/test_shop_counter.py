"""The shop window, from behind the counter."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import open_film, sign_in
from tests.journeys.conftest import Business

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("node")]


def test_a_member_sees_no_counter(page: Page) -> None:
    sign_in(page, "ada")
    expect(page.get_by_role("link", name="My rentals")).to_be_visible()
    expect(page.get_by_role("link", name="Counter")).to_have_count(0)


def test_a_clerk_looks_a_box_up_by_its_barcode_and_takes_it_in(page: Page) -> None:
    sign_in(page, "clive")
    page.get_by_role("link", name="Counter", exact=True).click()
    overdue = page.get_by_role("region", name="Overdue").get_by_role("rowheader").first
    barcode = overdue.locator("code").inner_text()

    page.get_by_label("Barcode").fill(barcode)
    page.keyboard.press("Enter")
    box = page.get_by_role("article")
    expect(box).to_contain_text("On loan")
    box.get_by_label("Condition").select_option("Worn")
    box.get_by_role("button", name="Take it in").click()
    expect(box).to_contain_text("It is in")

    page.get_by_label("Barcode").fill(barcode)
    page.keyboard.press("Enter")
    expect(box).to_contain_text("On the shelf")
    expect(box.get_by_role("button", name="Take it in")).to_have_count(0)


def test_an_unknown_barcode_is_said_to_be_unknown(page: Page) -> None:
    sign_in(page, "clive")
    page.goto("/counter")
    page.get_by_label("Barcode").fill("0000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("No copy has the barcode 0000.")


def test_a_clerk_brings_a_film_into_the_catalogue_and_copies_onto_the_shelf(page: Page) -> None:
    sign_in(page, "clive")
    page.goto("/counter/films/new")
    page.get_by_label("Name", exact=True).fill("The Projectionist's Daughter")
    page.get_by_label("Released on").fill("2021-04-09")
    page.get_by_label("Drama").check()
    page.get_by_label("Directed by").fill("Ines Marlowe")
    page.get_by_label("Cast").fill("Tomas Reel as The Projectionist")
    page.get_by_label("Cost of a copy").fill("12.50")
    page.get_by_role("button", name="Put it in the catalogue").click()
    expect(page.get_by_role("heading", name="The Projectionist's Daughter", level=1)).to_be_visible()
    expect(page.get_by_text("We have no copy of it")).to_be_visible()

    page.get_by_text("Add copies").click()
    page.get_by_label("How many").fill("2")
    add_copies(page)
    expect(page.get_by_text("2 of 2 on the shelf")).to_be_visible()


def add_copies(page: Page) -> None:
    """Add copies of a new film as the page says: again, while the stores have not heard of it."""
    added = page.get_by_text("On the shelf, with these barcodes")
    unknown = page.get_by_role("alert").filter(has_text="add its copies again in a moment")
    for _ in range(100):
        page.get_by_role("button", name="Add", exact=True).click()
        expect(added.or_(unknown)).to_be_visible()
        if added.is_visible():
            break


def test_a_clerk_who_is_quicker_than_the_news_of_a_film_is_told_to_try_again(page: Page) -> None:
    sign_in(page, "clive")
    open_film(page, "Rear Window")
    refusal = {"__typename": "NotFound", "code": "NOT_FOUND", "message": "", "path": ["input", "movieId"]}
    payload = {"__typename": "AddCopiesPayload", "copies": [], "errors": [refusal]}

    def not_yet(route: Route) -> None:
        if "addCopies" in (route.request.post_data or ""):
            route.fulfill(json={"data": {"addCopies": payload}})
        else:
            route.continue_()

    page.route("**/graphql", not_yet)
    page.get_by_text("Add copies").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("add its copies again in a moment")


def test_two_clerks_who_change_one_film_are_shown_each_others_changes(
    page: Page, browser: Browser, shop: Business
) -> None:
    sign_in(page, "clive")
    open_film(page, "Rear Window")
    page.get_by_role("link", name="Edit the entry").click()
    expect(page.get_by_label("Synopsis", exact=True)).not_to_be_empty()

    colleague = browser.new_context(base_url=shop.url).new_page()
    sign_in(colleague, "clive")
    colleague.goto(re.sub(r"^.*//[^/]+", "", page.url))
    colleague.get_by_label("Synopsis", exact=True).fill("A man with a broken leg has a view.")
    colleague.get_by_label("Minutes").fill("114")
    colleague.get_by_role("button", name="Save").click()
    expect(colleague.get_by_role("status").filter(has_text="Saved as version")).to_be_visible()
    colleague.context.close()

    page.get_by_label("Synopsis", exact=True).fill("A photographer watches his neighbours.")
    page.get_by_role("button", name="Save").click()
    conflict = page.get_by_role("alert")
    expect(conflict).to_contain_text("Somebody else saved this film meanwhile")
    expect(conflict).to_contain_text("Their changes are in the form now: Minutes.")
    conflict.get_by_label("A man with a broken leg").check()
    expect(page.get_by_label("Minutes")).to_have_value("114")
    page.get_by_label("Original name").fill("Rear Window")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved as version")).to_be_visible()
    expect(page.get_by_label("Synopsis", exact=True)).to_have_value("A man with a broken leg has a view.")


def test_a_new_film_tells_where_its_synopsis_is_from_and_costs_what_was_typed(page: Page) -> None:
    sign_in(page, "clive")
    page.goto("/counter/films/new")
    page.get_by_label("Name", exact=True).fill("A Source for Every Word")
    page.get_by_label("Released on").fill("2019-03-01")
    page.get_by_label("Drama").check()
    page.get_by_label("Synopsis", exact=True).fill("A librarian looks everything up.")
    source = "https://en.wikipedia.org/wiki/Library"
    page.get_by_label("Page that the synopsis is from").fill(source)
    page.get_by_label("Cost of a copy").fill("twelve")
    page.get_by_role("button", name="Put it in the catalogue").click()
    expect(page.get_by_label("Cost of a copy")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Cost of a copy").fill("20")
    page.get_by_role("button", name="Put it in the catalogue").click()
    expect(page.get_by_role("heading", name="A Source for Every Word", level=1)).to_be_visible()
    expect(page.locator(f'a[href="{source}"]')).to_be_visible()

    page.get_by_text("Add copies").click()
    add_copies(page)
    expect(page.get_by_text("1 of 1 on the shelf")).to_be_visible()
    expect(page.get_by_text("and $23.00 if it never comes back")).to_be_visible()


def test_an_entry_that_is_saved_keeps_its_synopsis_source_and_takes_a_new_cost(page: Page) -> None:
    sign_in(page, "clive")
    open_film(page, "Vertigo")
    page.get_by_role("link", name="Edit the entry").click()
    source = page.get_by_label("Page that the synopsis is from")
    named = "https://en.wikipedia.org/wiki/Vertigo_(film)"
    saved = page.get_by_role("status").filter(has_text="Saved as version")
    source.fill(named)
    page.get_by_role("button", name="Save").click()
    expect(saved).to_be_visible()
    page.get_by_label("Synopsis", exact=True).fill("A man is afraid of heights.")
    page.get_by_label("Cost of a copy").fill("31.50")
    expect(saved).to_have_count(0)
    page.get_by_role("button", name="Save").click()
    expect(saved).to_be_visible()
    expect(source).to_have_value(named)
    expect(page.get_by_label("Cost of a copy")).to_have_value("")
    page.get_by_role("link", name="To the film's page").click()
    expect(page.locator(f'a[href="{named}"]')).to_be_visible()


def test_an_entry_with_more_credits_than_a_page_has_loses_none_when_it_is_saved(page: Page) -> None:
    crowd = [f"Extra {number}" for number in range(1, 131)]
    sign_in(page, "clive")
    page.goto("/counter/films/new")
    page.get_by_label("Name", exact=True).fill("A Cast of Many")
    page.get_by_label("Released on").fill("2018-03-01")
    page.get_by_label("Drama").check()
    page.get_by_label("Cast").fill("\n".join(crowd))
    page.get_by_role("button", name="Put it in the catalogue").click()
    expect(page.get_by_role("heading", name="A Cast of Many", level=1)).to_be_visible()

    page.get_by_role("link", name="Edit the entry").click()
    cast = page.get_by_label("Cast")
    expect(cast).to_have_value("\n".join(crowd))
    cast.fill("\n".join([*crowd, "Somebody New"]))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved as version")).to_be_visible()
    page.reload()
    expect(cast).to_have_value("\n".join([*crowd, "Somebody New"]))
