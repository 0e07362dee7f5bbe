"""What the macros write: escaping, what was typed, hidden inputs, languages, error pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from arengo_themes import FOLDER, LOCALES
from arengo_themes.environment import language_url
from tests.themes import gallery

FACES = ("civic", "bottega")
PAGES = ("gallery.html", "front.html", "dialog.html")


def sources() -> Iterator[Path]:
    return FOLDER.glob("*/templates/**/*.html")


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("page", PAGES)
def test_pages_carry_nothing_inline(face: str, page: str) -> None:
    html = gallery.render(gallery.registry(), face, page)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", html)
    assert not re.search(r'(?:src|href)="https?://', html)


@pytest.mark.parametrize("face", FACES)
def test_forms_keep_what_was_typed_and_name_the_fault(face: str) -> None:
    html = gallery.render(gallery.registry(), face, "gallery.html")
    assert 'name="email" value="lanzada"' in html
    assert "Testo &lt;scritto&gt;" in html
    assert '<option value="014" selected>' in html
    assert re.search(r'id="f-kind-2" name="kind" value="b" checked', html)
    assert len(re.findall(r'name="days" value="(?:mon|fri)" checked', html)) == 2
    assert 'value="wed" checked' not in html
    assert '<a href="#f-email">' in html
    assert re.search(r'id="f-price"[^>]*aria-invalid="true"[^>]*f-price-error', html)
    assert "mai-mostrata" not in html


def test_forms_carry_token_and_a_fresh_key() -> None:
    html = gallery.render(gallery.registry(), "civic", "gallery.html")
    form = html[html.index('action="/save"') :]
    assert 'name="_csrf_token" value="token-of-the-session"' in form
    assert 'enctype="multipart/form-data"' in form
    keys = re.findall(r'name="idempotency_key" value="([0-9a-f]{32})"', html)
    assert len(keys) == len(set(keys)) == 2


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429, 500, 503, 418, 502])
@pytest.mark.parametrize("locale", ["it", "en"])
def test_error_pages_are_no_dead_end(status: int, locale: str) -> None:
    html = gallery.render(
        gallery.registry(), "civic", "errors/error.html", locale, status=status, retry_after=1
    )
    main = html[html.index("<main") : html.index("</main>")]
    assert "<h1>" in main
    assert '<a class="btn btn-outline-primary" href="/">' in main
    assert "01J9" in main
    assert ("1 secondo" if locale == "it" else "1 second.") in main


def test_the_other_language_keeps_the_query() -> None:
    assert language_url("/s", "q=pane+nero&lang=it&page=", "en") == "/s?q=pane+nero&page=&lang=en"
    html = gallery.render(gallery.registry(), "bottega", "front.html", query="q=pane")
    assert 'href="/gallery.html?q=pane&amp;lang=en"' in html
    assert '<html lang="it"' in html


def test_signed_out_pages_offer_to_sign_in() -> None:
    html = gallery.render(
        gallery.registry(), "civic", "front.html", user=None, acting=None, flashes=[], navigation=[]
    )
    assert 'href="/sign-in"' in html
    assert "/sign-out" not in html


def test_every_text_is_in_the_italian_catalogue() -> None:
    wanted: set[str] = set()
    options = {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trim_blocks": "true"}
    for file in sources():
        with file.open("rb") as source:
            found = babel_extract(source, ("_", "gettext", "ngettext"), [], options)
            for _, _, text, _ in found:
                wanted.add(text if isinstance(text, str) else next(t for t in text if t))
    with (LOCALES / "it/LC_MESSAGES/arengo_themes.po").open("rb") as source:
        catalogue = read_po(source, locale="it")
    known = {m.id[0] if isinstance(m.id, tuple) else m.id: m.string for m in catalogue if m.id}
    assert known.keys() == wanted
    for text, translated in known.items():
        parts = translated if isinstance(translated, tuple) else (translated,)
        assert all(parts), text


def test_no_raw_text_stands_outside_gettext() -> None:
    for file in sources():
        bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", file.read_text(), flags=re.S)
        bare = re.sub(r"<[^>]*>|[a-z]+=\"[^\"]*\"", " ", bare)
        words = set(re.findall(r"[A-Za-z]{3,}", bare))
        assert words == set(), file
