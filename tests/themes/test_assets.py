"""The assets that the build hook copied: complete and with their licences."""

from __future__ import annotations

import re

import pytest

from arengo_themes import FOLDER, VENDOR

WANTED = (
    "bootstrap-italia/bootstrap-italia.css",
    "bootstrap-italia/sprites.svg",
    "bootstrap-italia/LICENSE",
    "htmx/htmx.js",
    "htmx/LICENSE",
    "graphiql/graphiql.min.js",
    "graphiql/graphiql.min.css",
    "graphiql/react.production.min.js",
    "graphiql/react-dom.production.min.js",
    "graphiql/LICENSE",
    "fonts/Titillium_Web/OFL.txt",
    "fonts/Lora/OFL.txt",
    "fonts/Roboto_Mono/LICENSE.txt",
)


@pytest.mark.parametrize("name", WANTED)
def test_asset_is_there(name: str) -> None:
    assert (VENDOR / name).stat().st_size > 500, f"{name}: run make setup"


def test_versions_are_those_promised() -> None:
    assert 'version:"2.0.10"' in (VENDOR / "htmx/htmx.js").read_text(encoding="utf-8")
    stylesheet = (VENDOR / "bootstrap-italia/bootstrap-italia.css").read_text(encoding="utf-8")
    assert "--bootstrap-italia-version: '2.18.0'" in stylesheet
    assert "@font-face{font-family:VideoJS" not in stylesheet


def test_every_font_named_is_vendored() -> None:
    sheet = FOLDER / "base/static/css/fonts.css"
    paths = re.findall(r'url\("\.\./\.\./\.\./vendor/([^"]+)"\)', sheet.read_text())
    assert len(paths) == 11
    for path in paths:
        assert (VENDOR / path).read_bytes()[:4] == b"wOF2", path


def test_every_icon_named_is_in_the_sprite() -> None:
    sprite = (VENDOR / "bootstrap-italia/sprites.svg").read_text(encoding="utf-8")
    names: set[str] = set()
    for file in FOLDER.glob("*/templates/**/*.html"):
        names |= set(re.findall(r'icons?\.?icon\("([a-z-]+)"', file.read_text()))
        names |= set(re.findall(r'icon_name="([a-z-]+)"', file.read_text()))
    assert names
    for name in names:
        assert f'id="it-{name}"' in sprite, name


def test_the_notice_names_each_work() -> None:
    notice = (VENDOR / "NOTICE.md").read_text(encoding="utf-8")
    for work in ("Bootstrap Italia", "htmx", "GraphiQL", "React", "Titillium", "Roboto Mono"):
        assert work in notice
