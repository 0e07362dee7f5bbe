"""PostgreSQL is killed under checkouts: none is lost or doubled, and the program goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller
from arengo_core.database.embedded import EmbeddedServer
from arengo_core.database.setup import migrate_all
from arengo_core.host import Host
from arengo_core.jobs.queue import SCHEMA as QUEUE
from arengo_core.plugins.manager import load_plugins
from arengo_core.testing.database import roles_on
from tests.chaos.buying import CONTACT, buy
from tests.valley import make_valley

__all__ = ["make_valley"]

SHOPPERS, ORDERS_EACH = 4, 4
ORDERS = SHOPPERS * ORDERS_EACH
KILLED_AFTER = 3


@pytest.fixture
def own_server():
    """A PostgreSQL of this test alone, which keeps what it confirms."""
    with tempfile.TemporaryDirectory(prefix="arengo-killed-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o755)  # it may run as another user
        server = EmbeddedServer(folder / "postgres")
        server.start()
        yield server
        server.remove()


@pytest.fixture
async def host(settings, own_server):
    """A host on it."""
    logins = await roles_on(own_server)
    urls = await logins.recreate("valley")
    registry = await migrate_all(urls, load_plugins())
    own = settings.model_copy(update={"database_url": urls.app, "database_owner_url": urls.owner})
    made = Host.create(own, registry, urls.app)
    yield made
    await made.close()


def _kill(server: EmbeddedServer) -> None:
    """SIGKILL to the postmaster, then to each of its processes."""
    pid_file = server.folder / "home" / "data" / "postmaster.pid"
    postmaster = int(pid_file.read_text().splitlines()[0])
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    children = [int(pid) for pid, parent in map(str.split, listed) if int(parent) == postmaster]
    for process in (postmaster, *children):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


async def _until(true) -> None:
    while not await true():
        await asyncio.sleep(0.1)


async def _count(host, query, merchant):
    async with host.unit_of_work(Caller.program([merchant])) as uow:
        return await uow.session.scalar(text(query))


async def test_no_order_is_lost_or_doubled_when_postgresql_is_killed(
    host, make_valley, running, own_server, mailbox
):
    valley = await make_valley()
    dairy, variant = valley.dairy.id, str(global_id("Variant", valley.cheese.variant_id))
    orders = "select count(*) from storefront.merchant_order"
    async with (
        running("serve", on=host) as shop,
        running("worker", on=host, smtp_url=mailbox.smtp_url) as worker,
    ):
        await shop.back()
        told: list[str] = []

        async def shopper():
            for _ in range(ORDERS_EACH):
                told.append(await buy(shop, variant))

        buying = [asyncio.create_task(shopper()) for _ in range(SHOPPERS)]

        async def begun():
            return await _count(host, orders, dairy) >= KILLED_AFTER

        await _until(begun)
        _kill(own_server)
        assert len(told) < ORDERS

        async with httpx.AsyncClient(base_url=shop.base, trust_env=False, timeout=120) as visitor:
            ready = await visitor.get("/health/ready")
            assert (ready.status_code, ready.json()["status"]) == (503, "down")
            assert (await visitor.get("/health/live")).status_code == 200
            for address in (shop.base, shop.base.replace("127.0.0.1", "localhost")):
                page = await visitor.get(f"{address}/?lang=en", headers={"accept": "text/html"})
                assert page.status_code == 503, page.text
                assert "The service is being looked after" in page.text
                assert "Try again" in page.text
            own = {"cookie": "arengo_session=somebody", "accept": "text/html"}
            signed_in = await visitor.get("/office?lang=it", headers=own)
            assert signed_in.status_code == 503
            assert "La banca dati non risponde" in signed_in.text
            asked = await visitor.post("/graphql", json={"query": "{ consortia { name } }"})
            faults = [error["extensions"]["code"] for error in asked.json()["errors"]]
            assert faults == ["UNAVAILABLE"]

            own_server.start()
            await asyncio.gather(*buying)

            async def is_ready():
                return (await visitor.get("/health/ready")).status_code == 200

            await _until(is_ready)
        assert len(told) == len(set(told)) == ORDERS

        async def is_done():
            # Minutes go by: claims of jobs that fell with the database end, and pauses are over.
            await shop.fetch(
                "update storefront.notice set claimed_at = claimed_at - interval '3 minutes'"
                " where sent_at is null and claimed_at < now() - interval '10 seconds'"
            )
            await shop.fetch(
                f"update {QUEUE}.pgqueuer set execute_after = now()"
                " where status = 'queued' and execute_after > now() + interval '3 seconds'"
            )
            return not await shop.fetch(f"select 1 from {QUEUE}.pgqueuer")

        await _until(is_done)
        assert worker.process.poll() is None
    assert await _count(host, orders, dairy) == ORDERS
    assert await valley.left(valley.cheese) == (20 - ORDERS, 0)
    assert (await valley.movements(valley.cheese))["sold"] == -ORDERS
    # What follows an order followed each of them once: counted for the shop and its seat, and told.
    used = """select sum(quantity) as units from marketplace.usage_record
              where meter = 'storefront.orders' group by organization_id"""
    assert [int(row["units"]) for row in await shop.fetch(used)] == [ORDERS, ORDERS]
    notices = await shop.fetch("select sent_at from storefront.notice")
    assert len(notices) == 2 * ORDERS
    assert all(row["sent_at"] for row in notices)
    subjects = [mail["subject"] for mail in mailbox.to(CONTACT["email"])]
    assert [number for number in told if not any(number in one for one in subjects)] == []
    assert await shop.fetch("select message from core.plugin_failure") == []
