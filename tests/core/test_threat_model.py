"""Each threat of the security page names a test, and that test exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def test_each_threat_names_a_test_that_exists():
    page = (ROOT / "docs/explanation/security.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 10
    faults = []
    for row in rows:
        found = NAMED.findall(row)
        if not found:
            faults.append(f"names no test: {row}")
        for path, name in found:
            if not re.search(rf"^ *(async )?def {name}\(", (ROOT / path).read_text(), re.M):
                faults.append(f"there is no {path}::{name}")
    assert faults == []
