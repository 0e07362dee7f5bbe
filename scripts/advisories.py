"""Look for published advisories against the packages that requirements.lock names.

    python scripts/advisories.py

By pip-audit, fetched for the run. Where the index of advisories cannot be reached it says so and
passes: what cannot be looked at must not stop anybody's work. Code 1 when there is an advisory
that ``LOOKED_AT`` does not answer.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).parent / "uv"
LOOKED_AT: dict[str, str] = {}
"""Advisories that do not concern us: the id, and why."""


def audit() -> dict[str, list[dict[str, object]]] | None:
    """The advisories of each package; None where nobody could be asked."""
    command = [UV, "tool", "run", "--quiet", "pip-audit", "-r", ROOT / "requirements.lock"]
    options = ["--disable-pip", "--no-deps", "--progress-spinner", "off", "-f", "json"]
    try:
        done = subprocess.run(
            [*command, *options], capture_output=True, text=True, check=False, timeout=90
        )
        found = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        return None
    asked = {one["name"]: one["vulns"] for one in found if "vulns" in one}
    return asked or None


def main() -> int:
    """Tell what there is."""
    asked = audit()
    if asked is None:
        print("Advisories were not looked at: their index cannot be reached from here.")
        return 0
    fresh = [
        f"{name}: {advisory['id']}, mended in {advisory['fix_versions']}"
        for name, advisories in asked.items()
        for advisory in advisories
        if advisory["id"] not in LOOKED_AT
    ]
    print("\n".join(fresh) or f"No advisory against {len(asked)} packages.")
    return 1 if fresh else 0


if __name__ == "__main__":
    sys.exit(main())
