"""``theme.toml``: what a theme says of itself, read and checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from arengo_themes.colour import contrast

LANGUAGES = ("it", "en")
ASSETS = ("logo", "favicon")

_NAME = re.compile(r"[a-z][a-z0-9_-]{1,39}\Z")
_VERSION = re.compile(r"\d+\.\d+\.\d+\Z")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_LENGTH = re.compile(r"\d+(\.\d+)?(px|rem|em|%)?\Z")
_FONT = re.compile(r"[A-Za-z0-9 ,\"'-]+\Z")
_PATH = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.[a-z0-9]+\Z")
_KINDS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("color-", _COLOUR, 'a colour like "#0a5c3e"'),
    ("chart-", _COLOUR, 'a colour like "#0a5c3e"'),
    ("font-", _FONT, "font names like \"'Titillium Web', sans-serif\""),
    ("radius", _LENGTH, 'a length like "8px"'),
    ("width-", _LENGTH, 'a length like "75rem"'),
)

# Text on ground, and the least contrast that WCAG 2.1 (1.4.3, 1.4.11) asks of the two.
CONTRASTS = (
    ("color-ink", "color-paper", 4.5),
    ("color-ink", "color-surface", 4.5),
    ("color-muted", "color-paper", 4.5),
    ("color-muted", "color-surface", 4.5),
    ("color-link", "color-paper", 4.5),
    ("color-link", "color-surface", 4.5),
    ("color-on-primary", "color-primary", 4.5),
    ("color-on-primary", "color-primary-strong", 4.5),
    ("color-primary-strong", "color-primary-soft", 4.5),
    ("color-on-accent", "color-accent", 4.5),
    ("color-success", "color-success-soft", 4.5),
    ("color-warning", "color-warning-soft", 4.5),
    ("color-danger", "color-danger-soft", 4.5),
    ("color-danger", "color-surface", 4.5),
    ("color-info", "color-info-soft", 4.5),
    ("color-field", "color-surface", 3.0),
    ("color-focus", "color-paper", 3.0),
)


class ThemeError(ValueError):
    """A theme cannot be used; the message names file, field, fault and mend."""

    def __init__(self, file: Path, field_name: str, fault: str, mend: str) -> None:
        super().__init__(f"{file}: {field_name}: {fault}. {mend}.")
        self.file = file
        self.field = field_name


@dataclass(frozen=True, slots=True)
class ThemeManifest:
    """The content of one ``theme.toml``; ``tokens`` are this theme's own, not its parents'."""

    file: Path
    name: str
    version: str
    title: Mapping[str, str]
    parent: str | None = None
    abstract: bool = False
    tokens: Mapping[str, str] = field(default_factory=dict[str, str])


def read_manifest(file: Path) -> ThemeManifest:
    """Read and check a ``theme.toml``.

    Raises :class:`ThemeError` for whatever is missing, unknown or malformed.
    """
    try:
        document = cast("dict[str, object]", tomllib.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ThemeError(file, "file", "is missing", "A theme folder needs a theme.toml") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ThemeError(file, "file", f"is not TOML ({error})", "Correct that line") from None
    _refuse_unknown(
        file, "", document, {"name", "version", "parent", "abstract", "title", "tokens"}
    )
    name = _text(file, "name", document.get("name"), _NAME, 'lower-case letters, like "valtellina"')
    if name == "vendor":
        raise ThemeError(file, "name", '"vendor" is reserved', "Choose another name")
    if name != file.parent.name:
        raise ThemeError(
            file, "name", f'"{name}" is not the folder\'s name', f'Write "{file.parent.name}"'
        )
    version = _text(file, "version", document.get("version"), _VERSION, 'a version like "1.0.0"')
    parent = document.get("parent")
    if parent is not None:
        parent = _text(file, "parent", parent, _NAME, 'the name of a theme, like "civic"')
    abstract = document.get("abstract", False)
    if not isinstance(abstract, bool):
        raise ThemeError(file, "abstract", f"{abstract!r} is no yes or no", "Write true or false")
    return ThemeManifest(
        file=file,
        name=name,
        version=version,
        title=_title(file, document.get("title")),
        parent=parent,
        abstract=abstract,
        tokens=_tokens(file, document.get("tokens", {})),
    )


def check_contrast(file: Path, tokens: Mapping[str, str]) -> None:
    """Refuse colours that cannot be read on each other; ``tokens`` include the parents'."""
    for text, ground, least in CONTRASTS:
        if text not in tokens or ground not in tokens:
            continue
        found = contrast(tokens[text], tokens[ground])
        if found < least:
            raise ThemeError(
                file,
                f"tokens.{text}",
                f"{tokens[text]} on {ground} {tokens[ground]} has a contrast of {found:.1f}:1,"
                f" below the {least}:1 of WCAG 2.1 AA",
                f"Darken or lighten {text} or {ground}",
            )


def _title(file: Path, value: object) -> dict[str, str]:
    titles = _table(file, "title", value)
    _refuse_unknown(file, "title.", titles, set(LANGUAGES))
    anything = re.compile(r".{1,80}\Z")
    return {
        language: _text(
            file, f"title.{language}", titles.get(language), anything, "a title of 1 to 80 letters"
        )
        for language in LANGUAGES
    }


def _tokens(file: Path, value: object) -> dict[str, str]:
    tokens: dict[str, str] = {}
    for key, content in _table(file, "tokens", value).items():
        where = f"tokens.{key}"
        if key in ASSETS:
            tokens[key] = _text(file, where, content, _PATH, 'a path in static/, like "logo.svg"')
            continue
        kind = next((kind for kind in _KINDS if key.startswith(kind[0])), None)
        if kind is None or not re.fullmatch(r"[a-z0-9-]+", key):
            known = ", ".join([f"{prefix}*" for prefix, _, _ in _KINDS] + list(ASSETS))
            raise ThemeError(file, where, "is no token", f"Tokens are {known}")
        tokens[key] = _text(file, where, content, kind[1], kind[2])
    return tokens


def _table(file: Path, field_name: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ThemeError(file, field_name, "is missing", f"Add a [{field_name}] table")
    return cast("dict[str, object]", value)


def _text(file: Path, where: str, value: object, pattern: re.Pattern[str], wanted: str) -> str:
    if value is None:
        raise ThemeError(file, where, "is missing", f"Give {wanted}")
    if not isinstance(value, str) or not pattern.match(value):
        raise ThemeError(file, where, f"{value!r} does not fit", f"Give {wanted}")
    return value


def _refuse_unknown(file: Path, prefix: str, table: dict[str, object], known: set[str]) -> None:
    for key in table:
        if key not in known:
            raise ThemeError(
                file, f"{prefix}{key}", "is unknown", f"Known are {', '.join(sorted(known))}"
            )
