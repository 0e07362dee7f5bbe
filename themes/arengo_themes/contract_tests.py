"""What every theme must do: subclass :class:`ThemeContract`.

Colours that can be read, blocks, macros and assets are looked at when the theme is loaded.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from arengo_themes import FOLDER, VENDOR, Theme, ThemeRegistry, new_environment
from arengo_themes.contract import ERROR_PAGE, LAYOUTS

_ELSEWHERE = re.compile(
    r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//|url\(["']?(?:https?:)?//"""
)
_INLINE = re.compile(
    r"<style\b|<\w[^>]*\s(?:style|on[a-z]+)\s*=|<script(?![^>]*\b(?:src|type)\s*=)", re.I
)


class ThemeContract:
    """Give the fixture ``folder``; ``faces`` are further themes' folders that it stands on."""

    faces: tuple[Path, ...] = ()

    @pytest.fixture
    def folder(self) -> Path:
        """The theme's folder."""
        raise NotImplementedError(f"{type(self).__name__} gives no fixture folder")

    @pytest.fixture
    def themes(self, folder: Path) -> ThemeRegistry:
        """Our themes with the one under test; ThemeError names what is wrong with it."""
        own = () if folder.is_relative_to(FOLDER) else (folder,)
        return ThemeRegistry([FOLDER, *self.faces, *own], VENDOR)

    @pytest.fixture
    def theme(self, folder: Path, themes: ThemeRegistry) -> Theme:
        """The theme under test."""
        return themes.get(folder.name)

    def test_it_can_be_chosen(self, theme: Theme, themes: ThemeRegistry) -> None:
        assert theme in themes.choosable(), f"{theme.name} is abstract: nobody can choose it"

    def test_it_has_its_name_in_each_language(self, theme: Theme) -> None:
        for language in ("it", "en"):
            assert theme.manifest.title.get(language), f"no title in {language}"

    def test_its_templates_compile(self, folder: Path, theme: Theme, themes: ThemeRegistry) -> None:
        environment = new_environment(themes.loader(theme.name))
        place = folder / "templates"
        for path in (*LAYOUTS, ERROR_PAGE, *place.rglob("*.html")):
            name = str(path.relative_to(place)) if isinstance(path, Path) else path
            environment.get_template(name)

    def test_it_loads_nothing_from_elsewhere(self, folder: Path) -> None:
        for path in _texts(folder):
            found = _ELSEWHERE.search(path.read_text(encoding="utf-8"))
            assert not found, f"{path.relative_to(folder)} asks another host: {found and found[0]}"

    def test_its_templates_hold_nothing_inline(self, folder: Path) -> None:
        for path in folder.rglob("*.html"):
            found = _INLINE.search(path.read_text(encoding="utf-8"))
            assert not found, (
                f"{path.relative_to(folder)} has {found and found[0]!r}: the policy forbids it"
            )


def _texts(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.suffix in {".html", ".css", ".svg", ".js"}]
