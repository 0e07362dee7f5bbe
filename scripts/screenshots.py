"""``make screenshots``: the pictures of README and docs, from a demo built for the purpose."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from slot_pictures import desk, install_marks, office, shopper

from arengo_core.cli.supervisor import free_port
from arengo_core.plugins.manager import load_plugins
from arengo_core.testing.browser import ARGUMENTS, MISSING, find_chromium

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
PASSWORD = "arengo-demo-2026"
SHOTS = {
    "market": ("/", None, 1280),
    "office": ("/office/services", "officer@lanzada.example", 1280),
    "mayor": ("/office/mayor", "officer@chiesa-in-valmalenco.example", 1280),
    "desk": ("/desk/orders", "merchant@forno-delle-tre-segali.example", 390),
}

SLOTS = (
    (office, "officer@lanzada.example"),
    (desk, "merchant@forno-delle-tre-segali.example"),
    (shopper, None),
)


def _page(
    browser: Browser, base_url: str, email: str | None, width: int, height: int = 844
) -> Page:
    size = {"width": width, "height": height}
    page = browser.new_context(locale="en-GB", base_url=base_url, viewport=size).new_page()
    if email is not None:
        page.goto("/sign-in")
        page.locator("[name=email]").fill(email)
        page.locator("[name=password]").fill(PASSWORD)
        with page.expect_navigation():
            page.locator("main button[type=submit]").click()
    return page


def _take(base_url: str, chromium: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        for name, (path, email, width) in SHOTS.items():
            page = _page(browser, base_url, email, width)
            page.goto(path)
            if name == "office":
                page.goto(str(page.locator("a[href$='/activate']").first.get_attribute("href")))
            page.screenshot(path=PICTURES / f"{name}.png")
            print(PICTURES / f"{name}.png")
        browser.close()


def _take_slots(base_url: str, chromium: str) -> None:
    folder = PICTURES / "slots"
    folder.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        for pictures, email in SLOTS:
            for file in pictures(_page(browser, base_url, email, 1024, 640), folder):
                print(file)
        browser.close()


def _demo(chromium: str, take: Callable[[str, str], None], site: Path | None = None) -> None:
    """Build the demo in a folder of its own, take pictures of it, stop it."""
    with tempfile.TemporaryDirectory(prefix="arengo-pictures-") as name:
        Path(name).chmod(0o755)
        port = free_port()
        environment = {**os.environ, "ARENGO_DATA_DIR": name, "ARENGO_PORT": str(port)}
        if site is not None:
            environment["PYTHONPATH"] = str(site)
        log = Path(name) / "demo.log"
        with log.open("w") as out:
            demo = subprocess.Popen(
                [sys.executable, "-m", "arengo_core.cli.main", "demo"],
                env={**environment, "PYTHONUNBUFFERED": "1"},
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        try:
            while "Ctrl-C" not in log.read_text():
                if demo.poll() is not None:
                    sys.exit(log.read_text())
                time.sleep(0.3)
            take(f"http://127.0.0.1:{port}", chromium)
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait()


def main() -> None:
    """Take the pictures of the pages, then those of the slots with a plugin that marks them."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit(MISSING)
    slots = sorted(load_plugins().slots)
    _demo(str(chromium), _take)
    with tempfile.TemporaryDirectory() as site:
        install_marks(Path(site), slots)
        _demo(str(chromium), _take_slots, Path(site))


if __name__ == "__main__":
    main()
