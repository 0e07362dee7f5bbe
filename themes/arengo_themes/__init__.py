"""Themes: ``civic`` for offices, ``bottega`` for shops, both on the abstract ``base``."""

from pathlib import Path

from arengo_themes.environment import new_environment
from arengo_themes.manifest import ThemeError, ThemeManifest
from arengo_themes.registry import Theme, ThemeRegistry

FOLDER = Path(__file__).parent
VENDOR = FOLDER / "vendor"
LOCALES = FOLDER / "locale"

__all__ = [
    "FOLDER",
    "LOCALES",
    "VENDOR",
    "Theme",
    "ThemeError",
    "ThemeManifest",
    "ThemeRegistry",
    "new_environment",
]
