"""Tables are each member's own, come and go with the plugin, and leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from arengo_core.caller import Caller
from arengo_core.database import migrate
from arengo_core.database.base import TableClass
from arengo_core.database.engine import make_engine
from arengo_core.database.migrate import MigrationHistory
from arengo_core.database.policies import policy_statements
from arengo_core.database.roles import DatabaseUrls
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.plugins.registry import Plugin
from arengo_core.testing.database import TestServer
from arengo_marketplace.conformance.samples import row_of

_SECURITY = """
select c.relname, obj_description(c.oid) as comment, c.relrowsecurity and c.relforcerowsecurity
       as forced,
       array(select format('%s for %s using (%s) with check (%s)',
                           concat_ws(' ', p.policyname, p.permissive),
                           p.cmd || ' to ' || array_to_string(p.roles, ', '), p.qual, p.with_check)
             from pg_policies p
             where p.schemaname = n.nspname and p.tablename = c.relname order by 1) as policies
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition
  and c.relname <> 'alembic_version'
"""
_CONTENT = """
select n.nspname || '.' || c.relname as name from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'i', 'S', 'v') and n.nspname not like 'pg\\_%'
  and n.nspname <> 'information_schema'
union all select n.nspname || '.' || p.proname from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
"""


@pytest.fixture
def history(subject: Plugin) -> MigrationHistory:
    """The plugin's migrations; skips where it keeps no data."""
    if subject.migrations is None:
        pytest.skip("the plugin has no tables")
    return subject.migrations


def _class_of(table: sa.Table) -> str:
    return (table.comment or "").partition(";")[0]


async def test_each_table_is_under_its_class(
    history: MigrationHistory, database: DatabaseUrls
) -> None:
    assert database.owner is not None
    connection = await asyncpg.connect(database.owner)
    try:
        rows = await connection.fetch(_SECURITY, history.schema)
        expected = {kind.value: await _policies_of(connection, kind) for kind in TableClass}
    finally:
        await connection.close()
    faults = [f"{row['relname']} {fault}" for row in rows for fault in _faults(row, expected)]
    assert not faults, "; ".join(faults)


def _faults(row: asyncpg.Record, expected: dict[str, list[str]]) -> Iterator[str]:
    kind = (row["comment"] or "").partition(";")[0]
    if kind not in expected:
        yield "declares no class in its comment"
        return
    if kind != TableClass.PLATFORM and not row["forced"]:
        yield "is not under forced row-level security"
    missing, strange = (
        {*expected[kind]} - {*row["policies"]},
        {*row["policies"]} - {*expected[kind]},
    )
    if missing:
        yield f"lacks policies of its class: {', '.join(sorted(missing))}"
    if strange:
        yield f"has policies that are not of its class: {', '.join(sorted(strange))}"


async def _policies_of(connection: Any, kind: TableClass) -> list[str]:
    """The policies that core puts on a table of a class."""
    await connection.execute(
        "create temporary table model (organization_id uuid, consortium_id uuid)"
    )
    for statement in policy_statements("pg_temp.model", kind):
        await connection.execute(statement)
    place = await connection.fetchval("select pg_my_temp_schema()::regnamespace::text")
    [model] = await connection.fetch(_SECURITY, place)
    await connection.execute("drop table pg_temp.model")
    return model["policies"]


async def _fill(
    connection: AsyncConnection, history: MigrationHistory, owner: UUID
) -> list[sa.Table]:
    """A row for a member in each table where one can be made; the tables filled."""
    known: dict[str, Any] = {"consortium_id": new_id()}
    filled: list[sa.Table] = []
    for table in history.metadata.sorted_tables:
        row = row_of(table, owner, known)
        try:
            async with connection.begin_nested():
                await connection.execute(table.insert().values(row))
        except DBAPIError:
            continue  # a constraint of its own that no sample meets
        filled.append(table)
        known |= {f"{table.fullname}.{name}": value for name, value in row.items()}
    return filled


async def test_a_member_cannot_reach_anothers_rows(history: MigrationHistory, host: Host) -> None:
    mine, theirs = new_id(), new_id()
    tried = 0
    async with host.unit_of_work(Caller.program([theirs])) as uow:
        filled = await _fill(await uow.session.connection(), history, theirs)
    async with host.unit_of_work(Caller.program([mine])) as uow:
        for table in filled:
            if _class_of(table) not in {TableClass.MEMBER, TableClass.CONSORTIUM}:
                continue
            tried += 1
            own = table.c.organization_id == theirs
            seen = await uow.session.scalar(sa.select(sa.func.count()).where(own))
            assert seen == 0, f"{table.fullname} shows another member's row"
            if "append-only" in (table.comment or ""):
                continue
            held = table.update().values({table.c.organization_id: table.c.organization_id})
            for what, statement in (("deleted", table.delete()), ("changed", held)):
                done = await uow.session.execute(statement.where(own))
                assert done.rowcount == 0, f"{table.fullname} lets another member's row be {what}"  # pyright: ignore[reportAttributeAccessIssue]
    if not tried:
        pytest.skip("no row could be made in any table of a member")


async def test_migrations_go_down_with_data_and_up_again_and_leave_nothing(
    history: MigrationHistory, database_server: tuple[TestServer, str]
) -> None:
    server, template = database_server
    name = f"arengo_conformance_{new_id().hex}"
    urls = await server.recreate(name, template)
    assert urls.owner is not None
    engine = make_engine(urls.owner, pool_size=1, name="arengo-conformance")
    try:
        await migrate.downgrade(engine, history)
        bare = await _content(urls.owner)
        assert not [item for item in bare if item.startswith(f"{history.schema}.")]
        await migrate.upgrade(engine, history)
        whole = await _content(urls.owner)
        async with engine.begin() as connection:
            await connection.execute(sa.text("select set_config('arengo.maintenance', 'on', true)"))
            await _fill(connection, history, new_id())
        await migrate.upgrade(engine, history)
        assert await _content(urls.owner) == whole
        await migrate.downgrade(engine, history)
        left = await _content(urls.owner) - bare
        assert not left, f"uninstalling leaves {sorted(left)}"
        await migrate.upgrade(engine, history)
        assert await _content(urls.owner) == whole
    finally:
        await engine.dispose()
        await server.drop(name)


async def _content(owner_url: str) -> set[str]:
    connection = await asyncpg.connect(owner_url)
    try:
        return {row["name"] for row in await connection.fetch(_CONTENT)}
    finally:
        await connection.close()
