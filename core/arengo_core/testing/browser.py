"""The Chromium that browser tests and screenshots drive: the system's, else Playwright's own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = "There is no Chromium: install your system's package, or run `make browser`."


def _playwright_folder() -> Path:
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    if named and named != "0":
        return Path(named)
    if os.uname().sysname == "Darwin":
        return Path.home() / "Library" / "Caches" / "ms-playwright"
    return Path.home() / ".cache" / "ms-playwright"


def find_chromium() -> Path | None:
    """The browser to use; ``ARENGO_CHROMIUM`` names one that is elsewhere. None: there is none."""
    named = os.environ.get("ARENGO_CHROMIUM")
    if named:
        return Path(named)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    folder = _playwright_folder()
    downloaded = sorted(
        path
        for pattern in ("chromium-*/chrome-*/chrome", "chromium-*/chrome-*/*.app/Contents/MacOS/*")
        for path in folder.glob(pattern)
    )
    return downloaded[-1] if downloaded else None
