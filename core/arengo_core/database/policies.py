"""Row-level security as one Alembic operation: ``op.secure_table("schema.table", "member")``.

The policies read the scope that the unit of work set for this transaction. The maintenance
policy lets the owner (backup, restore, data steps of migrations) in when it says so; the
program's role is never the owner.
"""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrateOperation, Operations

from arengo_core.database.base import TableClass


def _in_scope(setting: str, column: str) -> str:
    # The text becomes ids inside the select, once a statement; outside it would for each row. The
    # outer cast changes nothing but the meaning of "any": of an array, not of rows.
    return (
        f"{column} = any ((select string_to_array("
        f"nullif(current_setting('{setting}', true), ''), ',')::uuid[])::uuid[])"
    )


_MAINTENANCE = "(select current_setting('arengo.maintenance', true)) = 'on'"


def policy_statements(
    table: str, kind: TableClass, *, tenant: str = "organization_id", append_only: bool = False
) -> list[str]:
    """DDL that puts a table under its class."""
    statements: list[str] = []
    if kind is not TableClass.PLATFORM:
        own = _in_scope("arengo.organizations", tenant)
        read = own
        if kind is TableClass.CONSORTIUM:
            read = f"{own} or {_in_scope('arengo.governs', 'consortium_id')}"
        if kind is TableClass.PUBLIC:
            read = "true"
        statements += [
            f"alter table {table} enable row level security",
            f"alter table {table} force row level security",
            f"create policy arengo_read on {table} for select using ({read})",
            f"create policy arengo_insert on {table} for insert with check ({own})",
            f"create policy arengo_update on {table} for update using ({own}) with check ({own})",
            f"create policy arengo_delete on {table} for delete using ({own})",
            f"create policy arengo_maintenance on {table} for all to current_user"
            f" using ({_MAINTENANCE}) with check ({_MAINTENANCE})",
        ]
    if append_only:
        statements += [
            f"create trigger arengo_append_only before update or delete on {table}"
            " for each row execute function core.refuse_change()",
            f"create trigger arengo_append_only_truncate before truncate on {table}"
            " for each statement execute function core.refuse_change()",
        ]
    return statements


@Operations.register_operation("secure_table")
class SecureTableOp(MigrateOperation):
    """Put a new table under row-level security by its class."""

    def __init__(
        self, table: str, kind: str, *, tenant: str = "organization_id", append_only: bool = False
    ) -> None:
        self.table = table
        self.kind = TableClass(kind)
        self.tenant = tenant
        self.append_only = append_only

    @classmethod
    def secure_table(cls, operations: Operations, table: str, kind: str, **options: Any) -> None:
        """``op.secure_table(table, kind, tenant=..., append_only=...)``."""
        operations.invoke(cls(table, kind, **options))


@Operations.implementation_for(SecureTableOp)
def _secure_table(operations: Operations, operation: SecureTableOp) -> None:
    for statement in policy_statements(
        operation.table,
        operation.kind,
        tenant=operation.tenant,
        append_only=operation.append_only,
    ):
        operations.execute(statement)


@renderers.dispatch_for(SecureTableOp)
def _render(_context: AutogenContext, operation: SecureTableOp) -> str:
    arguments = [repr(operation.table), repr(operation.kind.value)]
    if operation.tenant != "organization_id":
        arguments.append(f"tenant={operation.tenant!r}")
    if operation.append_only:
        arguments.append("append_only=True")
    return f"op.secure_table({', '.join(arguments)})"
