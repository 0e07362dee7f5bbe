"""Themes inherit: chain, look-up order, static files, tokens; faults are named."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from jinja2 import DictLoader

from arengo_themes import FOLDER, VENDOR, ThemeError, ThemeRegistry
from arengo_themes.contract import macros
from tests.themes import gallery

SAMPLE = Path(__file__).parent / "valtellina"
TITLE = '\n[title]\nit = "Prova"\nen = "Trial"\n'


def theme(folder: Path, name: str, parent: str, more: str = "") -> Path:
    root = folder / name
    root.mkdir()
    text = f'name = "{name}"\nversion = "1.0.0"\nparent = "{parent}"\n{TITLE}{more}'
    (root / "theme.toml").write_text(text, encoding="utf-8")
    return root


def template(root: Path, path: str, text: str) -> None:
    file = root / "templates" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_both_faces_are_choosable_and_their_foundation_is_not() -> None:
    themes = gallery.registry()
    assert [found.name for found in themes.choosable()] == ["bottega", "civic"]
    assert themes.get("base").abstract
    assert themes.get("civic").title("it") == "Civico (uffici pubblici)"
    assert themes.get("civic").title("de") == "Civic (public offices)"


def test_three_files_change_colours_logo_and_one_template() -> None:
    files = sorted(str(p.relative_to(SAMPLE)) for p in SAMPLE.rglob("*") if p.is_file())
    assert files == ["static/img/grapes.svg", "templates/partials/footer_links.html", "theme.toml"]
    themes = gallery.registry(SAMPLE)
    own, bottega = themes.get("valtellina"), themes.get("bottega")
    assert "--ar-color-primary: #6b1f3a;" in own.tokens_css
    assert "--ar-color-primary: #14523f;" in bottega.tokens_css
    assert f"--ar-color-paper: {bottega.tokens['color-paper']};" in own.tokens_css
    assert "grapes" not in own.tokens_css
    page = gallery.render(themes, "valtellina", "front.html")
    assert "img/grapes.svg" in page
    assert "Vini della Valtellina" in page
    assert "/accessibility" in page
    other = gallery.render(themes, "bottega", "front.html")
    assert "grapes" not in other
    assert "Vini della Valtellina" not in other


def test_templates_are_sought_in_theme_then_parents_then_plugins(tmp_path: Path) -> None:
    child = theme(tmp_path, "malga", "bottega")
    template(child, "shop/a.html", "child")
    themes = ThemeRegistry([FOLDER, child], VENDOR)
    plugin = DictLoader(
        {"shop/a.html": "plugin", "shop/b.html": "plugin", "layouts/base.html": "x"}
    )
    environment = gallery.new_environment(themes.loader("malga", [plugin]))
    assert environment.get_template("shop/a.html").render() == "child"
    assert environment.get_template("shop/b.html").render() == "plugin"
    assert environment.get_template("layouts/base.html").filename == str(
        FOLDER / "bottega/templates/layouts/base.html"
    )


def test_static_files_come_from_the_nearest_theme() -> None:
    themes = gallery.registry(SAMPLE)
    assert themes.static_file("valtellina", "css/bottega.css") == FOLDER / (
        "bottega/static/css/bottega.css"
    )
    assert themes.static_file("valtellina", "css/fonts.css") == FOLDER / "base/static/css/fonts.css"
    assert themes.static_file("bottega", "img/grapes.svg") is None
    assert themes.static_file("nobody", "css/fonts.css") is None


@pytest.mark.parametrize(
    "path", ["../theme.toml", "/etc/passwd", "css/../../theme.toml", "", "\x00"]
)
def test_static_files_stay_inside(path: str) -> None:
    themes = gallery.registry()
    assert themes.static_file("base", path) is None
    assert themes.vendor_file(path) is None


def test_urls_carry_the_digest_of_the_content() -> None:
    themes = gallery.registry(SAMPLE)
    content = (SAMPLE / "static/img/grapes.svg").read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:10]
    url = themes.static_url("valtellina", "img/grapes.svg")
    assert url == f"/static/themes/valtellina/img/grapes.svg?v={digest}"
    tokens = {themes.static_url(name, "tokens.css") for name in ("valtellina", "bottega")}
    assert len(tokens) == 2
    assert themes.static_url("civic", "vendor/htmx/htmx.js").startswith("/static/vendor/htmx/")
    with pytest.raises(FileNotFoundError, match=r"css/none\.css"):
        themes.static_url("civic", "css/none.css")


def refused(*folders: Path) -> str:
    with pytest.raises(ThemeError) as caught:
        ThemeRegistry([FOLDER, *folders], VENDOR)
    return str(caught.value)


def test_circles_are_drawn(tmp_path: Path) -> None:
    theme(tmp_path, "aa", "bb")
    theme(tmp_path, "bb", "aa")
    assert "the parents go in a circle: aa → bb → aa" in refused(tmp_path)


def test_an_unknown_parent_names_the_known(tmp_path: Path) -> None:
    theme(tmp_path, "aa", "nobody")
    assert 'no theme "nobody". Known are aa, base, bottega, civic' in refused(tmp_path)


def test_a_name_taken_names_both(tmp_path: Path) -> None:
    file = theme(tmp_path, "civic", "base") / "theme.toml"
    told = refused(tmp_path)
    assert told.startswith(str(file))
    assert str(FOLDER / "civic" / "theme.toml") in told


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    assert "holds no theme" in refused(tmp_path)


def test_colours_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    theme(tmp_path, "pallido", "civic", '[tokens]\ncolor-muted = "#cccccc"\n')
    told = refused(tmp_path)
    assert "tokens.color-muted" in told
    assert "contrast of 1.6:1, below the 4.5:1" in told


def test_a_logo_that_is_not_there_is_told(tmp_path: Path) -> None:
    theme(tmp_path, "vuoto", "civic", '[tokens]\nlogo = "img/none.svg"\n')
    assert "static/img/none.svg is not there" in refused(tmp_path)


def test_a_layout_without_a_block_is_refused(tmp_path: Path) -> None:
    root = theme(tmp_path, "corto", "bottega")
    template(root, "layouts/base.html", "{% block content %}{% endblock %}")
    told = refused(tmp_path)
    assert "templates/layouts/base.html: has no block aside, breadcrumb, footer, head, nav" in told


def test_a_macro_that_lacks_an_argument_is_refused(tmp_path: Path) -> None:
    root = theme(tmp_path, "corto", "bottega")
    template(root, "macros/empty.html", "{% macro empty(title) %}{{ title }}{% endmacro %}")
    assert "macro empty takes no text, url, action, icon_name, level" in refused(tmp_path)
    template(root, "macros/empty.html", "{% macro vacant(title) %}{% endmacro %}")
    assert "has no macro empty(title, text" in refused(tmp_path)


def test_a_syntax_error_names_its_line(tmp_path: Path) -> None:
    root = theme(tmp_path, "rotto", "bottega")
    template(root, "macros/empty.html", "\n{% macro empty(")
    assert "templates/macros/empty.html, line 2" in refused(tmp_path)


def test_every_macro_is_documented() -> None:
    page = (FOLDER.parents[1] / "docs/reference/themes.md").read_text(encoding="utf-8")
    for file, found in macros().items():
        assert f"`{file}`" in page, file
        for macro, arguments in found.items():
            assert f"`{macro}({', '.join(arguments)})`" in page, f"{file}: {macro}"
