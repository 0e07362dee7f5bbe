"""The files of a backup: the content of each that a row keeps."""

from __future__ import annotations

import hashlib
import tarfile
import tempfile
from pathlib import Path
from uuid import UUID

import asyncpg

from arengo_core.errors import SettingsError
from arengo_core.files.contract import FileMissingError
from arengo_core.files.service import Files, key_of

FOLDER = "files"
MEMBER = rf"{FOLDER}/[0-9a-f-]{{36}}"
_KEPT = "select id, sha256, content_type from core.stored_file order by id"


async def write(connection: asyncpg.Connection, archive: tarfile.TarFile, files: Files) -> None:
    """Add the files that this snapshot keeps. SettingsError for one that is missing or changed."""
    async for row in connection.cursor(_KEPT):
        file_id: UUID = UUID(int=row["id"].int)
        digest = hashlib.sha256()
        with tempfile.TemporaryFile() as content:
            try:
                async for piece in await files.pieces(file_id):
                    digest.update(piece)
                    content.write(piece)
            except FileMissingError:
                raise _lacking(file_id) from None
            if digest.digest() != row["sha256"]:
                raise _lacking(file_id)
            entry = tarfile.TarInfo(f"{FOLDER}/{file_id}")
            entry.size = content.tell()
            content.seek(0)
            archive.addfile(entry, content)


async def load(connection: asyncpg.Connection, folder: Path, files: Files) -> None:
    """Put the files of the rows that were loaded into the store. SettingsError as above."""
    async for row in connection.cursor(_KEPT):
        file_id: UUID = UUID(int=row["id"].int)
        path = folder / FOLDER / str(file_id)
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).digest() != row["sha256"]:
            raise _lacking(file_id)
        await files.store.put(key_of(file_id), content, row["content_type"])


def _lacking(file_id: UUID) -> SettingsError:
    return SettingsError(
        "The file {file} is missing or was changed. `--without-files` leaves files out; keep"
        " them by other means then.",
        file=file_id,
    )
