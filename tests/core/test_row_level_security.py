"""Row-level security by attack: raw SQL as the program's own role."""

from __future__ import annotations

import asyncpg
import pytest
import sqlalchemy as sa

from arengo_core.builtin import arengo_migrations
from arengo_core.caller import Caller, OrganizationKind, Role
from arengo_core.database import migrate
from arengo_core.database.engine import make_engine
from arengo_core.ids import new_id
from tests.core.places import place

POLICIES = sa.text("select * from pg_policies order by schemaname, tablename, policyname")
SCOPE = "select set_config('arengo.organizations', $1, true)"


@pytest.fixture
async def raw(database):
    """A bare connection of the program's role: no unit of work, no scope."""
    connection = await asyncpg.connect(database.app)
    yield connection
    await connection.close()


@pytest.fixture
async def owner(database):
    connection = await asyncpg.connect(database.owner)
    yield connection
    await connection.close()


async def _invite(host, organization):
    async with host.unit_of_work(Caller.program([organization.id])) as uow:
        return await host.identity.send_invitation(
            uow,
            organization_id=organization.id,
            email="ada@example.it",
            name="Ada",
            role=Role.CLERK,
        )


@pytest.fixture
async def two(host):
    """An invitation of each of two municipalities."""
    mine, theirs = await place(host, "Lanzada"), await place(host, "Caspoggio")
    return await _invite(host, mine), await _invite(host, theirs)


async def _in_scope_of(raw, row, statement, *values):
    async with raw.transaction():
        await raw.execute(SCOPE, str(row.organization_id))
        await raw.execute(statement, *values)


async def test_without_a_scope_nothing_is_there(raw, two):
    assert await raw.fetchval("select count(*) from core.invitation") == 0
    assert await raw.execute("update core.invitation set name = 'x'") == "UPDATE 0"
    assert await raw.execute("delete from core.invitation") == "DELETE 0"


async def test_another_tenants_rows_cannot_be_read_changed_or_deleted(raw, two):
    mine, theirs = two
    async with raw.transaction():
        await raw.execute(SCOPE, str(mine.organization_id))
        seen = await raw.fetch("select id from core.invitation")
        assert [row["id"] for row in seen] == [mine.id]
        changed = await raw.execute(
            "update core.invitation set name = 'x' where id = $1", theirs.id
        )
        assert changed == "UPDATE 0"
        assert await raw.execute("delete from core.invitation where id = $1", theirs.id) == (
            "DELETE 0"
        )
    async with raw.transaction():
        await raw.execute(SCOPE, str(theirs.organization_id))
        assert await raw.fetchval("select name from core.invitation") == "Ada"


async def test_a_row_cannot_be_planted_with_another_tenant(raw, two):
    mine, theirs = two
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await _in_scope_of(
            raw,
            mine,
            "insert into core.invitation (id, organization_id, email, name, role, created_at)"
            " values ($1, $2, 'x@example.it', 'x', 'clerk', now())",
            new_id(),
            theirs.organization_id,
        )


async def test_a_row_cannot_be_handed_to_another_tenant(raw, two):
    mine, theirs = two
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await _in_scope_of(
            raw,
            mine,
            "update core.invitation set organization_id = $1 where id = $2",
            theirs.organization_id,
            mine.id,
        )


async def test_the_scope_ends_with_its_transaction(raw, two):
    mine, _ = two
    async with raw.transaction():
        await raw.execute(SCOPE, str(mine.organization_id))
        assert await raw.fetchval("select count(*) from core.invitation") == 1
    assert await raw.fetchval("select count(*) from core.invitation") == 0


async def test_the_programs_connections_carry_no_scope_over(host, two):
    """The pool hands the same connection on: nothing of the last caller is left on it."""
    mine, theirs = two
    counts = []
    for organizations in ([mine.organization_id], [], [theirs.organization_id], []):
        async with host.unit_of_work(Caller.program(organizations), read_only=True) as uow:
            connection = await uow.session.connection()
            rows = await connection.exec_driver_sql("select count(*) from core.invitation")
            counts.append(rows.scalar())
    assert counts == [1, 0, 1, 0]


async def test_a_public_table_is_read_by_all_and_written_by_its_own(raw, host):
    row = await place(host, "Spriana")
    name = "select name from core.organization where id = $1"
    assert await raw.fetchval(name, row.id) == "Spriana"
    assert await raw.execute("update core.organization set name = 'x'") == "UPDATE 0"
    assert await raw.execute("delete from core.organization") == "DELETE 0"


async def test_officers_of_a_consortium_read_and_do_not_write(raw, host, owner):
    """The consortium class, on a table of its own made by the same operation."""
    from arengo_core.database.base import TableClass
    from arengo_core.database.policies import policy_statements

    consortium, member, row = new_id(), new_id(), new_id()
    await owner.execute("create schema attack")
    try:
        await owner.execute(
            "create table attack.share (id uuid, organization_id uuid, consortium_id uuid, n int)"
        )
        await owner.execute("comment on table attack.share is 'consortium'")
        for statement in policy_statements("attack.share", TableClass.CONSORTIUM):
            await owner.execute(statement)
        await owner.execute("select core.grant_schema('attack', 'arengo_app')")
        async with raw.transaction():
            await raw.execute(SCOPE, str(member))
            await raw.execute(
                "insert into attack.share values ($1, $2, $3, 1)", row, member, consortium
            )
        async with raw.transaction():
            await raw.execute("select set_config('arengo.governs', $1, true)", str(consortium))
            assert await raw.fetchval("select n from attack.share") == 1
            assert await raw.execute("update attack.share set n = 2") == "UPDATE 0"
            assert await raw.execute("delete from attack.share") == "DELETE 0"
        async with raw.transaction():
            await raw.execute("select set_config('arengo.governs', $1, true)", str(new_id()))
            assert await raw.fetchval("select count(*) from attack.share") == 0
    finally:
        await owner.execute("drop schema attack cascade")


async def test_a_database_of_earlier_reads_the_scope_once_too(database_server):
    """All packages' policies are rewritten as new tables have them."""
    server, template = database_server
    name = f"arengo_earlier_{new_id().hex}"
    urls = await server.recreate(name, template)
    engine = make_engine(urls.owner, pool_size=1, name="arengo-earlier")
    history = arengo_migrations()
    try:
        new = await _policies(engine)
        await migrate.downgrade(engine, history, "0111")
        old = await _policies(engine)
        await migrate.upgrade(engine, history)
        assert await _policies(engine) == new
    finally:
        await engine.dispose()
        await server.drop(name)
    assert {"core", "marketplace"} <= {row["schemaname"] for row in new}
    ids = "','::text))::uuid[] AS string_to_array"
    for before, after in zip(old, new, strict=True):
        scoped = "string_to_array" in str(after)
        assert (ids in str(after)) == (before != after) == scoped


async def _policies(engine):
    async with engine.connect() as connection:
        return list((await connection.execute(POLICIES)).mappings())


async def test_what_is_appended_stays_even_from_the_owner(owner, host):
    row = await place(host, "Torre")
    await owner.execute("select set_config('arengo.maintenance', 'on', false)")
    found = "select count(*) from core.audit_entry where organization_id = $1"
    assert await owner.fetchval(found, row.id) == 1
    for statement in (
        "update core.audit_entry set action = 'x'",
        "delete from core.audit_entry",
        "truncate core.audit_entry",
    ):
        with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
            await owner.execute(statement)
    assert await owner.fetchval(found, row.id) == 1


async def test_the_owner_sees_nothing_until_it_says_maintenance(owner, two):
    assert await owner.fetchval("select count(*) from core.invitation") == 0
    await owner.execute("select set_config('arengo.maintenance', 'on', false)")
    assert await owner.fetchval("select count(*) from core.invitation") >= 2


async def test_the_program_cannot_say_maintenance(raw, two):
    await raw.execute("select set_config('arengo.maintenance', 'on', false)")
    assert await raw.fetchval("select count(*) from core.invitation") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "alter table core.invitation disable row level security",
        "drop policy arengo_read on core.invitation",
        "alter table core.audit_entry disable trigger all",
        "set session_replication_role = replica",
        "set role arengo_owner",
        "truncate core.invitation",
        "update core.audit_entry set action = 'x'",
        "delete from core.outbox_event",
        "drop table core.person",
        "update core.alembic_version set version_num = 'x'",
    ],
)
async def test_the_program_may_not_take_the_fences_down(raw, statement):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await raw.execute(statement)


async def test_a_persons_scope_is_what_its_roles_say(host, make_user, caller_for):
    town = await place(host, "Chiesa")
    federation = await place(host, "Unione", OrganizationKind.CONSORTIUM)
    person = await make_user((town.id, Role.CLERK), (federation.id, Role.CONSORTIUM_OFFICER))
    scope = (await caller_for(person)).scope
    assert scope.organizations == {person.id, town.id, federation.id}
    assert scope.governs == {federation.id}
