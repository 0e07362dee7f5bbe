"""The log in words: acts by name, figures as people write them, no ids."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from arengo_core.database.changes import PLAIN_TEXTS
from arengo_core.i18n import N_, format_date, format_money, format_month, format_number, gettext
from arengo_core.money import Money
from arengo_core.plugins.registry import Registry

COLUMNS = (
    N_("Street"),
    N_("Postcode"),
    N_("City"),
    N_("Province"),
    N_("Phone"),
    N_("Locale"),
    N_("Theme"),
    N_("Email"),
    N_("Name"),
    N_("Kind"),
    N_("State"),
    N_("Hint"),
    N_("Read only"),
)
"""What changes of core's own tables are called; a plugin translates the names of its columns."""
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


def changes_in_words(registry: Registry, changes: dict[str, list[Any] | None] | None) -> str:
    """``Street: Via Roma 1 → Via Roma 2; E-mail: changed``; ids are for programs and left out."""
    parts: list[str] = []
    for column, change in sorted((changes or {}).items()):
        name = gettext(column.replace("_", " ").capitalize())
        if change is None:
            parts.append(gettext("%(name)s: changed") % {"name": name})
            continue
        before, after = (_side(registry, column, value) for value in change)
        if before is not None and after is not None:
            parts.append(f"{name}: {before} → {after}")
    return "; ".join(parts)


def _side(registry: Registry, column: str, value: object) -> str | None:
    """One side of a change in words; None for an id."""
    match value:
        case None | "":
            return "—"
        case bool():
            return gettext("yes") if value else gettext("no")
        case str() if _is_id(value):
            return None
        case str():
            word = _word(registry, column, value)
            is_code = column in PLAIN_TEXTS and value.isascii() and value.islower()
            return word or (gettext(value.replace("_", " ").capitalize()) if is_code else value)
        case _:
            return _word(registry, column, value)


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


_ORIGINS = {
    "session": N_("Signed in"),
    "token": N_("API token"),
    "plugin": N_("Plugin"),
    "program": N_("The program"),
    "visitor": N_("Not signed in"),
}


def plugin_in_words(registry: Registry, key: str) -> str:
    """A plugin's title; its key where it is gone."""
    titles = {plugin.name: plugin.manifest.title for plugin in registry.plugins}
    return gettext(titles.get(key, key))


def origin_in_words(origin: str | None, network: str | None) -> str:
    """``Signed in, 203.0.113.0/24``; empty for entries of earlier versions."""
    words = gettext(_ORIGINS[origin]) if origin in _ORIGINS else ""
    return ", ".join(part for part in (words, network) if part)
