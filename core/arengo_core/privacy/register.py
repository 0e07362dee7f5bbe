"""The register of personal data: what each plugin's tables declare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Table

from arengo_core.plugins.registry import Registry
from arengo_core.privacy.declaration import PERSONAL, Personal

_NAMES = frozenset({"email", "phone", "street", "person", "recipient", "recipient_name"})
_IDS = frozenset({"user_id", "actor_id", "email_digest", "email_sealed", "reply_to"})
_ENDINGS = ("_by", "_email", "_phone")
_OTHERWISE = frozenset({"covered_by", "paid_by"})  # an offer, an organization


@dataclass(frozen=True, slots=True)
class Holding:
    """A table with personal data, and the plugin that keeps it."""

    plugin: str
    table: Table
    personal: Personal


def holdings(registry: Registry) -> Iterator[Holding]:
    """Every table that declares personal data, plugin by plugin."""
    for plugin in registry.plugins:
        if plugin.migrations is None:
            continue
        for table in sorted(plugin.migrations.metadata.tables.values(), key=lambda t: t.fullname):
            personal = table.info.get(PERSONAL)
            if isinstance(personal, Personal):
                yield Holding(plugin.name, table, personal)


def undeclared(table: Table) -> list[str]:
    """What is amiss with a table's declaration, column by column; empty when it is complete.

    Columns are known by their names: addresses, phones, ids of people, who did something.
    """
    personal: Personal | None = table.info.get(PERSONAL)
    said = set(personal.columns) if personal else set[str]()
    known = [
        column.name
        for column in table.columns
        if column.name not in _OTHERWISE
        and (column.name in _NAMES | _IDS or column.name.endswith(_ENDINGS))
    ]
    found = [f"{table.fullname}.{name} is not declared" for name in known if name not in said]
    finders = personal.finders if personal else []
    since = [personal.retention.since] if personal and personal.retention else []
    for name in (*sorted(said), *finders, *since):
        if name not in table.columns:
            found.append(f"{table.fullname} has no column {name}")
    if personal and personal.tenants:
        name, _, column = personal.tenants.partition(".")
        holder = table.metadata.tables.get(f"{table.schema}.{name}")
        if holder is None or column not in holder.columns:
            found.append(f"{table.fullname}: there is no column {personal.tenants}")
    return found
