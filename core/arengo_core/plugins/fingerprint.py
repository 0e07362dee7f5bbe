"""A fingerprint of the installed code's migrations, without importing any of it."""

from __future__ import annotations

import hashlib
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from arengo_core import __version__

GROUP = "arengo"


def code_fingerprint() -> str:
    """Changes whenever a plugin comes, goes, or gets another revision or version."""
    digest = hashlib.sha256(__version__.encode())
    packages = {"arengo_core"}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        digest.update(f"{point.name} {point.dist.version if point.dist else ''}".encode())
        packages.add(point.module.partition(".")[0])
    for package in sorted(packages):
        try:
            spec = find_spec(package)
        except (ImportError, ValueError):
            continue
        for place in (spec.submodule_search_locations or []) if spec else []:
            for path in sorted(Path(place).rglob("migrations/versions/*.py")):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
