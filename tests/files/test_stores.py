"""The stores that core brings keep their contract: a folder, and S3 over HTTP."""

from __future__ import annotations

import obstore
import pytest
from obstore.store import S3Store

from arengo_core.contract_tests import FileStoreContract
from arengo_core.errors import SettingsError
from arengo_core.files.object_store import at_s3, in_folder
from arengo_core.files.providers import make_folder, make_s3
from tests.files.s3 import BUCKET


class TestFolder(FileStoreContract):
    provider = "file"
    is_remote = False

    @pytest.fixture
    def store(self, tmp_path):
        return in_folder(tmp_path / "files")

    async def test_a_file_that_others_left_there_is_no_matter(self, store, key, tmp_path):
        (tmp_path / "files" / "notes.txt").write_text("mine")
        await self.keep(store, key, b"x")
        assert set(await self.listed(store)) == {key, "notes.txt"}


def _at(s3, time_limit):
    return at_s3(
        BUCKET,
        "contract",
        time_limit,
        endpoint=f"http://127.0.0.1:{s3.port}",
        region="eu-south-1",
        access_key_id="key",
        secret_access_key="secret",
    )


class TestS3(FileStoreContract):
    provider = "s3"

    @pytest.fixture
    def far_side(self, s3):
        return s3

    @pytest.fixture
    def store(self, s3):
        return _at(s3, self.time_limit)

    @pytest.fixture
    def impatient(self, s3):
        return _at(s3, 2.0)


async def test_s3_is_found_by_its_address_and_keeps_the_type(s3, s3_url):
    store = make_s3(None, {"url": s3_url})
    await store.put("aa/photo", b"RIFF", "image/webp")
    place = {"endpoint": f"http://127.0.0.1:{s3.port}", "region": "eu-south-1"}
    login = {"access_key_id": "key", "secret_access_key": "secret"}
    bucket = S3Store(BUCKET, client_options={"allow_http": True}, **place, **login)
    lying = await obstore.get_async(bucket, "arengo/aa/photo")
    assert lying.attributes["Content-Type"] == "image/webp"
    assert [one.key async for one in await store.entries("aa")] == ["aa/photo"]


async def test_a_folder_is_found_by_its_address(tmp_path):
    store = make_folder(None, {"url": (tmp_path / "valle è").as_uri()})
    await store.put("aa/photo", b"RIFF", "image/webp")
    assert (tmp_path / "valle è" / "aa" / "photo").read_bytes() == b"RIFF"
    assert (tmp_path / "valle è").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("make", "url"),
    [
        (make_folder, "file://server/share"),
        (make_folder, "file:relative"),
        (make_folder, "file:///dev/null/files"),
        (make_s3, "s3:///prefix"),
        (make_s3, "s3://bucket?regoin=eu-south-1"),
    ],
)
def test_an_address_that_means_nothing_is_refused_with_the_mend(make, url):
    with pytest.raises(SettingsError, match="ARENGO_FILES_URL"):
        make(None, {"url": url})
