"""The Jinja environment that theme and plugin templates are written for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

from jinja2 import BaseLoader, Environment, StrictUndefined

from arengo_themes import charts

DEFAULT_LINKS: Mapping[str, str] = {
    "home": "/",
    "sign_in": "/sign-in",
    "sign_out": "/sign-out",
    "account": "/account",
    "cart": "/cart",
    "search": "/search",
    "orders": "/orders/find",
    "join": "/join",
    "accessibility": "/accessibility",
    "feedback": "/feedback",
    "privacy": "/privacy",
    "licences": "/licences",
}


def template_globals() -> dict[str, Any]:
    """What the macros call: chart drawings, fresh idempotency keys, the usual paths."""
    drawings: dict[str, Callable[..., Any]] = {
        "draw_bars": charts.bars,
        "draw_stacked": charts.stacked,
        "draw_line": charts.line,
        "draw_sparkline": charts.sparkline,
        "draw_donut": charts.donut,
        "draw_comparison": charts.comparison,
        "draw_waterfall": charts.waterfall,
        "draw_lorenz": charts.lorenz,
    }
    return {
        **drawings,
        "new_key": lambda: uuid4().hex,
        "language_url": language_url,
        "links": dict(DEFAULT_LINKS),
        "query": "",
    }


def language_url(path: str, query: str, language: str) -> str:
    """The same page in another language: its query kept, ``lang`` set."""
    kept = [(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if k != "lang"]
    return f"{path}?{urlencode([*kept, ('lang', language)])}"


def new_environment(loader: BaseLoader, *, auto_reload: bool = False) -> Environment:
    """Environment with escaping always on, gettext, strict names and the macros' globals.

    The caller adds translations, filters and the context that ``docs/reference/themes.md`` lists.
    """
    environment = Environment(
        loader=loader,
        autoescape=True,
        auto_reload=auto_reload,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals.update(template_globals())  # pyright: ignore[reportUnknownMemberType]
    return environment
