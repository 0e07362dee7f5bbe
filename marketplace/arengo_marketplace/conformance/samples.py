"""Values of the right type, for settings, rows and events of plugins that nobody here knows."""

from __future__ import annotations

import dataclasses
import typing
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from arengo_core.ids import new_id
from arengo_core.outbox.events import Event
from arengo_core.plugins.manifest import Service
from arengo_marketplace.activations.settings import SettingField, fields_of

MOMENT = datetime(2026, 1, 31, 12, tzinfo=UTC)
_OF_TYPE: dict[type[Any], Any] = {
    str: "prova",
    int: 1,
    float: 1.0,
    bool: True,
    bytes: b"prova",
    Decimal: Decimal(1),
    date: MOMENT.date(),
    datetime: MOMENT,
    dict: {},
    list: [],
}


def typed_in(field: SettingField) -> str:
    """What somebody would type into a setting's field. Skips where its pattern cannot be met."""
    if field.choices:
        return next(iter(field.choices))
    if field.pattern is not None:
        if isinstance(field.default, str) and field.default:
            return field.default
        pytest.skip(f"no value is known that fits the pattern of the setting {field.name}")
    return {bool: "1", int: "1", Decimal: "1"}.get(field.kind, "prova")


def settings_for(service: Service) -> dict[str, str]:
    """A form filled in for a service's required settings."""
    return {field.name: typed_in(field) for field in fields_of(service) if field.required}


def event_of(kind: type[Event], organization_id: UUID) -> Event:
    """An event of a type. Skips where a field's type is not a plain one."""
    hints = typing.get_type_hints(kind)
    values: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        hint = hints[field.name]
        if field.name == "organization_id":
            values[field.name] = organization_id
        elif hint is UUID:
            values[field.name] = new_id()
        elif hint in _OF_TYPE:
            values[field.name] = _OF_TYPE[hint]
        elif field.default is dataclasses.MISSING:
            pytest.skip(f"no value is known for {kind.__name__}.{field.name}: {hint}")
    return kind(**values)


def _python_type(column: sa.Column[Any]) -> type[Any]:
    try:
        return column.type.python_type
    except NotImplementedError:
        return object


def row_of(table: sa.Table, organization_id: UUID, known: dict[str, Any]) -> dict[str, Any]:
    """A row for a table: ``known`` columns as given, other required ones by their type."""
    row: dict[str, Any] = {}
    for column in table.columns:
        name = column.name
        if name in known:
            row[name] = known[name]
        elif name == "organization_id":
            row[name] = organization_id
        elif column.nullable or column.server_default is not None or column.computed is not None:
            continue
        elif column.foreign_keys:
            [key] = column.foreign_keys
            row[name] = known.get(f"{key.column.table.fullname}.{key.column.name}")
        elif isinstance(column.type, sa.Uuid):
            row[name] = new_id()
        else:
            row[name] = _OF_TYPE.get(_python_type(column), "prova")
    return row
