"""The contract of file stores: where the bytes of photos and documents lie."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from arengo_core.errors import InvalidInputError, NotFoundError

_PART = "[a-z0-9][a-z0-9._-]*"
_KEY = re.compile(rf"(?=.{{1,200}}$){_PART}(/{_PART})*")


@dataclass(frozen=True, slots=True)
class FileInfo:
    """One file of a store: its size in bytes, and when it was last put (UTC)."""

    key: str
    size: int
    changed_at: datetime


class FileMissingError(NotFoundError):
    """There is no file under this key."""

    def __init__(self, key: str) -> None:
        super().__init__("There is no file {key}.", key=key)


def checked_key(key: str) -> str:
    """The same key. InvalidInputError for one that no store takes.

    A key has parts of small letters, digits, ``.``, ``-`` and ``_`` with ``/`` between them, none
    beginning with a dot, and at most 200 characters: no folder is left by it.
    """
    if not _KEY.fullmatch(key):
        raise InvalidInputError("{key} is no possible name of a file.", key=key[:200])
    return key


class FileStore(Protocol):
    """Keeps files under keys. Found by the scheme of ``ARENGO_FILES_URL``: a provider's key.

    Digests and content types are the host's to remember. What goes wrong on the far side is
    raised as it is: the host records it against the plugin and answers UnavailableError. Each
    method raises InvalidInputError for a key that :func:`checked_key` refuses.
    """

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        """Keep a file, in the place of what was there; nobody ever sees a part of it."""
        ...

    async def get(self, key: str) -> bytes:
        """A whole file. FileMissingError."""
        ...

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """A file in pieces. FileMissingError before the first one."""
        ...

    async def find(self, key: str) -> FileInfo | None:
        """What is known of a file; None where there is none."""
        ...

    async def delete(self, key: str) -> None:
        """Take a file away; nothing happens where there is none."""
        ...

    async def entries(self, prefix: str = "") -> AsyncIterator[FileInfo]:
        """All files, or those under ``prefix`` and a ``/``, in no particular order."""
        ...
