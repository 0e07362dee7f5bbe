"""Install a Chromium for the browser tests: Debian's as root, else Playwright's own.

make browser
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from arengo_core.testing.browser import find_chromium


def main() -> int:
    """Exit code 0 when there is a Chromium at the end."""
    found = find_chromium()
    if found is not None:
        print(f"There is a Chromium already: {found}")
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        subprocess.run(install, env=quiet, check=False, stdout=subprocess.DEVNULL)
    if find_chromium() is None:
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"], check=False
        )
    found = find_chromium()
    if found is None:
        print(
            "No Chromium could be installed. Install one with your system's package manager, or"
            " set ARENGO_CHROMIUM to where one is.",
            file=sys.stderr,
        )
        return 1
    print(f"Chromium: {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
