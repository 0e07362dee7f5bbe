"""Files of the host: nothing of a failed transaction stays, nothing that is kept goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import SecretStr

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.errors import SettingsError, UnavailableError
from arengo_core.files import service
from arengo_core.files.contract import FileMissingError
from arengo_core.files.service import clear_away, key_of, remove_file, require_store
from arengo_core.ids import new_id
from arengo_core.plugins.manager import load_plugins
from arengo_core.settings import load_settings

TYPE = "image/webp"


async def keep(host, *contents):
    """Ids of files that are kept."""
    owner = new_id()
    async with (
        host.files.writing(contents, TYPE) as written,
        host.unit_of_work(Caller.program([owner])) as uow,
    ):
        return [service.keep(uow, owner, one) for one in written]


async def read(host, file_id):
    async with host.unit_of_work(read_only=True) as uow:
        kept = await service.find(uow, file_id)
    return await host.files.read(kept) if kept else None


async def lying(host):
    return {one.key async for one in await host.files.store.entries()}


@pytest.mark.parametrize("where", ["folder", "s3"])
async def test_a_file_is_kept_with_its_transaction_and_read_again(
    host_with, tmp_path, s3_url, where
):
    host = host_with(files_url=SecretStr(tmp_path.as_uri() if where == "folder" else s3_url))
    (file_id,) = await keep(host, b"RIFF")
    assert await read(host, file_id) == b"RIFF"
    async with host.unit_of_work(read_only=True) as uow:
        kept = await service.find(uow, file_id)
    assert (kept.size, kept.content_type) == (4, TYPE)
    await host.files.store.put(key_of(file_id), b"RIFT", TYPE)
    with pytest.raises(UnavailableError, match="damaged"):
        await read(host, file_id)


async def test_a_transaction_that_fails_leaves_no_file(host_with, tmp_path):
    host = host_with(files_url=SecretStr(tmp_path.as_uri()))
    (stays,) = await keep(host, b"before")
    with pytest.raises(ZeroDivisionError):
        async with (
            host.files.writing([b"a", b"b"], TYPE) as written,
            host.unit_of_work(Caller.program([new_id()])) as uow,
        ):
            service.keep(uow, new_id(), written[0])
            assert len(await lying(host)) == 3
            raise ZeroDivisionError
    assert await lying(host) == {key_of(stays)}
    assert await read(host, written[0].id) is None


async def test_a_file_goes_an_hour_after_its_row_and_not_before(host_with, tmp_path, database):
    host = host_with(files_url=SecretStr(tmp_path.as_uri()))
    gone, stays = await keep(host, b"gone", b"stays")
    with pytest.raises(ZeroDivisionError):
        async with host.unit_of_work(Caller.program()) as uow:
            await service.drop(uow, [gone])
            raise ZeroDivisionError
    assert await read(host, gone) == b"gone"
    noted = []
    async with host.unit_of_work(Caller.program()) as uow:
        uow.enqueue = lambda *job, **when: noted.append((job, when))
        await service.drop(uow, [gone])
    assert await read(host, gone) is None
    assert await lying(host) == {key_of(gone), key_of(stays)}
    assert noted == [(("core.remove_file", {"id": str(gone)}), {"delay": 3600.0})]
    await remove_file(host, noted[0][0][1])
    await remove_file(host, noted[0][0][1])
    assert await lying(host) == {key_of(stays)}


async def test_what_a_process_left_behind_is_cleared_away_after_a_day(
    host_with, tmp_path, move_clock
):
    host = host_with(files_url=SecretStr((tmp_path / "files").as_uri()))
    (kept,) = await keep(host, b"kept")
    abandoned = key_of(new_id())
    await host.files.store.put(abandoned, b"the process ended here", TYPE)
    await host.files.store.put("notes.txt", b"of somebody else", TYPE)
    await clear_away(host, {})
    assert await lying(host) == {key_of(kept), abandoned, "notes.txt"}
    move_clock(clock.now() + timedelta(days=1, minutes=1))
    await clear_away(host, {})
    assert await lying(host) == {key_of(kept), "notes.txt"}


async def test_a_store_that_does_not_answer_is_said_and_recorded(host_with, monkeypatch):
    nobody = "s3://key:secret@valley?endpoint=http://127.0.0.1:1&region=x"
    host = host_with(files_url=SecretStr(nobody))
    for call in (host.files.store.get("aa/b"), service.answers(host)):
        with pytest.raises(UnavailableError):
            await call
    assert host.guard.breaker("core", "FileStore s3.get").failures == 1


async def test_what_is_not_there_is_no_fault_of_the_store(host_with, tmp_path):
    host = host_with(files_url=SecretStr(tmp_path.as_uri()))
    for _ in range(6):
        with pytest.raises(FileMissingError):
            await host.files.store.get("aa/b")
    assert await service.answers(host)


def test_an_address_that_nobody_serves_is_refused_at_start(settings, tmp_path):
    registry = load_plugins()
    assert require_store(settings, registry) is None
    with pytest.raises(SettingsError, match=r"ARENGO_FILES_URL: .* ftp://; possible: file, s3"):
        require_store(settings.model_copy(update={"files_url": SecretStr("ftp://x")}), registry)


def test_the_secret_of_the_address_is_not_shown(monkeypatch):
    monkeypatch.setenv("ARENGO_FILES_URL", "s3://key:hidden@bucket")
    settings = load_settings()
    assert "hidden" not in repr(settings)
    assert settings.files_address == "s3://key:hidden@bucket"
