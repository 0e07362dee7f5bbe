"""Usage that a remote plugin reports: signed, of its own meters, of members who agreed to it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import func, select

from arengo_core.caller import Caller
from arengo_core.plugins import gate
from arengo_core.webhooks import signing
from arengo_marketplace.metering.models import UsageRecord

PATH = "/webhooks/remote/permits/usage"


@pytest.fixture
async def valley(make_consortium, make_municipality, make_offer, activate):
    consortium = await make_consortium()
    having = await make_municipality(consortium.id, "014045")
    without = await make_municipality(consortium.id, "014061")
    activation = await activate(having.id, await make_offer(consortium.id, "permits"))
    return having, without, activation


@pytest.fixture
async def report(app, registered):
    async def send(*readings, secret=registered, path=PATH, age=0):
        body = json.dumps({"readings": list(readings)}).encode()
        stamp = int(datetime.now(UTC).timestamp()) - age
        headers = signing.headers([secret], "msg_1", stamp, body)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.post(path, content=body, headers=headers)

    return send


def _reading(member, **changes):
    return {
        "meter": "permits.issued",
        "organization_id": str(member.id),
        "quantity": 2,
        "occurred_at": datetime.now(UTC).isoformat(),
        "key": "permit-17",
        **changes,
    }


async def _counted(host, *members):
    async with host.unit_of_work(Caller.program([m.id for m in members])) as uow:
        ids = [member.id for member in members]
        statement = select(func.sum(UsageRecord.quantity)).where(
            UsageRecord.organization_id.in_(ids)
        )
        return await uow.session.scalar(statement)


async def test_a_reading_counts_once(host, far_side, valley, report):
    having, _, _ = valley
    first = await report(_reading(having))
    assert (first.status_code, first.json()) == (200, {"new": 1})
    again = await report(_reading(having))
    assert again.json() == {"new": 0}
    assert await _counted(host, having) == 2


async def test_nothing_else_is_counted(host, far_side, valley, report):
    having, without, activation = valley
    refused = [
        (await report(_reading(without)), 403),
        (await report(_reading(having), _reading(without)), 403),
        (await report(_reading(having, meter="delivery.parcels")), 403),
        (await report(_reading(having), secret=signing.new_secret()), 400),
        (await report(_reading(having), age=400), 400),
        (await report(_reading(having), path="/webhooks/remote/delivery/usage"), 400),
        (await report(_reading(having, quantity="many")), 400),
        (await report({}), 400),
        (await report(*[_reading(having)] * 501), 400),
    ]
    assert [answer.status_code for answer, _ in refused] == [status for _, status in refused]
    async with host.unit_of_work() as uow:
        await gate.set_grants(uow.session, activation.id, ["marketplace.membership:read"])
    assert (await report(_reading(having))).status_code == 403
    assert await _counted(host, having, without) is None
