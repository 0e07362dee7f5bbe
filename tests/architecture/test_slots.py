"""Each slot that a plugin of ours offers is in a template, and in the docs."""

from __future__ import annotations

from arengo_core.plugins.manager import load_plugins
from tests.architecture.sources import ROOT


def test_slots_are_filled_by_a_template_and_explained():
    templates = "".join(
        path.read_text()
        for folder in ("marketplace", "plugins")
        for path in (ROOT / folder).rglob("*.html")
    )
    page = (ROOT / "docs/how-to/write-and-check-a-plugin.md").read_text()
    slots = load_plugins().slots
    assert len(slots) >= 5
    for key in slots:
        assert f'{{{{ slot("{key}") }}}}' in templates, f"no template fills {key}"
        assert f"| `{key}` |" in page, f"the docs do not name {key}"
