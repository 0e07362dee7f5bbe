"""Attacks on every member's table, enumerated from the catalog: raw SQL as the program's role."""

from __future__ import annotations

import asyncpg
import pytest

from arengo_core.ids import new_id
from arengo_core.plugins.manager import load_plugins

TABLES = """
select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name,
       split_part(obj_description(c.oid), ';', 1) as class,
       (select quote_ident(a.attname) from pg_attribute a where a.attrelid = c.oid
        and a.attnum > 0 and a.attgenerated = '' and not a.attisdropped limit 1) as column,
       (select array_agg(i.inhrelid::regclass::text) from pg_inherits i
        where i.inhparent = c.oid) as parts
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relispartition
  and c.relname <> 'alembic_version' and c.relrowsecurity
order by 1
"""
REFUSED = (asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)
NOBODY = str(new_id())


@pytest.fixture
async def raw(database):
    """A bare connection of the program's role, with an organization in scope that has no rows."""
    connection = await asyncpg.connect(database.app)
    await connection.execute(f"set arengo.organizations = '{NOBODY}'")
    yield connection
    await connection.close()


@pytest.fixture
async def tables(raw, world):
    """Every secured table, in a database that holds one of each thing."""
    schemas = [history.schema for history in load_plugins().histories]
    return await raw.fetch(TABLES, schemas)


async def _refused(raw, statement):
    transaction = raw.transaction()
    await transaction.start()
    try:
        await raw.execute(statement)
    except REFUSED:
        return None
    finally:
        await transaction.rollback()
    return statement


READS = (
    "select count(*) from {t}",
    "with stolen as (select * from {t}) select count(*) from stolen",
    "select count(*) from {t} a cross join lateral (select * from {t} b) c",
    "select count(*) from {t} a full join {t} b on true",
    "select count(*) from (select xmin, ctid from {t}) hidden",
    "select (xpath('/row/n/text()', query_to_xml('select count(*) n from {t}', true, true, '')))"
    "[1]::text::int",
)


async def test_no_query_reads_a_row_of_anybody_else(raw, tables, database):
    hidden = [row["name"] for row in tables if row["class"] in {"member", "consortium"}]
    assert await _filled(database, hidden) > len(hidden) / 2
    leaks = []
    for name in hidden:
        for read in READS:
            if await raw.fetchval(read.format(t=name)):
                leaks.append(read.format(t=name))
        async with raw.transaction():
            await raw.execute(f"prepare stolen as select count(*) from {name}")
            if await raw.fetchval("execute stolen"):
                leaks.append(f"prepared: {name}")
            await raw.execute("deallocate stolen")
        if await raw.copy_from_query(f"select * from {name}", output=_ignore) != "COPY 0":
            leaks.append(f"copy: {name}")
    assert leaks == []


async def _filled(database, names):
    """How many tables hold a row that somebody may see: else there is nothing to steal."""
    owner = await asyncpg.connect(database.owner)
    try:
        await owner.execute("select set_config('arengo.maintenance', 'on', false)")
        return sum([await owner.fetchval(f"select exists (select 1 from {n})") for n in names])
    finally:
        await owner.close()


async def _ignore(_data):
    return None


async def test_a_temporary_view_reads_as_its_reader(raw, tables):
    leaks = []
    for row in tables:
        if row["class"] == "public":
            continue
        transaction = raw.transaction()
        await transaction.start()
        try:
            await raw.execute(f"create temporary view stolen as select * from {row['name']}")
            if await raw.fetchval("select count(*) from stolen"):
                leaks.append(row["name"])
        except asyncpg.InsufficientPrivilegeError:
            pass
        finally:
            await transaction.rollback()
    assert leaks == []


WRITES = (
    "delete from {t}",
    "update {t} set {column} = {column}",
    "with locked as (select 1 from {t} for update) delete from {t} where exists (table locked)",
    "merge into {t} t using (values (1)) v on true when matched then delete",
)


async def test_nothing_of_anybody_else_is_changed(raw, tables):
    changed = []
    for row in tables:
        for write in WRITES:
            transaction = raw.transaction()
            await transaction.start()
            try:
                status = await raw.execute(write.format(t=row["name"], column=row["column"]))
                if not status.endswith(" 0"):
                    changed.append(f"{row['name']}: {status}")
            except asyncpg.InsufficientPrivilegeError:
                pass
            finally:
                await transaction.rollback()
    assert changed == []


# A condition of the attacker's own, so cheap that the planner would rather ask it first.
TELL = """
create or replace function pg_temp.tell(line text) returns boolean language plpgsql
    cost 0.0000001 as $$ begin raise exception 'seen: %', line; end $$
"""
CONDITIONS = ("pg_temp.tell({x}::text)", "({x}::text)::int > 0", "1 / (length({x}::text) * 0) > 0")
CARRIERS = (
    "select count(*) from {t} x where {condition}",
    "select count(*) from (values (1)) v join {t} x on {condition}",
    "select count(*) from {t} x where exists (select 1 from {t} y where x = y and {condition})",
    "select max(case when {condition} then 1 end) from {t} x",
)


async def test_no_error_and_no_function_sees_a_row_of_anybody_else(raw, tables):
    """What fails on a row would tell it in its message."""
    await raw.execute(TELL)
    told = []
    for row in tables:
        if row["class"] == "public":
            continue
        for carrier in CARRIERS:
            for condition in CONDITIONS:
                attack = carrier.format(t=row["name"], condition=condition.format(x="x"))
                try:
                    await raw.execute(attack)
                except asyncpg.PostgresError as error:
                    told.append(f"{attack}: {error}")
    assert told == []


async def test_functions_with_the_owners_rights_are_these_three(raw):
    """None that answers rows; each looks names up in its own search path."""
    found = await raw.fetch(
        "select oid::regprocedure::text as name, proconfig[1] as config from pg_proc"
        " where prosecdef order by 1"
    )
    path = "search_path=pg_catalog, pg_temp"
    assert [tuple(row) for row in found] == [
        ("marketplace.make_usage_months(date,integer)", path),
        ("marketplace.refuse_imbalance()", path),
        ("marketplace.refuse_lines_without_room()", path),
    ]


async def test_no_sequence_counts_what_members_have(raw):
    """Ids are drawn, not counted; the queue's own sequences the program cannot set back."""
    found = await raw.fetch("select oid::regclass::text as name from pg_class where relkind = 'S'")
    names = [row["name"] for row in found]
    assert names
    assert [name for name in names if not name.startswith("queue.")] == []
    assert [
        one for name in names if (one := await _refused(raw, f"select setval('{name}', 1)"))
    ] == []


FENCES = (
    "truncate {t} cascade",
    "alter table {t} disable row level security",
    "alter table {t} no force row level security",
    "alter table {t} owner to current_user",
    "alter table {t} disable trigger all",
    "create policy mine on {t} using (true)",
    "drop table {t} cascade",
    "create trigger steal before insert on {t} for each row"
    " execute function suppress_redundant_updates_trigger()",
    "create index on {t} ((1))",
    "comment on table {t} is 'platform'",
)


async def test_no_fence_of_any_table_comes_down(raw, tables):
    stood = [await _refused(raw, fence.format(t=row["name"])) for row in tables for fence in FENCES]
    assert [one for one in stood if one] == []


async def test_without_row_security_no_table_answers(raw, tables):
    """``row_security = off`` makes a query that a policy would filter an error."""
    async with raw.transaction():
        await raw.execute("set local row_security = off")
        for row in tables:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with raw.transaction():
                    await raw.execute(f"select * from {row['name']} limit 1")


async def test_partitions_are_not_read_beside_their_table(raw, tables):
    parts = [part for row in tables for part in row["parts"] or ()]
    assert parts
    assert [
        one for part in parts if (one := await _refused(raw, f"select * from {part} limit 1"))
    ] == []


@pytest.mark.parametrize(
    "statement",
    [
        "set role arengo_owner",
        "set session authorization arengo_owner",
        "select lo_import('/etc/passwd')",
        "select pg_read_file('/etc/passwd')",
        "copy (select 1) to program 'true'",
        "copy core.person to '/tmp/stolen'",
        "create function core.mine() returns int language sql security definer as 'select 1'",
        "create view core.mine as select 1",
        "create schema mine",
        "create extension dblink",
        "create role mine",
        "alter role current_user bypassrls",
        "select * from pg_authid",
        "select * from pg_statistic",
    ],
)
async def test_the_server_lends_no_hand(raw, statement):
    assert await _refused(raw, statement) is None


async def test_statistics_show_no_values_of_secured_tables(raw, tables, database):
    """``pg_stats`` leaves out tables under the reader's row-level security."""
    owner = await asyncpg.connect(database.owner)
    try:
        await owner.execute("analyze core.organization")
    finally:
        await owner.close()
    names = {row["name"] for row in tables}
    seen = await raw.fetch(
        "select distinct quote_ident(schemaname) || '.' || quote_ident(tablename) as name"
        " from pg_stats where schemaname <> 'pg_catalog'"
    )
    assert names & {row["name"] for row in seen} == set()


async def test_maintenance_said_by_the_program_opens_nothing(raw, tables):
    await raw.execute("select set_config('arengo.maintenance', 'on', false)")
    for row in tables:
        if row["class"] in {"member", "consortium"}:
            assert await raw.fetchval(f"select count(*) from {row['name']}") == 0, row["name"]


async def test_the_program_grants_nothing(raw, tables):
    """PostgreSQL warns, and grants what the grantor may: nothing."""
    rights = "select array_agg((oid, relacl)::text order by oid) from pg_class"
    before = await raw.fetchval(rights)
    for row in tables:
        await raw.execute(f"grant all on {row['name']} to public")
    await raw.execute("select core.grant_schema('core', current_user::text)")
    assert await raw.fetchval(rights) == before
