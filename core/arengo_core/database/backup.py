"""Backup and restore under forced row-level security, by the owner's maintenance policy.

A backup is a tar.gz: one CSV a table, the files of the file store, and ``manifest.json`` (revisions
of every history, row counts), all from one snapshot. It holds every schema of Arengo that is in
the database, also of plugins that are not installed at the moment.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from arengo_core import __version__
from arengo_core.database import backup_files as file_part
from arengo_core.errors import SettingsError
from arengo_core.files.service import Files
from arengo_core.jobs.queue import SCHEMA as QUEUE

_MEMBER = re.compile(rf"[a-z0-9_]+\.[a-z0-9_]+(\.csv)?|{file_part.MEMBER}")
_SCHEMAS = """
select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relname = 'alembic_version' and c.relkind = 'r' and pg_has_role(c.relowner, 'member')
order by 1
"""
_TABLES = """
select n.nspname as schema, c.relname as name,
       (select array_agg(quote_ident(a.attname) order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          and a.attgenerated = '') as columns
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relispartition
  and c.relname <> 'alembic_version' and c.relpersistence = 'p'
order by 1, 2
"""
_REFERENCES = """
select cn.nspname || '.' || c.relname as child, pn.nspname || '.' || p.relname as parent
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace cn
  on cn.oid = c.relnamespace join pg_class p on p.oid = k.confrelid
  join pg_namespace pn on pn.oid = p.relnamespace
where k.contype = 'f' and k.conrelid <> k.confrelid and cn.nspname = any($1)
"""
_SEQUENCES = """
with present as materialized (  -- pg_get_serial_sequence fails on columns that were dropped
    select n.nspname || '.' || t.relname as "table", a.attname as "column"
    from pg_class t join pg_namespace n on n.oid = t.relnamespace
    join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname = any($1) and t.relkind = 'r'
)
select "table", "column", pg_get_serial_sequence("table", "column") as sequence
from present where pg_get_serial_sequence("table", "column") is not null
"""


class Manifest(msgspec.Struct):
    """What a backup says of itself."""

    version: str
    revisions: dict[str, str]
    tables: dict[str, int]


async def _histories(connection: asyncpg.Connection) -> list[str]:
    return [row["nspname"] for row in await connection.fetch(_SCHEMAS)]


async def _revisions(connection: asyncpg.Connection) -> dict[str, str]:
    found: dict[str, str] = {}
    for schema in await _histories(connection):
        value = await connection.fetchval(
            f'select version_num from "{schema}".alembic_version'  # noqa: S608 - our names
        )
        found[schema] = str(value)
    return found


def _ordered(tables: list[str], references: list[tuple[str, str]]) -> list[str]:
    """Parents before their children."""
    parents = {name: {p for c, p in references if c == name and p in tables} for name in tables}
    result: list[str] = []
    while parents:
        free = sorted(name for name, needs in parents.items() if needs <= set(result))
        if not free:
            raise SettingsError("Tables refer to each other in a circle: {names}.", names=parents)
        result += free
        for name in free:
            del parents[name]
    return result


async def back_up(owner_url: str, path: Path, files: Files | None = None) -> int:
    """Write a backup; returns the number of rows. Nothing is left at ``path`` when it fails.

    Without ``files`` it holds what is known of them, and not their content.
    """
    partial = path.with_name(path.name + ".part")
    connection = await asyncpg.connect(owner_url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute("select set_config('arengo.maintenance', 'on', true)")
            with _archive(partial) as archive:
                rows = await _write(connection, archive)
                if files is not None:
                    await file_part.write(connection, archive, files)
        partial.replace(path)
    except OSError as error:
        raise SettingsError(
            "{path} cannot be written: {fault}.", path=path, fault=error.strerror or error
        ) from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        await connection.close()
    return rows


@contextmanager
def _archive(path: Path) -> Generator[tarfile.TarFile]:
    """A new archive for its owner's eyes only: it holds personal data."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(descriptor, "wb") as out,
        tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as archive,
    ):
        yield archive


async def _write(connection: asyncpg.Connection, archive: tarfile.TarFile) -> int:
    counts: dict[str, int] = {}
    for row in await connection.fetch(_TABLES, [QUEUE, *await _histories(connection)]):
        name = f"{row['schema']}.{row['name']}"
        with tempfile.TemporaryFile() as content:
            status = await connection.copy_from_query(
                f"select {', '.join(row['columns'])} from {name}",  # noqa: S608 - from the catalog
                output=content,
                format="csv",
                header=True,
            )
            counts[name] = int(status.split()[-1])
            entry = tarfile.TarInfo(f"{name}.csv")
            entry.size = content.tell()
            content.seek(0)
            archive.addfile(entry, content)
    manifest = Manifest(__version__, await _revisions(connection), counts)
    text = msgspec.json.encode(manifest)
    entry = tarfile.TarInfo("manifest.json")
    entry.size = len(text)
    archive.addfile(entry, io.BytesIO(text))
    return sum(counts.values())


def _unpack(path: Path, folder: Path) -> Manifest:
    try:
        (folder / file_part.FOLDER).mkdir()
        with tarfile.open(path) as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content is not None and _MEMBER.fullmatch(member.name):
                    with (folder / member.name).open("wb") as out:
                        shutil.copyfileobj(content, out)
        return msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
    except (OSError, EOFError, tarfile.TarError, msgspec.DecodeError) as error:
        raise SettingsError(
            "{path} is no whole backup of Arengo ({fault}): take another file.",
            path=path,
            fault=error,
        ) from None


async def bring_back(owner_url: str, path: Path, files: Files | None = None) -> int:
    """Load a backup into a freshly migrated, empty database; all of it or nothing.

    Its files are put into ``files`` before: rows without their file are never seen.
    """
    with tempfile.TemporaryDirectory() as unpacked:
        folder = Path(unpacked)
        manifest = _unpack(path, folder)
        connection = await asyncpg.connect(owner_url)
        try:
            _compare(manifest, await _revisions(connection))
            async with connection.transaction():
                await connection.execute("select set_config('arengo.maintenance', 'on', true)")
                await _load(connection, folder, manifest)
                if files is not None:
                    await file_part.load(connection, folder, files)
        finally:
            await connection.close()
    return sum(manifest.tables.values())


def _compare(manifest: Manifest, present: dict[str, str]) -> None:
    """SettingsError when the backup's tables are not those that this program makes."""
    for schema, revision in manifest.revisions.items():
        if schema not in present:
            raise SettingsError(
                "The backup holds data of the plugin {plugin}: install it, then restore.",
                plugin=schema,
            )
        if present[schema] != revision:
            raise SettingsError(
                "The backup's tables of {plugin} are at revision {theirs}, this program's at"
                " {ours}: restore with Arengo {version} and its plugins, then upgrade.",
                plugin=schema,
                theirs=revision,
                ours=present[schema],
                version=manifest.version,
            )


async def _load(connection: asyncpg.Connection, folder: Path, manifest: Manifest) -> None:
    schemas = [QUEUE, *await _histories(connection)]
    columns: dict[str, Any] = {
        f"{row['schema']}.{row['name']}": row["columns"]
        for row in await connection.fetch(_TABLES, schemas)
    }
    references = [
        (row["child"], row["parent"]) for row in await connection.fetch(_REFERENCES, schemas)
    ]
    for name in manifest.tables:
        if name not in columns:
            raise SettingsError("There is no table {table} here.", table=name)
    for name in _ordered(list(columns), references):
        occupied = await connection.fetchval(f"select exists (select 1 from {name})")  # noqa: S608
        if occupied:
            raise SettingsError("{table} is not empty: restore into a new database.", table=name)
        if not manifest.tables.get(name):
            continue
        listed = ", ".join(columns[name])
        await connection.execute(
            f"create temporary table arriving on commit drop as"  # noqa: S608
            f" select {listed} from {name} with no data"
        )
        with (folder / f"{name}.csv").open("rb") as content:
            status = await connection.copy_to_table(
                "arriving", source=content, format="csv", header=True
            )
        if int(status.split()[-1]) != manifest.tables[name]:
            raise SettingsError("The backup lacks rows of {table}: take another.", table=name)
        await connection.execute(
            f"insert into {name} ({listed}) overriding system value"  # noqa: S608
            f" select {listed} from arriving"
        )
        await connection.execute("drop table arriving")
    for row in await connection.fetch(_SEQUENCES, schemas):
        await connection.execute(
            f"select setval('{row['sequence']}', coalesce((select max({row['column']})"  # noqa: S608
            f" from {row['table']}), 0) + 1, false)"
        )
