"""What every file store must do: subclass :class:`FileStoreContract`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.files.contract import FileInfo, FileMissingError, FileStore
from arengo_core.ids import new_id
from arengo_core.testing.contracts import ContractTests, FarSide

_TYPE = "application/octet-stream"
_LARGE = bytes(range(256)) * 12_000


class FileStoreContract(ContractTests):
    """Give the fixtures ``store``, whose files nobody else touches meanwhile, ``impatient`` and
    ``far_side``.
    """

    contract = FileStore

    @pytest.fixture
    def store(self) -> FileStore:
        """The store under test."""
        raise NotImplementedError(f"{type(self).__name__} gives no fixture store")

    @pytest.fixture
    def impatient(self, store: FileStore) -> FileStore:
        """The same store by way of calls with a short time limit."""
        return store

    @pytest.fixture
    def key(self) -> str:
        """A key that no other test uses."""
        return f"{new_id().hex[-2:]}/{new_id()}"

    async def keep(self, store: FileStore, key: str, content: bytes) -> None:
        """Put a file."""
        await self.in_time(store.put(key, content, _TYPE))

    async def fault_of(self, call: Awaitable[Any]) -> Exception | None:
        """What a call raises; TimeoutError when it lasts longer than its time limit."""
        try:
            await self.in_time(call)
        except Exception as error:
            return error
        return None

    async def listed(self, store: FileStore, prefix: str = "") -> dict[str, FileInfo]:
        """The files under a prefix."""
        found = await self.in_time(store.entries(prefix))
        return {one.key: one async for one in found}

    @pytest.mark.parametrize("content", [b"", b"\x00\xff", _LARGE], ids=["none", "two", "large"])
    async def test_what_was_put_comes_back(
        self, store: FileStore, key: str, content: bytes
    ) -> None:
        await self.keep(store, key, content)
        assert await self.in_time(store.get(key)) == content
        pieces = [piece async for piece in await self.in_time(store.stream(key))]
        assert b"".join(pieces) == content, "its pieces are another file"

    async def test_it_knows_size_and_time(self, store: FileStore, key: str) -> None:
        await self.keep(store, key, b"four")
        found = await self.in_time(store.find(key))
        assert found is not None, "it does not find what was put"
        assert (found.key, found.size) == (key, 4)
        assert found.changed_at.tzinfo is not None, "the time has no zone"
        assert abs(datetime.now(UTC) - found.changed_at) < timedelta(hours=1)

    async def test_putting_again_replaces_the_whole(self, store: FileStore, key: str) -> None:
        await self.keep(store, key, b"a long content")
        await self.keep(store, key, b"short")
        assert await self.in_time(store.get(key)) == b"short"
        assert list(await self.listed(store, key.partition("/")[0])).count(key) == 1

    async def test_a_reader_never_sees_a_part(self, store: FileStore, key: str) -> None:
        contents = (_LARGE, _LARGE[::-1])
        await self.keep(store, key, contents[0])

        async def write() -> None:
            for content in contents * 2:
                await self.keep(store, key, content)

        writing = asyncio.create_task(write())
        while not writing.done():
            assert await self.in_time(store.get(key)) in contents, "a reader saw a part of a file"
        await writing

    async def test_what_is_not_there_is_missing(self, store: FileStore, key: str) -> None:
        assert await self.in_time(store.find(key)) is None
        with pytest.raises(FileMissingError):
            await self.in_time(store.get(key))
        with pytest.raises(FileMissingError):
            await self.in_time(store.stream(key))

    async def test_deleting_takes_one_file_and_may_be_repeated(
        self, store: FileStore, key: str
    ) -> None:
        neighbour = f"{key}-2"
        await self.keep(store, key, b"goes")
        await self.keep(store, neighbour, b"stays")
        for _ in range(2):
            await self.in_time(store.delete(key))
        assert await self.in_time(store.find(key)) is None
        assert await self.in_time(store.get(neighbour)) == b"stays"

    async def test_it_lists_what_is_under_a_prefix(self, store: FileStore) -> None:
        folder = new_id().hex
        inside = {f"{folder}/a", f"{folder}/b/c.webp"}
        for key in (*inside, f"{folder}-other/a", f"{folder}.b"):
            await self.keep(store, key, b"123")
        found = await self.listed(store, folder)
        assert found.keys() == inside
        assert {one.size for one in found.values()} == {3}
        assert (await self.listed(store)).keys() >= inside
        assert await self.listed(store, f"{folder}/none") == {}

    @pytest.mark.parametrize(
        "bad", ["", "/a", "a/", "a//b", "../a", "a/../../b", "a/.b", "A", "a b", "a\0", "a" * 201]
    )
    async def test_a_key_that_leaves_the_store_is_refused(self, store: FileStore, bad: str) -> None:
        for call in (store.put(bad, b"x", _TYPE), store.get(bad), store.delete(bad)):
            with pytest.raises(InvalidInputError):
                await self.in_time(call)

    async def test_a_lost_answer_leaves_a_whole_file_or_none(
        self, store: FileStore, key: str, far_side: FarSide
    ) -> None:
        await far_side.lose_next_answer()
        fault = await self.fault_of(store.put(key, _LARGE, _TYPE))
        assert not isinstance(fault, ArengoError), "a lost answer is no answer"
        found = await self.in_time(store.find(key))
        assert found is None or found.size == len(_LARGE)
        assert fault is not None or found is not None, "it says that it kept the file"
        await self.keep(store, key, _LARGE)
        assert await self.in_time(store.get(key)) == _LARGE

    async def test_silence_ends_within_the_time_limit_and_is_no_missing_file(
        self, store: FileStore, impatient: FileStore, key: str, far_side: FarSide
    ) -> None:
        await self.keep(store, key, b"here")
        await far_side.fall_silent()
        fault = await self.fault_of(impatient.get(key))
        assert not isinstance(fault, TimeoutError), str(fault)
        assert not isinstance(fault, ArengoError), "silence is no answer"
