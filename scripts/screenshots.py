"""``make screenshots``: the pictures of README and docs, from a demo built for the purpose."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from arengo_core.cli.supervisor import free_port
from arengo_core.testing.browser import ARGUMENTS, MISSING, find_chromium

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
PASSWORD = "arengo-demo-2026"
SHOTS = {
    "market": ("/", None, 1280),
    "office": ("/office/services", "officer@lanzada.example", 1280),
    "mayor": ("/office/mayor", "officer@chiesa-in-valmalenco.example", 1280),
    "desk": ("/desk/orders", "merchant@forno-delle-tre-segali.example", 390),
}


def _page(browser: Browser, base_url: str, email: str | None, width: int) -> Page:
    size = {"width": width, "height": 844}
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


def main() -> None:
    """Build the demo in a folder of its own, take the pictures, stop it."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory(prefix="arengo-pictures-") as name:
        Path(name).chmod(0o755)
        port = free_port()
        environment = {**os.environ, "ARENGO_DATA_DIR": name, "ARENGO_PORT": str(port)}
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
            _take(f"http://127.0.0.1:{port}", str(chromium))
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait()


if __name__ == "__main__":
    main()
