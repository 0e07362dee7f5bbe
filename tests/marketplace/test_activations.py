"""Activations: states, gates, cover, and what other members may see."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from arengo_core.plugins import gate
from arengo_marketplace.activations import repository, service
from arengo_marketplace.activations.models import Activation
from arengo_marketplace.contract import ActivationChanged
from arengo_marketplace.members import service as members


async def _active(host, member_id, key):
    async with host.unit_of_work(read_only=True) as uow:
        return await gate.is_active(uow.session, key, member_id)


async def _states(host, activation):
    async with host.unit_of_work(Caller.program([activation.organization_id])) as uow:
        rows = await repository.changes_of(uow.session, activation.organization_id, activation.id)
        return [(row.state, row.by, row.why) for row in rows]


async def test_a_municipality_switches_a_service_on_and_off_by_itself(
    host, make_consortium, make_offer, caller_for
):
    made = await make_consortium()
    offer = await make_offer(made.id, "bell")
    caller = await caller_for(made.lead_officer)
    assert not await _active(host, made.lead.id, "bell")

    async with host.unit_of_work(caller) as uow:
        activation = await service.request(
            uow, host, offer_id=offer.id, member_id=made.lead.id, forecast={"bell.strokes": "12"}
        )
    assert activation.state == "active"
    assert activation.forecast == {"bell.strokes": "12"}
    assert await _active(host, made.lead.id, "bell")
    assert not await _active(host, made.municipalities[1].id, "bell")

    async with host.unit_of_work(caller) as uow:
        await service.end(uow, host, activation_id=activation.id, why="Too loud")
    assert not await _active(host, made.lead.id, "bell")
    who = made.lead_officer.id
    assert await _states(host, activation) == [
        ("requested", who, ""),
        ("approved", who, ""),
        ("active", who, ""),
        ("ended", who, "Too loud"),
    ]


async def test_an_offer_with_approval_waits_for_the_office_and_then_for_the_member(
    host, make_consortium, make_offer, caller_for
):
    made = await make_consortium()
    offer = await make_offer(made.id, "bell", needs_approval=True)
    officer, office = await caller_for(made.lead_officer), await caller_for(made.officer)

    async with host.unit_of_work(officer) as uow:
        activation = await service.request(uow, host, offer_id=offer.id, member_id=made.lead.id)
    assert activation.state == "requested"
    with pytest.raises(ForbiddenError):
        async with host.unit_of_work(officer) as uow:
            await service.approve(uow, host, activation_id=activation.id)
    with pytest.raises(ConflictError):
        async with host.unit_of_work(officer) as uow:
            await service.confirm(uow, host, activation_id=activation.id)

    async with host.unit_of_work(office) as uow:
        await service.approve(uow, host, activation_id=activation.id, why="Council of May")
    assert not await _active(host, made.lead.id, "bell")
    async with host.unit_of_work(officer) as uow:
        await service.confirm(uow, host, activation_id=activation.id)
    assert await _active(host, made.lead.id, "bell")


async def test_the_office_suspends_with_a_reason_and_lets_go_on(
    host, make_consortium, make_offer, activate, caller_for
):
    made = await make_consortium()
    activation = await activate(made.lead.id, await make_offer(made.id, "bell"))
    office, officer = await caller_for(made.officer), await caller_for(made.lead_officer)

    with pytest.raises(InvalidInputError) as refused:
        async with host.unit_of_work(office) as uow:
            await service.suspend(uow, host, activation_id=activation.id, why=" ")
    assert refused.value.field == "why"
    with pytest.raises(ForbiddenError):
        async with host.unit_of_work(officer) as uow:
            await service.suspend(uow, host, activation_id=activation.id, why="I may not")

    async with host.unit_of_work(office) as uow:
        await service.suspend(uow, host, activation_id=activation.id, why="Bill unpaid")
    assert not await _active(host, made.lead.id, "bell")
    async with host.unit_of_work(office) as uow:
        await service.resume(uow, host, activation_id=activation.id)
    assert await _active(host, made.lead.id, "bell")


@pytest.mark.parametrize("step", ["approve", "confirm", "resume", "suspend", "end"])
async def test_an_ended_activation_stays_ended(host, make_consortium, make_offer, activate, step):
    made = await make_consortium()
    activation = await activate(made.lead.id, await make_offer(made.id, "bell"))
    caller = Caller.program([made.lead.id], [made.id])
    async with host.unit_of_work(caller) as uow:
        await service.end(uow, host, activation_id=activation.id)
    arguments = {"why": "again"} if step == "suspend" else {}
    with pytest.raises(ConflictError):
        async with host.unit_of_work(caller) as uow:
            await getattr(service, step)(uow, host, activation_id=activation.id, **arguments)


async def test_a_service_rests_on_another(host, make_consortium, make_offer, activate):
    made = await make_consortium()
    bell, choir = await make_offer(made.id, "bell"), await make_offer(made.id, "choir")
    with pytest.raises(ConflictError, match="Bell"):
        await activate(made.lead.id, choir)
    base = await activate(made.lead.id, bell)
    upper = await activate(made.lead.id, choir)
    caller = Caller.program([made.lead.id])
    with pytest.raises(ConflictError, match="Choir"):
        async with host.unit_of_work(caller) as uow:
            await service.end(uow, host, activation_id=base.id)
    async with host.unit_of_work(caller) as uow:
        await service.end(uow, host, activation_id=upper.id)
        await service.end(uow, host, activation_id=base.id)
    assert not await _active(host, made.lead.id, "bell")


async def test_cover_opens_the_gate_for_merchants_seated_now_and_later(
    host, make_consortium, make_merchant, make_offer, activate
):
    made = await make_consortium()
    town, other = made.municipalities[1], made.municipalities[2]
    early = await make_merchant(made.id, town.id)
    elsewhere = await make_merchant(made.id, other.id)
    offer = await make_offer(made.id, "bell", covers_merchants=True)

    activation = await activate(town.id, offer)
    late = await make_merchant(made.id, town.id)
    assert await _active(host, early.id, "bell")
    assert await _active(host, late.id, "bell")
    assert not await _active(host, elsewhere.id, "bell")

    caller = Caller.program([made.id, town.id])
    async with host.unit_of_work(caller) as uow:
        await members.move_seat(
            uow, consortium_id=made.id, organization_id=late.id, seat_id=other.id
        )
        await members.move_seat(
            uow, consortium_id=made.id, organization_id=elsewhere.id, seat_id=town.id
        )
    assert not await _active(host, late.id, "bell")
    assert await _active(host, elsewhere.id, "bell")

    async with host.unit_of_work(caller) as uow:
        await members.leave(uow, host, consortium_id=made.id, organization_id=elsewhere.id)
    assert not await _active(host, elsewhere.id, "bell")
    async with host.unit_of_work(caller) as uow:
        await service.end(uow, host, activation_id=activation.id)
    assert not await _active(host, early.id, "bell")


async def test_an_offer_without_cover_leaves_merchants_out(
    host, make_consortium, make_merchant, make_offer, activate
):
    made = await make_consortium()
    shop = await make_merchant(made.id, made.lead.id)
    await activate(made.lead.id, await make_offer(made.id, "bell"))
    assert not await _active(host, shop.id, "bell")


async def test_leaving_ends_every_activation(host, make_consortium, make_offer, activate):
    made = await make_consortium()
    town = made.municipalities[3]
    for key in ("bell", "choir"):
        await activate(town.id, await make_offer(made.id, key))
    async with host.unit_of_work(Caller.program([made.id])) as uow:
        membership = await members.leave(uow, host, consortium_id=made.id, organization_id=town.id)
    assert membership.ends_on is not None
    assert not await _active(host, town.id, "bell")
    assert not await _active(host, town.id, "choir")
    with pytest.raises(NotFoundError):
        async with host.unit_of_work(Caller.program([made.id])) as uow:
            await members.leave(uow, host, consortium_id=made.id, organization_id=town.id)


async def test_another_member_neither_sees_nor_changes_an_activation(
    host, make_consortium, make_municipality, make_offer, activate, caller_for
):
    made = await make_consortium(("014019", "014013"))
    neighbour = await make_municipality(made.id, "014036")
    activation = await activate(made.lead.id, await make_offer(made.id, "bell"))

    async with host.unit_of_work(await caller_for(neighbour.person), read_only=True) as uow:
        assert (await uow.session.execute(select(Activation))).first() is None
    with pytest.raises(NotFoundError):
        async with host.unit_of_work(await caller_for(neighbour.person)) as uow:
            await service.end(uow, host, activation_id=activation.id)
    async with host.unit_of_work(await caller_for(made.officer), read_only=True) as uow:
        rows = (await uow.session.execute(select(Activation.id))).scalars().all()
    assert rows == [activation.id]
    assert await _active(host, made.lead.id, "bell")


async def test_changes_cannot_be_rewritten(host, make_consortium, make_offer, activate):
    made = await make_consortium()
    await activate(made.lead.id, await make_offer(made.id, "bell"))
    with pytest.raises(DBAPIError):
        async with host.unit_of_work(Caller.program([made.lead.id])) as uow:
            await uow.session.execute(
                text("update marketplace.activation_change set why = 'otherwise'")
            )


async def test_the_same_request_twice_is_one_activation(host, make_consortium, make_offer):
    made = await make_consortium()
    offer = await make_offer(made.id, "bell")
    ids = []
    for _ in range(2):
        async with host.unit_of_work(Caller.program([made.lead.id])) as uow:
            activation = await service.request(
                uow,
                host,
                offer_id=offer.id,
                member_id=made.lead.id,
                idempotency_key=f"twice-{offer.id}",
            )
            ids.append(activation.id)
    assert ids[0] == ids[1]


async def test_an_event_tells_each_state(host, make_consortium, make_offer, activate):
    made = await make_consortium()
    activation = await activate(made.lead.id, await make_offer(made.id, "bell"))
    async with host.unit_of_work(Caller.program([made.lead.id]), read_only=True) as uow:
        rows = await uow.session.execute(
            text(
                "select payload->>'state' from core.outbox_event"
                " where name = :name and payload->>'aggregate_id' = :id order by version"
            ),
            {"name": ActivationChanged.name, "id": str(activation.id)},
        )
        assert [row[0] for row in rows] == ["requested", "approved", "active"]
