"""Tables with personal columns say so: whose, why and how long."""

from __future__ import annotations

from arengo_core.plugins.registry import Plugin
from arengo_core.privacy.register import undeclared


def test_tables_with_personal_columns_are_declared(subject: Plugin) -> None:
    """``table(..., personal=Personal(...))`` names each of them; the register is made of it."""
    if subject.migrations is None:
        return
    found = [
        fault
        for table in subject.migrations.metadata.tables.values()
        for fault in undeclared(table)
    ]
    assert found == []
