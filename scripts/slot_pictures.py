"""Pictures of where plugins appear: each slot, the menu, a service's settings, marked."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

_MODULE = """
from pathlib import Path

from arengo_core.plugins.contributions import Resources, SlotPart
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manifest import Manifest

SLOTS = {slots!r}


async def _shown(_uow, _subject):
    return {{}}


@hookimpl
def arengo_manifest():
    return Manifest(
        key="marks", title="Marks", description="Shows where slots are.", version="1",
        requires={{"marketplace": ">=0", "storefront": ">=0"}},
    )


@hookimpl
def arengo_slot_parts():
    return [SlotPart(slot, f"marks/{{slot}}.html", _shown) for slot in SLOTS]


@hookimpl
def arengo_resources():
    return Resources(templates=Path(__file__).parent / "templates")
"""
_HIGHLIGHT = """() => {
    for (const frame of document.querySelectorAll("[data-mark]")) {
        frame.style.cssText = "padding:1rem;margin:1rem 0;border:3px dashed #b3005e;"
            + "background:#fde6f1;color:#7a0040;font:600 1rem monospace";
        frame.scrollIntoView({block: "center", behavior: "instant"});
    }
}"""


_OUTLINE = """element => {
    element.style.cssText = "outline:3px dashed #b3005e;outline-offset:6px;"
        + "background:#fde6f1;color:#7a0040";
    element.scrollIntoView({block: "center", behavior: "instant"});
}"""


def install_marks(site: Path, slots: list[str]) -> None:
    """A plugin in a folder for ``sys.path`` whose parts say the names of the slots they are in."""
    package = site / "arengo_marks"
    templates = package / "templates" / "marks"
    templates.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "plugin.py").write_text(_MODULE.format(slots=slots))
    for slot in slots:
        (templates / f"{slot}.html").write_text(f'<div data-mark="{slot}">{slot}</div>')
    info = site / "arengo_marks-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: arengo-marks\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[arengo]\nmarks = arengo_marks.plugin\n")


def _shot(page: Page, slot: str, folder: Path) -> Path:
    assert page.locator(f"[data-mark='{slot}']").count() == 1, f"{page.url} does not show {slot}"
    page.evaluate(_HIGHLIGHT)
    return _keep(page, slot, folder)


def _outlined(page: Page, name: str, selector: str, folder: Path) -> Path:
    page.locator(selector).evaluate(_OUTLINE)
    return _keep(page, name, folder)


def _keep(page: Page, name: str, folder: Path) -> Path:
    file = folder / f"{name}.webp"
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        picture.convert("RGB").resize((800, 500)).save(file, quality=60, method=6)
    return file


def _links(page: Page) -> list[str]:
    return page.locator("main a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")


def office(page: Page, folder: Path) -> Iterator[Path]:
    """The slot of the office's overview, an entry of the menu, a service's settings."""
    page.goto("/office")
    yield _shot(page, "marketplace.dashboard", folder)
    page.goto("/office/services")
    links = _links(page)
    yield _outlined(page, "navigation", "#ar-navigation a[href='/office/inbox']", folder)
    for link in links:
        if re.match(r"/office/activations/[0-9a-f-]{36}$", link):
            page.goto(link)
            if page.locator("#settings").count():
                yield _outlined(page, "settings", "#settings", folder)
                return
    raise AssertionError("no service with settings is active")


def desk(page: Page, folder: Path) -> Iterator[Path]:
    """The slots of a merchant's product and order."""
    for slot, path, link in (
        ("storefront.desk_product", "/desk/products", r"^/desk/products/[0-9a-f-]{36}$"),
        ("storefront.desk_order", "/desk/orders", r"^/desk/orders/[0-9a-f-]{36}$"),
    ):
        page.goto(path)
        page.goto(next(found for found in _links(page) if re.search(link, found)))
        yield _shot(page, slot, folder)


def shopper(page: Page, folder: Path) -> Iterator[Path]:
    """The slots of the checkout's last step and of the shopper's order."""
    page.goto("/search")
    page.goto(next(found for found in _links(page) if re.fullmatch(r"/shops/[^/]+/[^/?]+", found)))
    page.get_by_role("button", name="Put into the cart").click()
    page.wait_for_url(re.compile("/cart"))
    page.goto("/checkout")
    page.get_by_label("Name and surname").fill("Ada Viandante")
    page.get_by_label("E-mail", exact=True).fill("ada.viandante@example.it")
    page.locator("[name=street]").fill("Via Roma 3")
    page.locator("[name=postcode]").fill("23023")
    page.locator("[name=city]").fill("Chiesa in Valmalenco")
    page.locator("[name=istat_code]").select_option(label="Chiesa in Valmalenco")
    page.get_by_role("button", name="Go on to delivery").click()
    page.wait_for_url(re.compile("/checkout/delivery"))
    ways = page.locator("fieldset.so-ways")
    for index in range(ways.count()):
        ways.nth(index).get_by_role("radio", name=re.compile("courier", re.I)).first.check()
    page.get_by_role("button", name=re.compile("Go on and look")).click()
    page.wait_for_url(re.compile("/checkout/confirm"))
    yield _shot(page, "storefront.confirm", folder)
    page.locator("[name=accepted]").check()
    page.locator("form[action='/checkout/place'] button").click()
    page.wait_for_url(re.compile("/c/pay/"))
    for field, value in (("number", "4242424242424242"), ("expiry", "12/34"), ("cvc", "123")):
        page.locator(f"#{field}").fill(value)
    page.locator("#name").fill("Ada Viandante")
    page.locator("form button[type=submit]").first.click()
    page.wait_for_url(re.compile("/orders/"))
    yield _shot(page, "storefront.order", folder)
