"""Webhooks: signed, tried again, noted, switched off; over real HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from arengo_core import clock
from arengo_core.caller import Caller, OrganizationKind, Role
from arengo_core.cli.supervisor import free_port
from arengo_core.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from arengo_core.ids import new_id
from arengo_core.outbox.events import Event
from arengo_core.testing.statements import counting
from arengo_core.webhooks import log, sending, service, signing
from arengo_core.webhooks.models import WebhookDelivery, WebhookEndpoint
from arengo_marketplace.contract import ActivationChanged, SettlementClosed
from tests.core.places import place

ROOT = Path(__file__).parents[2]
CHANGED = ActivationChanged.name


class Receiver:
    """A server that keeps what it gets and answers ``statuses`` in turn, the last for ever."""

    def __init__(self):
        self.got = []
        self.statuses = [204]
        self.url = ""

    async def __call__(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = dict(re.findall(r"^([\w-]+): (.*)\r$", head, re.M))
            headers = {name.lower(): value for name, value in headers.items()}
            body = await reader.readexactly(int(headers["content-length"]))
            self.got.append((headers, body))
            status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
        writer.close()


@pytest.fixture
async def receiver():
    made = Receiver()
    server = await asyncio.start_server(made, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    yield made
    server.close()


@pytest.fixture
async def shop(host, make_user, caller_for, receiver):
    """A shop, its merchant's caller, and a webhook to the receiver with its secret."""
    made = await place(host, "Forno", OrganizationKind.MERCHANT)
    person = await make_user((made.id, Role.MERCHANT))
    caller = await caller_for(person)
    async with host.unit_of_work(caller) as uow:
        endpoint, secret = await service.create(
            uow, host, organization_id=made.id, url=receiver.url, events=[CHANGED]
        )
    return made, person, caller, endpoint.id, secret


async def _happen(host, organization_id, state="active"):
    async with host.unit_of_work(Caller.program([organization_id])) as uow:
        uow.record(ActivationChanged(organization_id, new_id(), "storefront", state))


async def _entries(host, caller, endpoint_id):
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await log.of(uow, endpoint_id)


async def _next_attempt(host, run_jobs):
    """Run the next attempt, however long it would wait."""
    async with host.unit_of_work() as uow:
        await uow.session.execute(
            text(
                "update queue.pgqueuer set execute_after = now()"
                " where entrypoint = :n and status = 'queued'"
            ),
            {"n": service.SEND},
        )
    await run_jobs()


def test_signatures_are_those_of_the_published_example():
    made = signing.headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert made == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


async def test_an_event_arrives_signed_and_the_log_has_the_answer(host, shop, receiver, run_jobs):
    made, _, caller, endpoint_id, secret = shop
    await _happen(host, made.id)
    async with host.unit_of_work(Caller.program([made.id])) as uow:
        uow.record(SettlementClosed(made.id, new_id(), clock.today(), clock.today()))
    await run_jobs()
    [(headers, body)] = receiver.got
    said = json.loads(body)
    assert said["type"] == CHANGED
    assert said["data"]["organization_id"] == str(made.id)
    assert (said["data"]["service"], said["data"]["version"]) == ("storefront", 1)
    stamp = int(headers["webhook-timestamp"])
    assert abs(stamp - clock.now().timestamp()) < 60
    expected = signing.headers([secret], headers["webhook-id"], stamp, body)
    assert headers["webhook-signature"] == expected["webhook-signature"]
    [entry] = await _entries(host, caller, endpoint_id)
    assert entry.delivery.state == "delivered"
    assert entry.last.status == 204
    assert entry.last.milliseconds >= 0


def _start_documented(port, secret, out):
    with out.open("w") as file:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "docs/examples/webhook_receiver.py"), str(port)],
            env={**os.environ, "WEBHOOK_SECRET": secret},
            stdout=file,
        )


async def test_the_documented_receiver_takes_what_is_ours_and_refuses_the_rest(
    host, shop, run_jobs, tmp_path
):
    made, _, caller, endpoint_id, _ = shop
    port = free_port()
    async with host.unit_of_work(caller) as uow:
        await service.update(
            uow, host, endpoint_id, url=f"http://127.0.0.1:{port}/", events=[CHANGED]
        )
    async with host.unit_of_work(caller) as uow:
        secret = await service.rotate(uow, host, endpoint_id)
    out = tmp_path / "out"
    program = _start_documented(port, secret, out)
    try:
        async with asyncio.timeout(120):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.05)
                    continue
                writer.close()
                break
        await _happen(host, made.id)
        await run_jobs()
        [entry] = await _entries(host, caller, endpoint_id)
        assert (entry.delivery.state, entry.last.status) == ("delivered", 204)
        body = entry.delivery.body.encode()
        forged = signing.headers(
            [signing.new_secret()], "msg_x", int(clock.now().timestamp()), body
        )
        answer = await host.outbound.send(
            "POST", f"http://127.0.0.1:{port}/", content=body, headers=forged
        )
        assert answer.status == 401
    finally:
        program.kill()
        program.wait(timeout=60)
    assert out.read_text().count(CHANGED) == 1


async def test_a_failed_delivery_is_tried_again_under_the_same_id(host, shop, receiver, run_jobs):
    made, _, caller, endpoint_id, _ = shop
    receiver.statuses = [500, 302, 200]
    await _happen(host, made.id)
    await run_jobs()
    assert len(receiver.got) == 1, "the next attempt waits"
    for _ in range(3):
        await _next_attempt(host, run_jobs)
    assert len(receiver.got) == 3
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    [entry] = await _entries(host, caller, endpoint_id)
    assert entry.delivery.state == "delivered"
    assert [one.status for one in entry.attempts] == [500, 302, 200]
    async with host.unit_of_work(caller, read_only=True) as uow:
        assert (await service.get(uow, endpoint_id)).failing_since is None


async def test_a_job_that_comes_twice_sends_once(host, shop, receiver, run_jobs):
    made, _, caller, endpoint_id, _ = shop
    await _happen(host, made.id)
    await run_jobs()
    [entry] = await _entries(host, caller, endpoint_id)
    again = {"organization": str(made.id), "delivery": str(entry.delivery.id), "attempt": 0}
    await sending.send(host, again)
    assert len(receiver.got) == 1


async def test_after_the_last_attempt_it_is_given_up_and_sent_again_by_hand(
    host, shop, receiver, run_jobs
):
    made, _, caller, endpoint_id, _ = shop
    receiver.statuses = [503]
    await _happen(host, made.id)
    await run_jobs()
    for _ in range(len(sending.PAUSES) + 2):
        await _next_attempt(host, run_jobs)
    assert len(receiver.got) == len(sending.PAUSES) + 1
    [entry] = await _entries(host, caller, endpoint_id)
    assert entry.delivery.state == "failed"
    receiver.statuses = [200]
    async with host.unit_of_work(caller) as uow:
        await service.resend(uow, entry.delivery.id)
    async with host.unit_of_work(caller) as uow:
        with pytest.raises(ConflictError):
            await service.resend(uow, entry.delivery.id)
    await run_jobs()
    [entry] = await _entries(host, caller, endpoint_id)
    assert entry.delivery.state == "delivered"
    assert len(entry.attempts) == len(sending.PAUSES) + 2


async def test_an_address_where_nobody_listens_is_noted_in_words(host, shop, run_jobs):
    made, _, caller, endpoint_id, _ = shop
    async with host.unit_of_work(caller) as uow:
        url = f"http://127.0.0.1:{free_port()}/"
        await service.update(uow, host, endpoint_id, url=url, events=[CHANGED])
    await _happen(host, made.id)
    await run_jobs()
    [entry] = await _entries(host, caller, endpoint_id)
    assert entry.last.status is None
    assert entry.last.error.startswith("ConnectError")
    assert entry.delivery.state == "waiting"


async def test_after_days_of_failure_it_is_switched_off_and_the_organization_told(
    host, shop, receiver, run_jobs, mailbox, visit
):
    made, person, caller, endpoint_id, _ = shop
    receiver.statuses = [500]
    await _happen(host, made.id)
    await run_jobs()
    async with host.unit_of_work(caller) as uow:
        endpoint = await service.get(uow, endpoint_id)
        assert endpoint.failing_since is not None
        endpoint.failing_since -= sending.PATIENCE + timedelta(minutes=1)
    await _next_attempt(host, run_jobs)
    await run_jobs()
    async with host.unit_of_work(caller, read_only=True) as uow:
        assert (await service.get(uow, endpoint_id)).off_since is not None
    mails = [mail for mail in mailbox.to(person.email) if "webhook" in mail["subject"].lower()]
    assert len(mails) == 1
    assert receiver.url in mails[0]["text"]
    sent = len(receiver.got)
    await _happen(host, made.id)
    await _next_attempt(host, run_jobs)
    assert len(receiver.got) == sent, "nothing is sent any more"
    [entry] = await _entries(host, caller, endpoint_id)
    assert entry.delivery.state == "failed"
    async with host.unit_of_work(caller) as uow:
        with pytest.raises(ConflictError):
            await service.resend(uow, entry.delivery.id)
    visitor = await visit(person)
    assert (await visitor.post(f"/office/webhooks/{endpoint_id}/on")).status_code == 303
    receiver.statuses = [200]
    await _happen(host, made.id)
    await run_jobs()
    assert len(receiver.got) == sent + 1
    async with host.unit_of_work(Caller.program([made.id])) as uow:
        acts = text("select action from core.audit_entry where organization_id = :o order by id")
        rows = (await uow.session.scalars(acts, {"o": made.id})).all()
    assert [row for row in rows if row.startswith("webhook.")] == [
        "webhook.created",
        "webhook.switched_off",
        "webhook.switched_on",
    ]


async def test_gone_switches_off_at_once(host, shop, receiver, run_jobs):
    made, _, caller, endpoint_id, _ = shop
    receiver.statuses = [410]
    await _happen(host, made.id)
    await run_jobs()
    async with host.unit_of_work(caller, read_only=True) as uow:
        assert (await service.get(uow, endpoint_id)).off_since is not None


async def test_for_a_day_both_secrets_sign_then_the_new_one_alone(host, shop, receiver, run_jobs):
    made, _, caller, endpoint_id, former = shop
    async with host.unit_of_work(caller) as uow:
        secret = await service.rotate(uow, host, endpoint_id)
    assert secret != former
    await _happen(host, made.id)
    await run_jobs()
    async with host.unit_of_work(caller) as uow:
        (await service.get(uow, endpoint_id)).former_until -= service.OVERLAP
    await _happen(host, made.id)
    await run_jobs()
    for (headers, body), valid in zip(receiver.got, ([secret, former], [secret]), strict=True):
        stamp = int(headers["webhook-timestamp"])
        expected = signing.headers(valid, headers["webhook-id"], stamp, body)
        assert headers["webhook-signature"] == expected["webhook-signature"]


@pytest.mark.usefixtures("shop")
async def test_events_of_others_are_not_sent(host, receiver, run_jobs):
    other = await place(host, "Latteria", OrganizationKind.MERCHANT)
    await _happen(host, other.id)
    await run_jobs()
    assert receiver.got == []


async def test_only_events_that_the_organization_may_see_are_offered(host, shop):
    made, _, caller, endpoint_id, _ = shop
    async with host.unit_of_work(caller) as uow:
        offered = await service.events_for(uow, host, made.id)
        assert CHANGED in offered
        assert SettlementClosed.name not in offered, "that happens to consortia"
        assert "storefront.merchant_order_placed" not in offered, "it has no storefront"
        for events in ([], ["storefront.merchant_order_placed"], ["nonsense"]):
            with pytest.raises(InvalidInputError) as refused:
                await service.update(
                    uow, host, endpoint_id, url="https://example.it/", events=events
                )
            assert refused.value.field == "events"
        for url in ("http://example.it/", "https://10.0.0.1/", "nonsense"):
            with pytest.raises(InvalidInputError) as refused:
                await service.update(uow, host, endpoint_id, url=url, events=[CHANGED])
            assert refused.value.field == "url"


async def test_others_and_clerks_see_and_do_nothing(host, shop, make_user, caller_for):
    made, _, _, endpoint_id, _ = shop
    clerk = await caller_for(await make_user((made.id, Role.CLERK)))
    other = await place(host, "Latteria", OrganizationKind.MERCHANT)
    stranger = await caller_for(await make_user((other.id, Role.MERCHANT)))
    for caller, error in ((clerk, ForbiddenError), (stranger, NotFoundError)):
        async with host.unit_of_work(caller) as uow:
            for act in (
                service.get(uow, endpoint_id),
                service.rotate(uow, host, endpoint_id),
                service.remove(uow, endpoint_id),
                log.of(uow, endpoint_id),
            ):
                with pytest.raises(error):
                    await act
    async with host.unit_of_work(stranger) as uow:
        assert (await uow.session.scalars(select(WebhookEndpoint))).all() == []


async def test_the_pages_show_the_secret_once_and_the_log(host, shop, visit, run_jobs, receiver):
    made, person, _, endpoint_id, former = shop
    visitor = await visit(person)
    wrong = await visitor.post("/office/webhooks", {"url": "http://10.0.0.1/", "events": CHANGED})
    assert wrong.status_code == 400
    assert "http://10.0.0.1/" in wrong.text, "what was typed is kept"
    answer = await visitor.post("/office/webhooks", {"url": receiver.url, "events": CHANGED})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    [secret] = set(re.findall(r"whsec_[\w+/=]+", answer.text))
    page = await visitor.get(f"/office/webhooks/{endpoint_id}")
    assert secret not in page.text
    assert former not in page.text
    rotated = await visitor.post(f"/office/webhooks/{endpoint_id}/secret")
    assert "whsec_" in rotated.text
    await _happen(host, made.id)
    await run_jobs()
    page = (await visitor.get(f"/office/webhooks/{endpoint_id}")).text
    [number] = re.findall(r"/office/webhook-deliveries/([\w-]+)/resend", page)
    assert (await visitor.post(f"/office/webhook-deliveries/{number}/resend")).status_code == 303
    await run_jobs()
    sent = [headers["webhook-id"] for headers, _ in receiver.got]
    assert sent.count(f"msg_{number.replace('-', '')}") == 2
    assert (await visitor.post(f"/office/webhooks/{endpoint_id}/remove")).status_code == 303
    async with host.unit_of_work(Caller.program([made.id])) as uow:
        kept = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
        assert (await uow.session.scalars(kept)).all() == []


async def test_graphql_makes_lists_and_resends(host, shop, visit, run_jobs):
    from arengo_core.api.scalars import global_id

    made, person, _, endpoint_id, _ = shop
    visitor = await visit(person)
    place_id = global_id("Organization", made.id)
    await _happen(host, made.id)
    await run_jobs()
    asked = await visitor.graphql(
        "query($o: ID!, $w: ID!) { webhooks(organizationId: $o) { url events offSince }"
        " webhookEvents(organizationId: $o) { name title }"
        " webhookDeliveries(webhookId: $w) { id state event attempts { status milliseconds } } }",
        o=place_id,
        w=global_id("Webhook", endpoint_id),
    )
    assert [one["events"] for one in asked["data"]["webhooks"]] == [[CHANGED]]
    assert CHANGED in {one["name"] for one in asked["data"]["webhookEvents"]}
    [sent] = asked["data"]["webhookDeliveries"]
    assert (sent["state"], sent["attempts"][0]["status"]) == ("delivered", 204)
    resent = await visitor.graphql(
        "mutation($d: ID!) { resendWebhookDelivery(deliveryId: $d)"
        " { deliveryId userErrors { code } } }",
        d=sent["id"],
    )
    assert resent["data"]["resendWebhookDelivery"]["deliveryId"] == sent["id"]
    refused = await visitor.graphql(
        'mutation($o: ID!) { createWebhook(organizationId: $o, url: "ftp://x", events: [])'
        " { secret userErrors { field code } } }",
        o=place_id,
    )
    assert refused["data"]["createWebhook"] == {
        "secret": None,
        "userErrors": [{"field": "url", "code": "INVALID"}],
    }


@pytest.mark.parametrize("rows", [1, 3])
async def test_the_log_asks_three_times_whatever_its_length(host, shop, run_jobs, rows):
    made, _, caller, endpoint_id, _ = shop
    for _ in range(rows):
        await _happen(host, made.id)
    await run_jobs()
    async with host.unit_of_work(caller, read_only=True) as uow:
        await uow.session.execute(text("select 1"))
        with counting(host) as counted:
            assert len(await log.of(uow, endpoint_id)) == rows
    assert len(counted) == 3


def test_the_docs_name_every_event_of_ours_with_its_fields(host):
    page = (ROOT / "docs/how-to/receive-webhooks.md").read_text()
    rows = re.findall(r"^\| `([\w.]+)` \| (.*?) \| (.*?) \|$", page, re.M)
    told = {name: (title, re.findall(r"`(\w+)`", own)) for name, title, own in rows}
    common = {field.name for field in fields(Event)}
    ours = {
        name: (owned.value.title, [f.name for f in fields(owned.value) if f.name not in common])
        for name, owned in host.registry.published.items()
        if owned.plugin in {"marketplace", "storefront", "payments", "delivery", "communications"}
    }
    assert told == ours
