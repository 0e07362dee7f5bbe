"""HTML of the hosted page: words, amounts and the headers that keep it apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from babel.numbers import format_currency, get_currency_precision
from jinja2 import Environment, PackageLoader
from litestar import MediaType, Response
from litestar.datastructures import Headers

from arengo_payments.standin.forms import Json
from arengo_payments.standin.texts import choose

_templates = Environment(
    loader=PackageLoader("arengo_payments.standin"), autoescape=True, trim_blocks=True
)


class Page:
    """One answer's language, and the addresses that its forms may lead on to."""

    def __init__(self, headers: Headers, session: Json | None, *exits: str | None) -> None:
        locale = None if session is None else session["locale"]
        self.lang, self.words = choose(locale, headers.get("accept-language", ""))
        of_session = (session["success_url"], session["cancel_url"]) if session else ()
        self._exits = [address for address in (*of_session, *exits) if address]

    def money(self, amount: int, currency: str) -> str:
        """An amount in minor units as people write it."""
        value = Decimal(amount).scaleb(-get_currency_precision(currency.upper()))
        return format_currency(value, currency.upper(), locale=self.lang)

    def render(self, template: str, status: int = 200, **values: Any) -> Response[str]:
        """A page that loads nothing and posts only to itself or on to the shop."""
        html = _templates.get_template(template).render(
            lang=self.lang, _=self.words.__getitem__, **values
        )
        targets = {"'self'"} | {
            f"{url.scheme}://{url.netloc}" for url in map(urlsplit, self._exits)
        }
        headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri"
            f" 'none'; frame-ancestors 'none'; form-action {' '.join(sorted(targets))}",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(html, status_code=status, media_type=MediaType.HTML, headers=headers)

    def notice(self, notice: str, status: int, link: str | None = None) -> Response[str]:
        """A page that says where things stand and where to go."""
        return self.render("notice.html", status, notice=notice, link=link)
