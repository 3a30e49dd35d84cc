"""GraphiQL, and the plain page in its place, as a browser shows them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect
from starlette.types import ASGIApp

from supergraph.configuration import Configuration
from supergraph.model import Supergraph
from supergraph.server import explorer
from supergraph.server.closing import Closing
from supergraph.server.router import create_router
from supergraph.upstream import Endpoint, FunctionTransport, TransportRequest, TransportResponse
from tests.conftest import chromium

pytestmark = pytest.mark.needs("chromium")

Served = Callable[[ASGIApp, Closing | asyncio.Event], AbstractAsyncContextManager[str]]

EVENTS = b'event: next\ndata: {"data": {"numbers__1": 41}}\n\nevent: complete\ndata:\n\n'


async def subgraph(request: TransportRequest) -> TransportResponse:
    if b"subscription" in request.body:
        return TransportResponse(200, {"content-type": "text/event-stream"}, EVENTS)
    return TransportResponse(200, {"content-type": "application/json"}, b'{"data": {"hello": "Hello"}}')


@pytest.fixture
async def address(supergraph: Supergraph, served: Served, tmp_path: Path) -> AsyncIterator[str]:
    (tmp_path / "1.graphql").write_text("query First { hello }")
    (tmp_path / "2.graphql").write_text("subscription Second($to: Int!) { numbers(to: $to) }")
    (tmp_path / "2.json").write_text('{"to": 1}')
    configuration = Configuration.of({"graphiql": True, "introspection": True, "operations": ["."]}, tmp_path)
    transport = FunctionTransport(subgraph)
    endpoints = {"local": Endpoint("http://local/graphql", transport)}
    router = create_router(configuration, supergraph, endpoints, transport)
    async with served(router, router.closing) as address:
        yield address


@pytest.fixture
async def page(address: str) -> AsyncIterator[Page]:
    """A page on the router; whatever it asks of another host, and whatever fails in it, fails the test."""
    faults: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = await browser.new_page(viewport={"width": 1400, "height": 800})
        own = (f"http://{address}/", "data:", "blob:")
        page.on(
            "request", lambda request: None if request.url.startswith(own) else faults.append(request.url)
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        await page.goto(f"http://{address}/graphql")
        yield page
        await browser.close()
    assert faults == []


@pytest.mark.needs("node")
class TestGraphiQL:
    """GraphiQL itself, which Node builds."""

    async def test_it_shows_the_plan_of_an_example_and_runs_it(self, page: Page) -> None:
        await shows_plan(page, "query First__local__0")
        await run(page, "query First")

        await expect(page.locator(".graphiql-response")).to_contain_text('"Hello"', timeout=15_000)

    async def test_it_follows_a_subscription(self, page: Page) -> None:
        await holds(page, "query First")
        await page.get_by_text("Second", exact=True).click()
        await shows_plan(page, "subscription Second__local__0")
        await run(page, "subscription Second")

        await expect(page.locator(".graphiql-response")).to_contain_text("41", timeout=15_000)

    async def test_it_knows_the_schema(self, page: Page) -> None:
        await page.get_by_label("Show Documentation Explorer").click()

        await expect(page.locator(".graphiql-doc-explorer")).to_contain_text("Subscription", timeout=15_000)


async def run(page: Page, beginning: str) -> None:
    """Runs the operation that begins so, once the editor holds it: a tab's text takes a while to get there."""
    await holds(page, beginning)
    await page.get_by_label("Execute query (Ctrl-Enter)").click()


async def holds(page: Page, beginning: str) -> None:
    """Waits until the editor shows an operation. GraphiQL shows no tab that is chosen before its editor is there."""
    await expect(page.locator(".graphiql-query-editor")).to_contain_text(beginning, timeout=30_000)


async def shows_plan(page: Page, text: str) -> None:
    await expect(page.get_by_label("Query plan", exact=True)).to_contain_text(text, timeout=15_000)


class TestWithoutNode:
    """The plain page, where GraphiQL is not built."""

    @pytest.fixture(autouse=True)
    def not_built(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(explorer, "GRAPHIQL", tmp_path / "not built")

    async def test_it_runs_an_example_and_shows_its_plan(self, page: Page) -> None:
        await page.get_by_role("button", name="Run").click()

        await expect(page.locator("#response")).to_contain_text('"hello": "Hello"')
        await expect(page.locator("#plan")).to_contain_text("fetch 0 from local")
        await expect(page.locator("body")).to_contain_text("make setup")

    async def test_it_follows_a_subscription(self, page: Page) -> None:
        await page.get_by_label("Example operations").select_option("Second")
        await page.get_by_role("button", name="Run").click()

        await expect(page.locator("#response")).to_contain_text('"numbers": 41')
