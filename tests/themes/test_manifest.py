"""theme.toml is read strictly: each fault is named with file, field and mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from arengo_themes.colour import contrast
from arengo_themes.manifest import ThemeError, read_manifest

GOOD = """name = "alpe"
version = "1.2.0"
parent = "bottega"
[title]
it = "Alpe"
en = "Alp"
[tokens]
color-primary = "#123456"
radius = "8px"
logo = "img/logo.svg"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "alpe" / "theme.toml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    return file


def test_reads_a_good_manifest(tmp_path: Path) -> None:
    manifest = read_manifest(written(tmp_path, GOOD))
    assert (manifest.name, manifest.version, manifest.parent) == ("alpe", "1.2.0", "bottega")
    assert manifest.title == {"it": "Alpe", "en": "Alp"}
    assert manifest.tokens["color-primary"] == "#123456"
    assert manifest.abstract is False


@pytest.mark.parametrize(
    ("old", "new", "field", "mend"),
    [
        ('name = "alpe"', "", "name", "Give lower-case letters"),
        ('name = "alpe"', 'name = "monte"', "name", 'Write "alpe"'),
        ("1.2.0", "due", "version", 'Give a version like "1.0.0"'),
        ('it = "Alpe"', "", "title.it", "Give a title"),
        ('it = "Alpe"', 'fr = "Alpe"', "title.fr", "Known are en, it"),
        ("#123456", "red", "tokens.color-primary", "Give a colour"),
        ("8px", "8px; } body { display: none", "tokens.radius", "Give a length"),
        ("img/logo.svg", "../../secret.svg", "tokens.logo", "Give a path"),
        ("radius", "shade", "tokens.shade", "Tokens are color-*"),
        ("[title]", "colour = 1\n[title]", "colour", "Known are"),
        ("[title]", "abstract = 3\n[title]", "abstract", "Write true or false"),
        ("[title]", "[title", "file", "Correct that line"),
    ],
)
def test_names_the_field_and_the_mend(
    tmp_path: Path, old: str, new: str, field: str, mend: str
) -> None:
    file = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(ThemeError) as caught:
        read_manifest(file)
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{file}: {field}: ")
    assert mend in str(caught.value)


def test_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match="is missing"):
        read_manifest(tmp_path / "theme.toml")


def test_contrast_as_wcag_defines_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")
