"""Each theme that it ships keeps the contract of themes."""

from __future__ import annotations

from pathlib import Path

import pytest

from arengo_themes.contract_tests import ThemeContract


class TestTheme(ThemeContract):
    """One run for each theme; the plugin's other themes may be its parents."""

    @pytest.fixture(autouse=True)
    def _beside(self, theme_folder: Path, theme_folders: list[Path]) -> None:
        self.faces = tuple(other for other in theme_folders if other != theme_folder)

    @pytest.fixture
    def folder(self, theme_folder: Path) -> Path:
        """The theme's folder."""
        return theme_folder
