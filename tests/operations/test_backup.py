"""Backup and restore under forced row-level security, as the owner who is no superuser."""

from __future__ import annotations

import io
import tarfile
from urllib.parse import urlsplit

import asyncpg
import msgspec
import pytest

from arengo_core.caller import Caller
from arengo_core.database.backup import back_up, bring_back
from arengo_core.errors import SettingsError
from arengo_core.files import service as files
from arengo_core.ids import new_id
from arengo_core.jobs.queue import SCHEMA as QUEUE
from arengo_core.plugins.manager import load_plugins


async def _digests(owner_url: str) -> dict[str, tuple[int, str]]:
    """Rows and digest of every logged table of every history; partitions within their whole."""
    schemas = [QUEUE, *(history.schema for history in load_plugins().histories)]
    connection = await asyncpg.connect(owner_url)
    found: dict[str, tuple[int, str]] = {}
    try:
        async with connection.transaction():
            await connection.execute("select set_config('arengo.maintenance', 'on', true)")
            tables = await connection.fetch(
                "select n.nspname || '.' || c.relname as name"
                " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                " where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relispartition"
                " and c.relpersistence = 'p'"
                " order by 1",
                schemas,
            )
            for (name,) in tables:
                row = await connection.fetchrow(
                    f"select count(*), coalesce(md5(string_agg(t::text, E'\\n' order by t::text)),"
                    f" '') from {name} t"
                )
                found[name] = (row[0], row[1])
    finally:
        await connection.close()
    return found


@pytest.fixture
async def two_consortia(host, make_consortium, make_merchant, make_offer, activate):
    """Rows of two consortia in as many tables as their services fill."""
    for name in ("Unione del Monte", 'Unione del Lago; con «virgole», "virgolette" e \\N'):
        made = await make_consortium(name=name)
        merchant = await make_merchant(made.id, made.lead.id)
        async with host.unit_of_work(Caller.program([merchant.id])) as uow:
            uow.audit(merchant.id, "test.noted", "Test", merchant.id, text='a\n"b",,\\N \t è')
            uow.enqueue("core.nothing", {"of": str(merchant.id)}, delay=3600)


@pytest.fixture
async def kept_file(host, database):
    """The id of the one file in the file store: those of other tests lay elsewhere."""
    connection = await asyncpg.connect(database.owner)
    await connection.execute("delete from core.stored_file")
    await connection.close()
    owner = new_id()
    async with (
        host.files.writing([b"\x00RIFF" * 300_000], "image/webp") as (written,),
        host.unit_of_work(Caller.program([owner])) as uow,
    ):
        return files.keep(uow, owner, written)


async def test_a_backup_comes_back_whole_in_a_new_database(
    arengo, two_consortia, kept_file, settings, database, new_database, tmp_path
):
    file = tmp_path / "arengo.tar.gz"
    made = arengo(
        "backup",
        file,
        database_url=database.app,
        database_owner_url=database.owner,
        files_url=settings.files_address,
    )
    assert made.returncode == 0, made.stderr
    assert file.stat().st_mode & 0o077 == 0
    before = await _digests(database.owner)
    assert before["core.organization"][0] >= 4
    assert before["core.audit_entry"][0] >= 2
    assert before["queue.pgqueuer"][0] >= 2

    target = await new_database()
    store = (tmp_path / "restored").as_uri()
    login = {"database_url": target.app, "database_owner_url": target.owner, "files_url": store}
    restored = arengo("restore", file, **login)
    assert restored.returncode == 0, restored.stderr
    after = await _digests(target.owner)
    assert after == before
    assert f"rows from {file}" in restored.stdout
    lies = tmp_path / "restored" / files.key_of(kept_file)
    assert lies.read_bytes() == b"\x00RIFF" * 300_000
    owner = await asyncpg.connect(target.owner)
    try:
        known = "select reltuples from pg_class where oid = 'core.organization'::regclass"
        assert await owner.fetchval(known) == before["core.organization"][0], "statistics are new"
    finally:
        await owner.close()

    # The restored rows are under the same policies, and the program may use them.
    connection = await asyncpg.connect(target.app)
    try:
        assert await connection.fetchval("select count(*) from core.organization") >= 4
        assert await connection.fetchval("select count(*) from core.audit_entry") == 0
    finally:
        await connection.close()


async def test_a_database_in_use_is_not_overwritten(two_consortia, database, tmp_path):
    file = tmp_path / "arengo.tar.gz"
    await back_up(database.owner, file)
    before = await _digests(database.owner)

    with pytest.raises(SettingsError, match="is not empty: restore into a new database"):
        await bring_back(database.owner, file)

    assert await _digests(database.owner) == before


async def test_a_damaged_or_foreign_file_is_refused_and_nothing_is_loaded(
    two_consortia, database, new_database, tmp_path
):
    file = tmp_path / "arengo.tar.gz"
    await back_up(database.owner, file)
    target = await new_database(migrated=True)
    empty = await _digests(target.owner)

    half = tmp_path / "half.tar.gz"
    half.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    note = tmp_path / "note.txt"
    note.write_text("shopping list")
    for wrong in (half, note):
        with pytest.raises(SettingsError, match=f"{wrong.name} is no whole backup of Arengo"):
            await bring_back(target.owner, wrong)

    changes = {
        "at revision 9999": ("revisions", {"core": "9999"}),
        "the plugin choir: install it, then restore": ("revisions", {"choir": "0001"}),
        "lacks rows of core.organization": ("tables", {"core.organization": 10_000}),
        "no table core.choir": ("tables", {"core.choir": 1}),
    }
    for fault, (part, values) in changes.items():
        _with_manifest(file, half, part, values)
        with pytest.raises(SettingsError, match=fault):
            await bring_back(target.owner, half)
    assert await _digests(target.owner) == empty


def _with_manifest(source, target, part, values) -> None:
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            data = content.read()
            if member.name == "manifest.json":
                manifest = msgspec.json.decode(data)
                manifest[part].update(values)
                data = msgspec.json.encode(manifest)
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))


async def test_a_file_that_was_lost_or_changed_is_named(
    host, kept_file, database, new_database, tmp_path
):
    file = tmp_path / "arengo.tar.gz"
    key = files.key_of(kept_file)
    whole = await host.files.store.get(key)
    for fault in (host.files.store.put(key, b"else", "image/webp"), host.files.store.delete(key)):
        await fault
        with pytest.raises(SettingsError, match=f"{kept_file} is missing or was changed"):
            await back_up(database.owner, file, host.files)
        assert list(tmp_path.iterdir()) == []
    await back_up(database.owner, file)
    target = await new_database(migrated=True)
    empty = await _digests(target.owner)
    with pytest.raises(SettingsError, match="is missing or was changed"):
        await bring_back(target.owner, file, host.files)
    assert await _digests(target.owner) == empty
    await bring_back(target.owner, file)
    await host.files.store.put(key, whole, "image/webp")


async def test_a_failed_backup_leaves_no_file(arengo, database, tmp_path):
    file = tmp_path / "arengo.tar.gz"
    answer = arengo(
        "backup",
        file,
        database_url=database.app,
        database_owner_url=urlsplit(database.owner)._replace(path="/nowhere").geturl(),
    )
    assert answer.returncode == 2
    assert "ARENGO_DATABASE_OWNER_URL: the server does not let us in" in answer.stderr
    assert list(tmp_path.glob("arengo.tar.gz*")) == []


async def test_a_place_that_cannot_be_written_is_named(arengo, database, tmp_path):
    (tmp_path / "folder.tar.gz").mkdir()
    for place, fault in (
        ("nowhere/arengo.tar.gz", "cannot be written: No such file or directory."),
        ("folder.tar.gz", "is a directory."),
    ):
        answer = arengo(
            "backup",
            tmp_path / place,
            database_url=database.app,
            database_owner_url=database.owner,
        )
        assert answer.returncode == 2
        assert place in answer.stderr
        assert answer.stderr.rstrip().endswith(fault)
        assert "Traceback" not in answer.stderr
