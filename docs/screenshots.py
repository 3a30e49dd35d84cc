"""Takes the README's pictures of a running business: `.venv/bin/python docs/screenshots.py http://127.0.0.1:4000`."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

IMAGES = Path(__file__).parent / "images"
SIZE = ViewportSize(width=1280, height=800)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def shop(page: Page, url: str) -> None:
    """The films, as a visitor sees them first."""
    page.goto(url)
    page.get_by_text("of 309 films").wait_for()
    page.get_by_role("link", name="12 Angry Men").first.wait_for()
    page.screenshot(path=IMAGES / "shop.png")


def graphiql(page: Page, url: str) -> None:
    """An operation in GraphiQL, its answer, and the plan that the router makes of it."""
    page.goto(f"{url}/graphql")
    page.get_by_text("step 2").first.wait_for()
    page.get_by_role("button", name="Execute query").click()
    page.get_by_text("Michael Mann").first.wait_for()
    page.screenshot(path=IMAGES / "graphiql.png")


def main() -> None:
    """Takes both pictures."""
    url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:4000"
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=QUIET
        )
        for picture in (shop, graphiql):
            picture(browser.new_page(viewport=SIZE, device_scale_factor=1), url)
        browser.close()


if __name__ == "__main__":
    main()
