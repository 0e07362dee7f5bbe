"""A file store of each kind."""

from __future__ import annotations

import httpx
import pytest
import pytest_asyncio

from tests.core.conftest import host_with
from tests.files.s3 import BUCKET, relaying

__all__ = ["host_with"]


@pytest.fixture(scope="session")
def s3_port():
    """A server that speaks S3, with a bucket."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    assert httpx.put(f"http://127.0.0.1:{port}/{BUCKET}", timeout=60).is_success
    yield port
    server.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def s3(s3_port):
    """The relay before it."""
    async with relaying(s3_port) as relay:
        yield relay


@pytest.fixture
def s3_url(s3):
    """Its address as a setting."""
    return f"s3://key:secret@{BUCKET}/arengo?endpoint=http://127.0.0.1:{s3.port}&region=eu-south-1"
