"""Events reach a remote plugin as signed webhooks, of members with its service active alone."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.errors import ConflictError
from arengo_core.ids import new_id
from arengo_core.plugins import gate
from arengo_core.remote import events, service
from arengo_core.webhooks import log, signing
from arengo_core.webhooks import service as webhooks
from arengo_marketplace.contract import ActivationChanged
from arengo_marketplace.health import service as health


@pytest.fixture
async def valley(make_consortium, make_municipality, make_offer, activate):
    """A municipality with the service active, one without, and their consortium."""
    consortium = await make_consortium()
    having = await make_municipality(consortium.id, "014045")
    without = await make_municipality(consortium.id, "014061")
    activation = await activate(having.id, await make_offer(consortium.id, "permits"))
    return consortium, having, without, activation


async def _happen(host, *organizations):
    async with host.unit_of_work(Caller.program(organizations)) as uow:
        for organization in organizations:
            uow.record(ActivationChanged(organization, new_id(), "delivery", "active"))


async def _next_attempt(host, run_jobs):
    """Run the next attempt, however long it would wait."""
    async with host.unit_of_work() as uow:
        await uow.session.execute(
            text("update queue.pgqueuer set execute_after = now() where status = 'queued'")
        )
    await run_jobs()


async def _told_of(far_side, organization):
    return [
        (headers, json.loads(body))
        for headers, body in far_side.told
        if json.loads(body)["data"]["organization_id"] == str(organization)
    ]


async def test_it_is_told_signed_of_members_who_have_its_service(
    host, registered, far_side, valley, run_jobs
):
    _, having, without, _ = valley
    await run_jobs()
    far_side.told.clear()
    await _happen(host, having.id, without.id)
    await run_jobs()
    assert not await _told_of(far_side, without.id)
    [(headers, said)] = await _told_of(far_side, having.id)
    assert said["type"] == "marketplace.activation_changed"
    assert said["data"]["service"] == "delivery"
    [(_, body)] = far_side.told
    assert signing.is_genuine([registered], headers, body, clock.now())
    assert not signing.is_genuine([registered], headers, body + b" ", clock.now())


async def test_after_a_suspension_it_is_told_nothing_more(
    host, far_side, valley, run_jobs, registered
):
    _, having, _, activation = valley
    await run_jobs()
    async with host.unit_of_work() as uow:
        await gate.close_gate(uow.session, activation.id)
    far_side.told.clear()
    await _happen(host, having.id)
    await run_jobs()
    assert not far_side.told


async def test_without_the_members_grant_it_is_told_nothing(host, far_side, valley, run_jobs):
    _, having, _, activation = valley
    await run_jobs()
    async with host.unit_of_work() as uow:
        await gate.set_grants(uow.session, activation.id, ["marketplace.usage:write"])
    far_side.told.clear()
    await _happen(host, having.id)
    await run_jobs()
    assert not far_side.told


async def test_what_it_does_not_take_is_tried_again_given_up_and_replayed_by_hand(
    host, far_side, valley, run_jobs, caller_for
):
    consortium, having, _, _ = valley
    await run_jobs()
    far_side.told.clear()
    far_side.statuses = [503]
    await _happen(host, having.id)
    await run_jobs()
    caller = await caller_for(having.person)
    async with host.unit_of_work(caller, read_only=True) as uow:
        [endpoint] = await webhooks.of(uow, having.id)
        [entry, *_] = await log.of(uow, endpoint.id)
    assert endpoint.plugin == "permits"
    assert (entry.delivery.state, entry.last.status) == ("waiting", 503)
    officer = await caller_for(consortium.officer)
    async with host.unit_of_work(officer, read_only=True) as uow:
        found = await health.report(uow, host)
    [shown] = [one for one in found if one.key == "permits"]
    assert shown.state == "degraded"
    assert any(row.message.endswith("HTTP 503") for row in shown.failures)
    for _ in range(9):
        await _next_attempt(host, run_jobs)
    async with host.unit_of_work(caller, read_only=True) as uow:
        assert (await log.of(uow, endpoint.id))[0].delivery.state == "failed"
    far_side.statuses = [204]
    tries = {headers["webhook-id"] for headers, _ in far_side.told}
    async with host.unit_of_work() as uow:
        assert await events.replay(uow, "permits", [having.id]) == 1
    await run_jobs()
    async with host.unit_of_work(caller, read_only=True) as uow:
        assert (await log.of(uow, endpoint.id))[0].delivery.state == "delivered"
    assert {headers["webhook-id"] for headers, _ in far_side.told} == tries, "the id changed"


async def test_members_see_what_was_sent_and_cannot_change_the_address(
    host, far_side, valley, run_jobs, visit, caller_for
):
    _, having, _, _ = valley
    await _happen(host, having.id)
    await run_jobs()
    caller = await caller_for(having.person)
    async with host.unit_of_work(caller) as uow:
        [endpoint] = await webhooks.of(uow, having.id)
        for change in (
            webhooks.update(uow, host, endpoint.id, url=far_side.address, events=[]),
            webhooks.rotate(uow, host, endpoint.id),
            webhooks.remove(uow, endpoint.id),
        ):
            with pytest.raises(ConflictError):
                await change
        assert await webhooks.resend(uow, (await log.of(uow, endpoint.id))[0].delivery.id)
    visitor = await visit(having.person)
    listed = await visitor.get("/office/webhooks?lang=en")
    assert f'href="/office/webhooks/{endpoint.id}"' in listed.text
    shown = await visitor.get(f"/office/webhooks/{endpoint.id}?lang=en")
    assert "A service was switched on" in shown.text
    assert 'name="url"' not in shown.text
    assert "Permits" in shown.text


async def test_a_new_secret_signs_beside_the_former_one(host, far_side, valley, run_jobs):
    _, having, _, _ = valley
    await run_jobs()
    async with host.unit_of_work() as uow:
        former = host.cipher.decrypt((await service.get(uow, "permits")).secrets)["now"]
        made = await service.new_secret(uow, host, "permits")
    far_side.told.clear()
    await _happen(host, having.id)
    await run_jobs()
    [(headers, body)] = far_side.told
    assert made != former
    for secret in (made, former):
        assert signing.is_genuine([secret], headers, body, clock.now())
