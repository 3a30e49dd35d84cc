"""A real browser that looks at the whole business, which runs in a process of its own."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.conftest import chromium
from tests.journeys.conftest import Business, start, stop

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    """A freshly seeded business for all browser tests; each looks at films of its own."""
    var = tmp_path_factory.mktemp("shop")
    process, url = start(var)
    yield Business(url, var)
    stop(process)


# For a module and not for the session: while it is open, no asynchronous test can run in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, shop: Business) -> Iterator[Page]:
    """A tab of somebody who has never been here. A script that fails in it fails the test."""
    context = browser.new_context(base_url=shop.url, viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    failures: list[str] = []
    tab.on("pageerror", lambda error: failures.append(str(error)))
    yield tab
    context.close()
    assert failures == []


def sign_in(page: Page, handle: str) -> None:
    """Comes in as one of the demo's people."""
    page.goto("/sign-in")
    page.get_by_role("button", name=f"Come in as {handle}").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def search(page: Page, text: str) -> None:
    """Types into the search field as a person would, a letter at a time."""
    page.get_by_role("searchbox").press_sequentially(text, delay=20)


def boxes(page: Page) -> Locator:
    """The films on the shelves."""
    return page.get_by_role("main").get_by_role("listitem").filter(has=page.get_by_role("heading", level=3))


def open_film(page: Page, name: str) -> None:
    """Finds a film by its name and opens its page."""
    page.goto("/")
    search(page, name)
    # While the shelves follow what is typed, the boxes move: a press could start on one and end on another.
    expect(page).to_have_url(f"/?{urlencode({'q': name})}")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def activity(page: Page, operation: str) -> Locator:
    """An operation's rows in the activity panel, which must be open."""
    return page.locator(f'#activity [data-operation="{operation}"]')
