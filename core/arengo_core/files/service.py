"""Rules of files: written before the transaction, kept in it, gone an hour after it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import SettingsError, UnavailableError
from arengo_core.files import repository
from arengo_core.files.contract import FileStore
from arengo_core.files.models import StoredFile
from arengo_core.files.providers import CALL_LIMIT
from arengo_core.i18n import N_
from arengo_core.ids import new_id
from arengo_core.jobs.definition import Job, Schedule

if TYPE_CHECKING:
    from arengo_core.host import Host
    from arengo_core.plugins.registry import Registry
    from arengo_core.settings import Settings

_REMOVE = "core.remove_file"
REMOVED_AFTER = timedelta(hours=1)
ABANDONED_AFTER = timedelta(days=1)
_AT_ONCE = 500
_log = structlog.get_logger("arengo.files")


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that lies in the store and that no row keeps yet."""

    id: UUID
    size: int
    sha256: bytes
    content_type: str


def key_of(file_id: UUID) -> str:
    """Where a file lies in the store: in one of 256 folders, under its id."""
    return f"{file_id.hex[-2:]}/{file_id}"


def _id_of(key: str) -> UUID | None:
    try:
        file_id = UUID(key[3:])
    except ValueError:
        return None
    return file_id if key == key_of(file_id) else None


def require_store(settings: Settings, registry: Registry) -> None:
    """SettingsError when nobody brings the store that ``ARENGO_FILES_URL`` names."""
    scheme = urlsplit(settings.files_address).scheme
    if (FileStore, scheme) not in registry.providers:
        raise SettingsError(
            "ARENGO_FILES_URL: no installed plugin keeps files at {scheme}://; possible: {known}.",
            scheme=scheme,
            known=", ".join(sorted(key for kind, key in registry.providers if kind is FileStore)),
        )


async def answers(host: Host) -> bool:
    """Whether the store can be asked."""
    await host.files.store.find("health")
    return True


class Files:
    """Files of the host, core's and plugins'. The store is opened when it is first needed."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._store: FileStore | None = None

    @property
    def store(self) -> FileStore:
        """The store that ``ARENGO_FILES_URL`` names, under the guard. SettingsError."""
        if self._store is None:
            require_store(self._host.settings, self._host.registry)
            url = self._host.settings.files_address
            self._store = self._host.provider(
                FileStore, urlsplit(url).scheme, {"url": url}, time_limit=CALL_LIMIT
            )
        return self._store

    @asynccontextmanager
    async def writing(
        self, contents: Sequence[bytes], content_type: str
    ) -> AsyncGenerator[list[WrittenFile]]:
        """Write files, for the transaction inside the block to keep.

        When the block fails they go at once; should the process end there, a job clears them
        away. UnavailableError while the store does not answer.
        """
        written: list[WrittenFile] = []
        try:
            for content in contents:
                written.append(await self._write(content, content_type))
            yield written
        except BaseException:
            await asyncio.shield(self._forget(written))
            raise

    async def _write(self, content: bytes, content_type: str) -> WrittenFile:
        digest = hashlib.sha256(content).digest()
        made = WrittenFile(new_id(), len(content), digest, content_type)
        await self.store.put(key_of(made.id), content, content_type)
        return made

    async def _forget(self, written: Collection[WrittenFile]) -> None:
        for one in written:
            try:
                await self.store.delete(key_of(one.id))
            except UnavailableError:
                _log.warning("file_left_to_the_job", file=str(one.id))

    async def read(self, kept: StoredFile) -> bytes:
        """A kept file's content. FileMissingError; UnavailableError when it was changed or cut."""
        content = await self.store.get(key_of(kept.id))
        if hashlib.sha256(content).digest() != kept.sha256:
            _log.error("file_damaged", file=str(kept.id))
            raise UnavailableError("This file is damaged.")
        return content

    async def pieces(self, file_id: UUID) -> AsyncIterator[bytes]:
        """A file's content in pieces, unchecked. FileMissingError."""
        return await self.store.stream(key_of(file_id))


def keep(uow: UnitOfWork, organization_id: UUID, written: WrittenFile) -> UUID:
    """Keep a written file for an organization, if this transaction commits; its id."""
    uow.session.add(
        StoredFile(
            id=written.id,
            organization_id=organization_id,
            size=written.size,
            sha256=written.sha256,
            content_type=written.content_type,
        )
    )
    return written.id


def discard(uow: UnitOfWork, written: WrittenFile) -> None:
    """A written file is not needed after all: it goes when this transaction commits."""
    uow.enqueue(_REMOVE, {"id": str(written.id)})


async def drop(uow: UnitOfWork, ids: Collection[UUID]) -> None:
    """Keep files no longer, if this transaction commits.

    Their bytes go an hour later: a backup that began before finds them.
    """
    await uow.session.flush()
    for file_id in await repository.remove(uow.session, ids):
        uow.enqueue(_REMOVE, {"id": str(file_id)}, delay=REMOVED_AFTER.total_seconds())


async def find(uow: UnitOfWork, file_id: UUID) -> StoredFile | None:
    """What is known of a kept file. The caller has found that it may be seen."""
    return await repository.find(uow.session, file_id)


async def remove_file(host: Host, payload: dict[str, Any]) -> None:
    """Job: take a file's bytes away whose row is gone."""
    await host.files.store.delete(key_of(UUID(payload["id"])))


async def clear_away(host: Host, _payload: dict[str, Any]) -> None:
    """Job: take away what was written a day ago or earlier and is kept by nobody."""
    before = clock.now() - ABANDONED_AFTER
    batch: list[UUID] = []
    async for found in await host.files.store.entries():
        file_id = _id_of(found.key)
        if file_id is None or found.changed_at >= before:
            continue
        batch.append(file_id)
        if len(batch) == _AT_ONCE:
            await _clear(host, batch)
            batch = []
    await _clear(host, batch)


async def _clear(host: Host, ids: Collection[UUID]) -> None:
    async with host.unit_of_work(Caller.program(), read_only=True) as uow:
        kept = await repository.known(uow.session, ids)
    for file_id in set(ids) - kept:
        await host.files.store.delete(key_of(file_id))


JOBS = [Job(_REMOVE, remove_file, title=N_("Take a file away"))]
SCHEDULES = [
    Schedule(
        Job("core.clear_files", clear_away, title=N_("Clear abandoned files away")), "7 3 * * *"
    )
]
