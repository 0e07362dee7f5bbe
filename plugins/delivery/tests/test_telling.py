"""What shoppers are told through communications, where their shop has it."""

from __future__ import annotations

import re

from sqlalchemy import text

from arengo_core.caller import Caller
from arengo_core.ids import new_id
from arengo_delivery.contract import ParcelState
from arengo_delivery.counter import service
from arengo_delivery.parcels import desk
from arengo_delivery.parcels.notices import tell


async def test_messages_go_through_communications_once_a_step(
    host, valley, announce, make_offer, activate, mailbox, run_jobs, caller_for
):
    offer = await make_offer(valley.consortium.id, "communications")
    await activate(valley.shop.id, offer, settings={"sender_name": "La Bottega", "reply_to": ""})
    request = valley.to_counter()
    parcel = await announce(request, ready=True)
    await run_jobs()
    async with host.unit_of_work(await caller_for(valley.clerk)) as uow:
        await service.receive(host, uow, organization_id=valley.town.id, code=parcel.tracking_code)
    payload = {"parcel": str(parcel.id), "merchant": str(valley.shop.id)}
    for _ in range(3):
        await tell(host, {**payload, "state": "at_pick_up_point", "issue": 1})
    await tell(host, {**payload, "state": "ready", "issue": 0})
    for _ in range(2):
        await run_jobs()
    mails = mailbox.to(request.recipient_email)
    assert len(mails) == 2
    [code] = re.findall(r"\b\d{3} \d{3}\b", mails[1]["text"])
    assert "<table" in mails[1]["html"]
    assert code in mails[1]["html"]
    async with host.unit_of_work(Caller.program([valley.shop.id])) as uow:
        kept = await uow.session.execute(text("select m::text from communications.message m"))
        assert code not in " ".join(kept.scalars())
        logged = await uow.session.execute(
            text("select topic, key from communications.message order by id")
        )
        assert [row.topic for row in logged] == ["parcel", "parcel"]


async def test_a_door_is_told_when_packed_and_when_delivered(
    host, valley, announce, mailbox, run_jobs, caller_for
):
    request = valley.parcel(locale="en", order_reference=f"A-{new_id().hex[-4:]}")
    parcel = await announce(request, ready=True)
    await run_jobs()
    for state in (ParcelState.IN_TRANSIT, ParcelState.DELIVERED):
        async with host.unit_of_work(await caller_for(valley.consortium.officer)) as uow:
            await desk.move(
                host,
                uow,
                organization_id=valley.consortium.id,
                parcel_id=parcel.id,
                state=state,
            )
        await run_jobs()
    packed, delivered = mailbox.to(request.recipient_email)
    assert packed["subject"] == "Your parcel from Bottega Prova is packed"
    assert delivered["subject"] == "Your parcel from Bottega Prova was delivered"
    assert request.order_reference in delivered["text"]
