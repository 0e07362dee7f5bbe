"""The checklist names checks that exist, and all of them; recipes show what the tests run."""

from __future__ import annotations

import ast
import re
from importlib.util import find_spec
from pathlib import Path

from arengo_core.plugins.manager import load_plugins
from arengo_themes.contract_tests import ThemeContract
from tests.architecture.sources import ROOT

KIT = Path(find_spec("arengo_marketplace.conformance").origin).parent
RECIPES = ROOT / "docs" / "how-to" / "recipes.md"


def _checks():
    for path in (*KIT.glob("test_*.py"), *(KIT / "remote").glob("test_*.py")):
        area = path.stem.removeprefix("test_")
        for item in ast.parse(path.read_text()).body:
            if getattr(item, "name", "").startswith("test_"):
                yield f"{area}: {item.name.removeprefix('test_').replace('_', ' ')}"
    for name in vars(ThemeContract):
        if name.startswith("test_"):
            yield f"themes: {name.removeprefix('test_').replace('_', ' ')}"


def test_the_checklist_names_every_check_and_no_other():
    page = (ROOT / "docs" / "reference" / "plugin-quality.md").read_text()
    named = re.findall(r"^\| .+ \| (\w+: .+) \|$", page, re.M)
    assert sorted(named) == sorted(_checks())


def test_recipes_show_code_that_is_there():
    shown = re.findall(r"```{literalinclude} (\S+)\n(.*?)```", RECIPES.read_text(), re.S)
    assert len(shown) >= 7
    for path, options in shown:
        source = (RECIPES.parent / path).read_text()
        for name in re.findall(r":pyobject: (\w+)", options):
            assert re.search(rf"^(?:async )?(?:def|class) {name}\b", source, re.M), (path, name)


def test_each_slot_the_menu_and_settings_have_their_picture():
    page = (ROOT / "docs" / "how-to" / "write-and-check-a-plugin.md").read_text()
    for key in (*load_plugins().slots, "navigation", "settings"):
        picture = ROOT / "docs" / "pictures" / "slots" / f"{key}.webp"
        assert picture.is_file(), f"no picture of {key}: make screenshots"
        assert picture.stat().st_size < 60_000, picture
        assert f"../pictures/slots/{key}.webp" in page, f"the docs do not show {key}"
