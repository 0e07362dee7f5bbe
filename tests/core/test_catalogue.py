"""The database's own catalogue: every table of every installed history keeps its class."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from arengo_core.database.roles import APP_ROLE
from arengo_core.plugins.manager import load_plugins

CLASSES = {"member", "consortium", "public", "platform"}

# Text columns of platform tables, each with why it cannot be personal.
PLATFORM_TEXTS = {
    "core.remote_plugin.base_url": "a plugin's own address",
    "core.remote_plugin.key": "a plugin's key",
    "core.remote_plugin.manifest": "what a plugin says of itself",
    "core.signing_key.id": "random",
    "core.stored_file.content_type": "a media type",
    "core.plugin_strike.plugin": "a plugin's key",
    "core.plugin_strike.what": "a place in a plugin's code",
    "core.delegation.permission": "a permission's key",
    "core.role_permission.permission": "a permission's key",
    "core.role_permission.role": "a role's key",
    "core.active_service.service": "a service's key",
    "core.begun_service.service": "a service's key",
    "core.disabled_plugin.plugin": "a plugin's key",
    "core.api_token.hint": "the first letters of a token, which open nothing",
    "core.plugin_token.plugin": "plugins' keys",
    "core.disabled_plugin.why": "an operator's reason",
    "core.held_job.error": "an error class and its text, bounded",
    "core.held_job.trace_id": "random",
    "core.outbox_cursor.handler": "a handler's key",
    "core.outbox_cursor.error": "an error class",
    "core.linked_identity.provider": "a word of the installation's settings",
    "core.one_time_link.purpose": "a word of ours",
    "core.plugin_failure.plugin": "a plugin's key",
    "core.plugin_failure.stage": "a word of ours",
    "core.plugin_failure.message": "an error class and its text, bounded",
    "core.plugin_failure.trace_id": "random",
    "core.role_grant.role": "a role's name",
    "core.sign_in.password_hash": "argon2 of a password, salted",
    "core.user_session.browser": "a browser's name",
    "core.user_session.system": "an operating system's name",
    "core.site_host.host": "a public DNS name",
    "payments.gateway_reference.gateway": "a gateway's key",
    "payments.gateway_reference.reference": "the gateway's own id",
    "payments.webhook_event.gateway": "a gateway's key",
    "payments.webhook_event.event_id": "the gateway's own id",
    "payments.webhook_event.kind": "a kind of event",
    "payments.webhook_event.source_type": "a word of ours",
    "storefront.order_link.number": "an order's number",
}

TABLES = """
select n.nspname as schema, c.relname as name, coalesce(obj_description(c.oid), '') as comment,
       c.relrowsecurity as secured, c.relforcerowsecurity as forced, c.relispartition as part,
       c.relkind::text as kind, c.oid::int8 as oid
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(:schemas) and c.relkind in ('r', 'p') and c.relname <> 'alembic_version'
order by 1, 2
"""
POLICIES = """
select polname as name, polcmd::text as command,
       coalesce(pg_get_expr(polqual, polrelid), '') as reach,
       coalesce(pg_get_expr(polwithcheck, polrelid), '') as written,
       (select array_agg(coalesce(r.rolname, 'public')) from unnest(polroles) as p(oid)
        left join pg_roles r on r.oid = p.oid)::text[] as roles
from pg_policy where polrelid = cast(:oid as oid)
"""


def _schemas():
    return [history.schema for history in load_plugins().histories]


@pytest.fixture
async def tables(host):
    async with host.engine.connect() as connection:
        rows = await connection.execute(text(TABLES), {"schemas": _schemas()})
        return [dict(row) for row in rows.mappings()]


def _name(table):
    return f"{table['schema']}.{table['name']}"


def _class(table):
    return table["comment"].split("; ")[0]


async def _policies(connection, table):
    rows = await connection.execute(text(POLICIES), {"oid": table["oid"]})
    return {row["name"]: dict(row) for row in rows.mappings()}


async def test_every_table_has_one_of_the_four_classes(tables):
    assert tables
    wrong = [_name(table) for table in tables if not table["part"] and _class(table) not in CLASSES]
    assert wrong == []


async def test_every_table_is_known_to_its_history(tables):
    known = {
        f"{table.schema}.{table.name}"
        for history in load_plugins().histories
        for table in history.metadata.tables.values()
    }
    found = {_name(table) for table in tables if not table["part"]}
    assert found == known


async def test_row_level_security_is_on_and_forced_with_the_policies_of_the_class(host, tables):
    faults = []
    async with host.engine.connect() as connection:
        for table in tables:
            kind = _class(table)
            if table["part"] or kind == "platform":
                continue
            policies = await _policies(connection, table)
            expected = {"arengo_" + word for word in ("read", "insert", "update", "delete")}
            if not (table["secured"] and table["forced"]):
                faults.append(f"{_name(table)}: not forced")
            if set(policies) != expected | {"arengo_maintenance"}:
                faults.append(f"{_name(table)}: policies {sorted(policies)}")
                continue
            own = "arengo.organizations"
            read = policies["arengo_read"]["reach"]
            if kind == "public":
                fits = read == "true"
            else:
                fits = own in read and ("arengo.governs" in read) == (kind == "consortium")
            writes = [
                policies["arengo_insert"]["written"],
                policies["arengo_update"]["reach"],
                policies["arengo_update"]["written"],
                policies["arengo_delete"]["reach"],
            ]
            if not fits or any(own not in rule or "governs" in rule for rule in writes):
                faults.append(f"{_name(table)}: the policies of a {kind} table are others")
            if APP_ROLE in policies["arengo_maintenance"]["roles"]:
                faults.append(f"{_name(table)}: the program may maintain")
    assert faults == []


async def test_platform_tables_say_why_and_hold_nothing_personal(host, tables):
    faults = []
    async with host.engine.connect() as connection:
        for table in tables:
            if _class(table) != "platform":
                continue
            if "; " not in table["comment"]:
                faults.append(f"{_name(table)}: no reason")
            columns = await connection.execute(
                text(
                    "select attname, format_type(atttypid, null) as kind from pg_attribute"
                    " where attrelid = cast(:oid as oid) and attnum > 0 and not attisdropped"
                ),
                {"oid": table["oid"]},
            )
            for column, kind in columns.all():
                name = f"{_name(table)}.{column}"
                textual = kind in {"text", "character varying", "jsonb", "json", "tsvector"}
                if textual and name not in PLATFORM_TEXTS:
                    faults.append(f"{name}: {kind} is on no list")
    assert faults == []


async def test_append_only_tables_refuse_change_in_the_database(host, tables):
    faults = []
    async with host.engine.connect() as connection:
        for table in tables:
            if "append-only" not in table["comment"].split("; "):
                continue
            triggers = await connection.execute(
                text(
                    "select tgname, tgenabled::text from pg_trigger"
                    " where tgrelid = cast(:oid as oid) and not tgisinternal"
                ),
                {"oid": table["oid"]},
            )
            enabled = {name for name, state in triggers.all() if state in {"O", "A"}}
            expected = {"arengo_append_only"}
            if not table["part"]:
                expected.add("arengo_append_only_truncate")
            if not expected <= enabled:
                faults.append(f"{_name(table)}: triggers {sorted(enabled)}")
            for right in ("UPDATE", "DELETE", "TRUNCATE"):
                if await _may(connection, table, right):
                    faults.append(f"{_name(table)}: the program may {right}")
            if not table["part"] and not await _may(connection, table, "INSERT"):
                faults.append(f"{_name(table)}: the program may not add")
    assert faults == []


async def test_partitions_are_reached_through_their_parent_alone(host, tables):
    faults = []
    async with host.engine.connect() as connection:
        for table in tables:
            if not table["part"]:
                continue
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                if await _may(connection, table, right):
                    faults.append(f"{_name(table)}: {right}")
    assert faults == []


async def test_the_program_owns_nothing_and_never_truncates(host, tables):
    faults = []
    async with host.engine.connect() as connection:
        for table in tables:
            if await _may(connection, table, "TRUNCATE"):
                faults.append(_name(table))
        owned = await connection.scalar(
            text("select count(*) from pg_class where relowner = current_user::regrole::oid")
        )
        row = await connection.execute(
            text("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
        )
        assert row.one() == (False, False)
    assert faults == []
    assert owned == 0


async def test_no_foreign_key_points_into_another_schema(host):
    async with host.engine.connect() as connection:
        found = await connection.execute(
            text(
                "select conname from pg_constraint k"
                " join pg_class a on a.oid = k.conrelid join pg_class b on b.oid = k.confrelid"
                " where k.contype = 'f' and a.relnamespace <> b.relnamespace"
            )
        )
        assert found.scalars().all() == []


async def _may(connection, table, right):
    return await connection.scalar(
        text("select has_table_privilege(current_user, cast(:oid as oid), :right)"),
        {"oid": table["oid"], "right": right},
    )
