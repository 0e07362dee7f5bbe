"""Both faces in a real browser: no axe finding, no sideways scroll, fonts and menus that work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from arengo_core.testing.browser import ARGUMENTS
from tests.themes import gallery

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
SAMPLE = Path(__file__).parent / "valtellina"
PAGES = ("gallery", "front", "dialog", "error")


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=["civic", "bottega", "valtellina"])
def face(request: pytest.FixtureRequest) -> Iterator[str]:
    with gallery.served(gallery.registry(SAMPLE), request.param) as url:
        yield url


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_pages_are_accessible_and_fit(chromium: Any, face: str, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 800})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("response", lambda r: faults.append(r.url) if r.status >= 400 else None)
    for name in PAGES:
        page.goto(f"{face}/{name}.html")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        found = Axe().run(page, options=RULES).response["violations"]
        assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == [], name
    loaded = page.evaluate(
        "document.fonts.ready.then(() => [...document.fonts]"
        ".filter(f => f.status == 'loaded').map(f => f.family.replaceAll('\"', '')))"
    )
    page.close()
    assert faults == []
    assert "Titillium Web" in loaded


def test_a_long_market_name_leaves_room_for_the_tools_on_a_phone(chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    with gallery.served(gallery.registry(SAMPLE), "bottega") as url:
        page.goto(f"{url}/front.html")
        page.wait_for_load_state("networkidle")
        ends, starts = page.evaluate(
            """() => {
                const name = document.querySelector(".ar-brand-name");
                name.textContent = "Smart Land Valmalenco (demo)";
                const words = document.createRange();
                words.selectNodeContents(name);
                return [words.getBoundingClientRect().right,
                        document.querySelector(".ar-languages").getBoundingClientRect().left];
            }"""
        )
        assert page.locator(".shop-cart-count").is_visible()
        assert page.get_by_role("link", name="Ritrova il tuo ordine").is_visible()
        assert page.get_by_role("link", name="Vendi anche tu qui").is_visible()
    page.close()
    assert ends <= starts


def test_the_phone_menu_opens_and_works_without_script(chromium: Any, face: str) -> None:
    phone = {"width": 360, "height": 740}
    page = chromium.new_page(viewport=phone)
    page.goto(f"{face}/front.html")
    link = page.locator("#ar-navigation a", has_text="Comuni")
    assert not link.is_visible()
    page.get_by_role("button", name="Menu").click()
    link.wait_for()
    page.close()
    bare = chromium.new_context(java_script_enabled=False, viewport=phone).new_page()
    bare.goto(f"{face}/front.html")
    assert bare.locator("#ar-navigation a", has_text="Comuni").is_visible()
    bare.locator("#ar-navigation summary").click()
    bare.locator("#ar-navigation a", has_text="Attivazioni").wait_for()
    bare.context.close()


def test_the_price_opens_as_dialog_or_as_page(chromium: Any, face: str) -> None:
    page = chromium.new_page()
    page.goto(f"{face}/gallery.html")
    page.get_by_role("link", name="Attiva il servizio").click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert "237,00 €" in dialog.inner_text()
    assert page.url.endswith("/gallery.html")
    dialog.get_by_role("link", name="Chiudi").click()
    dialog.wait_for(state="hidden")
    page.close()
    bare = chromium.new_context(java_script_enabled=False).new_page()
    bare.goto(f"{face}/gallery.html")
    bare.get_by_role("link", name="Attiva il servizio").click()
    bare.wait_for_url("**/dialog.html")
    assert "237,00 €" in bare.inner_text("main")
    bare.context.close()


def test_keyboard_reaches_content_first(chromium: Any, face: str) -> None:
    page = chromium.new_page()
    page.goto(f"{face}/front.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "ar-skip"
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id == 'content'")
    page.close()
