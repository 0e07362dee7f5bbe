"""``arengo plugin uninstall`` of a plugin whose code no longer imports."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from click.testing import CliRunner

from arengo_core.cli.main import cli

BROKEN, OTHER = "old_permits", "old_permits_of_others"


@pytest.fixture
def broken(tmp_path, monkeypatch, empty_database):
    """An installed plugin that fails to import, in a process that knows the database."""
    site = tmp_path / "site"
    info = site / "arengo_old_permits-1.dist-info"
    info.mkdir(parents=True)
    (site / f"{BROKEN}.py").write_text("from arengo_core import what_was_there_once\n")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: arengo-old-permits\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[arengo]\n{BROKEN} = {BROKEN}\n")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("ARENGO_DATABASE_URL", empty_database.app)
    monkeypatch.setenv("ARENGO_DATABASE_OWNER_URL", empty_database.owner)
    monkeypatch.setenv("ARENGO_DATA_DIR", str(tmp_path))


async def _tables(owner, *statements):
    connection = await asyncpg.connect(owner)
    try:
        for statement in statements:
            await connection.execute(statement)
        rows = await connection.fetch("select schemaname || '.' || tablename from pg_tables")
    finally:
        await connection.close()
    return {row[0] for row in rows}


async def _uninstall(*options, answer=""):
    arguments = ["plugin", "uninstall", *options]
    return await asyncio.to_thread(CliRunner().invoke, cli, arguments, input=answer)


@pytest.mark.usefixtures("broken")
async def test_what_does_not_import_loses_the_schema_of_its_name_when_confirmed(empty_database):
    owner = empty_database.owner
    before = await _tables(owner)
    made = [
        statement
        for name in (BROKEN, OTHER)
        for statement in (
            f"create schema {name}",
            f"create table {name}.alembic_version (version_num text)",
            f"insert into {name}.alembic_version values ('0001')",
            f"create table {name}.entry (id int)",
        )
    ]
    there = await _tables(owner, *made)
    kept = await _uninstall(BROKEN, answer="n\n")
    assert kept.exit_code == 1
    assert "Drop all data of old_permits for good?" in kept.output
    assert await _tables(owner) == there

    gone = await _uninstall(BROKEN, "--yes")
    assert gone.exit_code == 0, gone.output
    assert "fails to import" in gone.output
    assert "what_was_there_once" in gone.output
    assert f"The tables of {BROKEN} are gone." in gone.output
    assert "pip uninstall arengo-old-permits" in gone.output
    assert await _tables(owner) == before | {f"{OTHER}.alembic_version", f"{OTHER}.entry"}

    again = await _uninstall(BROKEN, "--yes")
    assert again.exit_code == 0, again.output
    assert f"There were no tables of {BROKEN}." in again.output
    nowhere = await _uninstall(OTHER, "--yes")
    assert nowhere.exit_code == 1
    assert f"{OTHER}.entry" in await _tables(owner), "a name that nothing installed has"
