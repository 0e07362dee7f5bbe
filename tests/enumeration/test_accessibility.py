"""Every enumerated page in a real browser: axe finds nothing and nothing hangs over the edge."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from arengo_core.testing.browser import ARGUMENTS
from arengo_core.testing.serving import serving
from tests.enumeration import surface

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
WIDTHS = (1280, 360)
ROUTES = surface.all_cases("ROUTES")
PEOPLE = ("anybody", "secret", "person", "merchant", "municipality", "consortium")


@pytest.fixture
async def chromium(chromium_path: str):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path, args=list(ARGUMENTS)
        )
        yield browser
        await browser.close()


async def _opened(browser: Browser, address: str, token: str | None) -> Page:
    context = await browser.new_context(locale="it-IT", base_url=address)
    if token is not None:
        await context.add_cookies([{"name": "arengo_session", "value": token, "url": address}])
    return await context.new_page()


async def _pages(app: Any, world: Any, visitor: Any, who: str) -> list[tuple[str, str]]:
    """Key and address of each page of one kind of caller; files and parts of pages are left out."""
    found = []
    for route in surface.routes(app):
        case = ROUTES.get(route.key)
        if route.method != "GET" or case is None or case.who != who:
            continue
        address = route.address(case, world)
        answer = await visitor.get(address, follow_redirects=True)
        if "<html" in answer.text:
            found.append((route.key, address))
    return found


async def _faults(page: Page, key: str, address: str) -> list[str]:
    await page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    await page.goto(address)
    faults = []
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 800})
        over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            faults.append(f"{key} at {width}: {over} pixels hang over the edge")
        result = await Axe().run(page, options=RULES)
        faults += [
            f"{key} at {width}: {violation['id']} {[node['target'] for node in violation['nodes']]}"
            for violation in result.response["violations"]
        ]
    return faults


@pytest.mark.parametrize("who", PEOPLE)
async def test_pages_are_accessible_and_fit(app, visit, world, chromium, who):
    visitor = await visit(world.people.get("merchant" if who == "person" else who))
    pages = await _pages(app, world, visitor, who)
    assert pages
    faults: list[str] = []
    async with serving(app) as address:
        page = await _opened(chromium, address, visitor.token)
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        for key, path in pages:
            faults += await _faults(page, key, path)
        await page.context.close()
    assert not faults, "\n".join(["", *faults])
