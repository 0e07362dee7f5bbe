"""Renders every macro in a theme and serves the result under the product's own strict policy."""

from __future__ import annotations

import mimetypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from jinja2 import FileSystemLoader

from arengo_themes import FOLDER, LOCALES, VENDOR, ThemeRegistry, new_environment

HERE = Path(__file__).parent
POLICY = (
    "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'"
)
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3"'
    ' fill="{0}"/><circle cx="2" cy="1.6" r="0.9" fill="{1}"/></svg>'
)
HUES = (
    ("#efe1c2", "#c98a2b"),
    ("#dbe6d3", "#5f8f62"),
    ("#f0d9cf", "#b0583a"),
    ("#dfe3ea", "#62779c"),
)


def registry(*more: Path) -> ThemeRegistry:
    return ThemeRegistry([FOLDER, *more], VENDOR)


def italian() -> Translations:
    """The catalogue, read from its source as the host reads it."""
    with (LOCALES / "it/LC_MESSAGES/arengo_themes.po").open("rb") as file:
        catalogue = read_po(file, locale="it")
    translations = Translations()
    translations._catalog = {}
    translations.plural = lambda n: int(n != 1)
    for message in catalogue:
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            for index, text in enumerate(message.string):
                translations._catalog[(message.id[0], index)] = text
        else:
            translations._catalog[message.id] = message.string
    return translations


def euro(cents: int) -> str:
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}".replace(",", ".") + f",{part:02d} €"


def context(themes: ThemeRegistry, name: str, locale: str = "it") -> dict[str, Any]:
    theme = themes.get(name)
    services = [
        SimpleNamespace(label="Catalogo", url="/catalogue", active=True, icon="", children=()),
        SimpleNamespace(
            label="Attivazioni", url="/activations", active=False, icon="", children=()
        ),
    ]
    navigation = [
        SimpleNamespace(label="Cruscotto", url="/", active=False, icon="", children=()),
        SimpleNamespace(label="Servizi", url="/services", active=True, icon="", children=services),
        SimpleNamespace(label="Comuni", url="/members", active=False, icon="", children=()),
        SimpleNamespace(label="Costi", url="/costs", active=False, icon="", children=()),
    ]
    return {
        "theme": SimpleNamespace(name=name, tokens=theme.tokens),
        "static": lambda path: themes.static_url(name, path),
        "locale": locale,
        "languages": ("it", "en"),
        "path": "/gallery.html",
        "csrf_token": "token-of-the-session",
        "user": SimpleNamespace(name="Anna Parolini", email="anna@comune.lanzada.example"),
        "acting": SimpleNamespace(name="Comune di Lanzada"),
        "navigation": navigation,
        "flashes": [
            SimpleNamespace(kind="success", title="Salvato", text="Le modifiche valgono da ora.")
        ],
        "site": SimpleNamespace(name="Valmalenco insieme", consortium="Unione della Valmalenco"),
        "cart_count": 3,
        "trace_id": "01J9",
        "euro": euro,
        "integer": str,
        "months": ("gen", "feb", "mar", "apr", "mag", "giu", "lug"),
        "shares": [
            ("Chiesa in Valmalenco", 61000),
            ("Caspoggio", 34000),
            ("Lanzada", 30113),
            ("Spriana", 2500),
        ],
        "activations": [
            {
                "member": town,
                "url": f"/m/{town}",
                "state": state,
                "since": "1 gen 2026",
                "cost": cost,
                "act": "Vedi",
            }
            for town, state, cost in (
                ("Chiesa in Valmalenco", "Attiva", "904,50 €"),
                ("Lanzada", "Sospesa", "301,13 €"),
                ("Spriana", "Richiesta", "300,00 €"),
            )
        ],
        "products": [
            ("Bitto della Valmalenco, stagionato 18 mesi", "24,00 €", "Latteria di Caspoggio"),
            ("Pane di segale", "6,50 €", "Forno Bernina"),
            ("Miele di rododendro", "9,80 €", "Apicoltura Pizzo Scalino"),
            ("Calze di lana", "18,00 €", "Filanda dello Spluga"),
        ],
    }


def render(themes: ThemeRegistry, name: str, template: str, locale: str = "it", **more: Any) -> str:
    environment = new_environment(themes.loader(name, [FileSystemLoader(HERE / "templates")]))
    translations = italian() if locale == "it" else NullTranslations()
    environment.install_gettext_translations(translations, newstyle=True)  # pyright: ignore[reportAttributeAccessIssue]
    return environment.get_template(template).render({**context(themes, name, locale), **more})


@contextmanager
def served(themes: ThemeRegistry, name: str) -> Iterator[str]:
    """Serve the sample pages in one theme; yields the base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = answer(themes, name, self.path.partition("?")[0])
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answer(themes: ThemeRegistry, name: str, path: str) -> tuple[str, bytes]:
    html = "text/html; charset=utf-8"
    if path.startswith("/picture-"):
        ground, thing = HUES[int(path[9:-4]) % len(HUES)]
        return "image/svg+xml", PICTURE.format(ground, thing).encode()
    if path in ("/gallery.html", "/front.html", "/dialog.html"):
        return html, render(themes, name, path[1:]).encode()
    if path == "/error.html":
        return html, render(themes, name, "errors/error.html", status=404).encode()
    file = None
    if path.startswith("/static/vendor/"):
        file = themes.vendor_file(path.removeprefix("/static/vendor/"))
    elif path.startswith("/static/themes/"):
        owner, _, rest = path.removeprefix("/static/themes/").partition("/")
        if rest == "tokens.css":
            return "text/css", themes.get(owner).tokens_css.encode()
        file = themes.static_file(owner, rest)
    if file is None:
        return html, b""
    return mimetypes.guess_type(file)[0] or "application/octet-stream", file.read_bytes()
