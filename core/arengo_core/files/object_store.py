"""The store over Apache's object_store (obstore): a folder, S3, and what speaks S3."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore.store import LocalStore, S3Store

from arengo_core.files.contract import FileInfo, FileMissingError, checked_key

if TYPE_CHECKING:
    from obstore import Attributes

_PIECE = 1_000_000


@contextmanager
def _missing(key: str) -> Generator[None]:
    try:
        yield
    except FileNotFoundError:
        raise FileMissingError(key) from None


def _info(meta: Any) -> FileInfo:
    return FileInfo(meta["path"], meta["size"], meta["last_modified"])


class ObjectFileStore:
    """Keeps files in any of obstore's stores; ``has_types``: it keeps content types too."""

    def __init__(self, store: Any, *, has_types: bool) -> None:
        self._store = store
        self._has_types = has_types

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        """In one request, or into a file that is renamed when it is whole."""
        types: Attributes | None = {"Content-Type": content_type} if self._has_types else None
        await obstore.put_async(
            self._store, checked_key(key), content, attributes=types, use_multipart=False
        )

    async def get(self, key: str) -> bytes:
        """Whole."""
        with _missing(checked_key(key)):
            found = await obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """In pieces of a megabyte or more."""
        with _missing(checked_key(key)):
            found = await obstore.get_async(self._store, key)

        async def pieces() -> AsyncIterator[bytes]:
            async for piece in found.stream(min_chunk_size=_PIECE):
                yield bytes(piece)

        return pieces()

    async def find(self, key: str) -> FileInfo | None:
        """By a HEAD request or a look into the folder."""
        try:
            return _info(await obstore.head_async(self._store, checked_key(key)))
        except FileNotFoundError:
            return None

    async def delete(self, key: str) -> None:
        """S3 answers the same where there is none; a folder does not."""
        try:
            await obstore.delete_async(self._store, checked_key(key))
        except FileNotFoundError:
            return

    async def entries(self, prefix: str = "") -> AsyncIterator[FileInfo]:
        """Page by page, as the store gives them."""
        under = checked_key(prefix) if prefix else None

        async def found() -> AsyncIterator[FileInfo]:
            async for page in obstore.list(self._store, under):
                for meta in page:
                    yield _info(meta)

        return found()


def in_folder(path: Path) -> ObjectFileStore:
    """Files in a folder, which is made where it is missing."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return ObjectFileStore(LocalStore(path, automatic_cleanup=False), has_types=False)


def at_s3(bucket: str, prefix: str, time_limit: float, **config: Any) -> ObjectFileStore:
    """Files in a bucket; ``config`` as obstore names it. Seconds for a call with its retry.

    What ``config`` leaves out (region, credentials) comes from the usual ``AWS_*`` variables.
    """
    once = timedelta(seconds=time_limit / 2)
    store = S3Store(
        bucket,
        prefix=prefix or None,
        client_options={
            "allow_http": str(config.get("endpoint", "")).startswith("http://"),
            "timeout": once,
            "connect_timeout": once,
        },
        retry_config={"max_retries": 1, "retry_timeout": timedelta(seconds=time_limit)},
        **config,
    )
    return ObjectFileStore(store, has_types=True)
