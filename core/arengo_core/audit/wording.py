"""The log in words: acts by name, figures as people write them, no ids."""

from __future__ import annotations

from datetime import date
from typing import Any

from arengo_core.i18n import format_date, format_money, format_month, format_number, gettext
from arengo_core.money import Money
from arengo_core.plugins.registry import Registry

_AMOUNTS = frozenset({"amount", "net"})


def act_in_words(registry: Registry, action: str) -> str:
    """What the plugin that notes an act calls it; its key where the plugin is gone."""
    return gettext(registry.acts().get(action, action))


def details_in_words(registry: Registry, details: dict[str, Any]) -> str:
    """``50,00 €, ottobre 2026``; ids, documents and nothings are for programs and left out."""
    words = (_word(registry, key, value) for key, value in details.items())
    return ", ".join(word for word in words if word)


def _word(registry: Registry, key: str, value: object) -> str:
    match value:
        case bool() | None:
            return ""
        case int():
            return format_money(Money(value)) if key in _AMOUNTS else format_number(value)
        case str() if key == "service" and value in registry.services:
            return gettext(registry.services[value][1].title)
        case str():
            try:
                day = date.fromisoformat(value)
            except ValueError:
                return ""
            return format_month(day) if key == "month" else format_date(day)
        case _:
            return ""
