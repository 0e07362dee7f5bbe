"""Tables are each member's own, come and go with the plugin, and leave nothing behind."""

from __future__ import annotations

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
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.plugins.registry import Plugin
from arengo_core.testing.database import TestServer
from arengo_marketplace.conformance.samples import row_of

_FORCED = """
select c.relname, obj_description(c.oid) as comment, c.relrowsecurity and c.relforcerowsecurity
       as forced, (select count(*) from pg_policy p where p.polrelid = c.oid) as policies
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


async def test_each_table_is_under_its_class(history: MigrationHistory, host: Host) -> None:
    async with host.engine.connect() as connection:
        raw: Any = await connection.get_raw_connection()
        rows = await raw.driver_connection.fetch(_FORCED, history.schema)
    classes = {kind.value for kind in TableClass}
    for row in rows:
        kind = (row["comment"] or "").partition(";")[0]
        assert kind in classes, f"{row['relname']} declares no class in its comment"
        if kind != TableClass.PLATFORM:
            assert row["forced"], f"{row['relname']}: row-level security is not forced"
            assert row["policies"] >= 4, f"{row['relname']} lacks policies"


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
            gone = await uow.session.execute(table.delete().where(own))
            assert gone.rowcount == 0, f"{table.fullname} lets another member's row be deleted"  # pyright: ignore[reportAttributeAccessIssue]
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
