"""The counter: in by the label, out by the shopper's code, and no guessing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError, TooManyError
from arengo_core.ids import new_id
from arengo_delivery.contract import Delivery, ParcelState
from arengo_delivery.counter import service
from arengo_delivery.parcels import desk
from arengo_delivery.points import service as points
from arengo_delivery.points.service import PointData


def code_in(mail: dict[str, str]) -> str:
    """The six digits of a mail."""
    [found] = re.findall(r"\b(\d{3} \d{3})\b", mail["text"])
    return found.replace(" ", "")


@pytest.fixture
def waiting(host, valley, announce, caller_for, run_jobs, mailbox):
    """A parcel that waits at the town's counter, with its shopper's code."""

    async def make():
        request = valley.to_counter()
        parcel = await announce(request, ready=True)
        await run_jobs()
        async with host.unit_of_work(await caller_for(valley.clerk)) as uow:
            await service.receive(
                host, uow, organization_id=valley.town.id, code=parcel.tracking_code
            )
        await run_jobs()
        return request, parcel, code_in(mailbox.to(request.recipient_email)[-1])

    return make


async def test_the_code_goes_to_the_shopper_when_the_parcel_is_at_the_counter(
    host, valley, announce, caller_for, mailbox, run_jobs
):
    request = valley.to_counter()
    parcel = await announce(request, ready=True)
    await run_jobs()
    [packed] = mailbox.to(request.recipient_email)
    assert "Municipio" in packed["text"]
    async with host.unit_of_work(await caller_for(valley.clerk)) as uow:
        await service.receive(host, uow, organization_id=valley.town.id, code=parcel.tracking_code)
    await run_jobs()
    arrived = mailbox.to(request.recipient_email)[-1]
    assert "lun–ven 9–12" in arrived["text"]
    assert re.fullmatch(r"\d{6}", code_in(arrived))


async def test_the_code_is_stored_nowhere(host, valley, waiting):
    _, _, code = await waiting()
    program = Caller.program([valley.shop.id, valley.town.id, valley.consortium.id])
    async with host.unit_of_work(program) as uow:
        tables = await uow.session.execute(
            text(
                "select schemaname || '.' || tablename from pg_tables"
                " where schemaname in ('delivery', 'communications', 'core', 'queue')"
                " and has_table_privilege(schemaname || '.' || tablename, 'select')"
            )
        )
        for table in tables.scalars().all():
            for shown in (code, f"{code[:3]} {code[3:]}"):
                hit = await uow.session.execute(
                    text(f"select 1 from {table} t where t::text ~ :code limit 1"),
                    {"code": f"(^|[^0-9a-f.-]){shown}($|[^0-9a-f-])"},
                )
                assert hit.first() is None, table


async def test_code_name_done(host, valley, waiting, visit):
    request, _, code = await waiting()
    clerk = await visit(valley.clerk)
    page = await clerk.get("/office/counter")
    assert page.status_code == 200
    assert "Maria Rossi" not in page.text
    found = await clerk.post("/office/counter/find", {"code": f"{code[:3]} {code[3:]}"})
    assert found.status_code == 200
    assert "Maria Rossi" in found.text
    key = new_id().hex
    for _ in range(2):  # a double press answers twice the same
        done = await clerk.post("/office/counter/hand-over", {"code": code, "idempotency_key": key})
        assert (done.status_code, done.headers["location"]) == (303, "/office/counter")
    async with host.unit_of_work(Caller.program([valley.shop.id])) as uow:
        row = await host.continuing(uow, Delivery).parcel_of(request.merchant_order_id)
    assert row.state == ParcelState.DELIVERED
    again = await clerk.post("/office/counter/find", {"code": code})
    assert again.status_code == 400
    assert 'id="f-code-error"' in again.text
    assert 'id="f-label-error"' not in again.text
    assert "Maria Rossi" not in again.text


async def test_a_code_is_good_at_its_own_counter_alone(host, valley, waiting, caller_for):
    _, _, code = await waiting()
    other = await caller_for(valley.other_shop.person)
    async with host.unit_of_work(other) as uow:
        found = await service.find(host, uow, organization_id=valley.other_shop.id, code=code)
    assert found is None
    with pytest.raises(Exception, match="may not"):
        async with host.unit_of_work(other) as uow:
            await service.find(host, uow, organization_id=valley.town.id, code=code)


async def test_five_wrong_codes_and_a_pause(host, valley, waiting, caller_for, move_clock):
    _, _, code = await waiting()
    caller = await caller_for(valley.clerk)

    async def attempt(value):
        async with host.unit_of_work(caller) as uow:
            return await service.find(host, uow, organization_id=valley.town.id, code=value)

    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(service.TRIES):
        assert await attempt(wrong) is None
    with pytest.raises(TooManyError):
        await attempt(code)
    move_clock(datetime.now(UTC) + service.PAUSE + timedelta(seconds=5))
    assert (await attempt(code)).recipient_name == "Maria Rossi"


async def test_a_right_code_forgives_the_wrong_ones(host, valley, waiting, caller_for):
    _, _, code = await waiting()
    caller = await caller_for(valley.clerk)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(2):
        for value in [wrong] * (service.TRIES - 1) + [code]:
            async with host.unit_of_work(caller) as uow:
                await service.find(host, uow, organization_id=valley.town.id, code=value)


@pytest.mark.parametrize("value", ["", "12345", "1234567", "12a456", "１２３45", "²34567"])
async def test_what_is_no_code_is_refused_and_not_counted(host, valley, caller_for, value):
    with pytest.raises(InvalidInputError) as caught:
        async with host.unit_of_work(await caller_for(valley.clerk)) as uow:
            await service.find(host, uow, organization_id=valley.town.id, code=value)
    assert caught.value.field == "code"


async def test_a_new_code_makes_the_old_one_void(
    host, valley, waiting, caller_for, move_clock, run_jobs, mailbox, visit
):
    request, parcel, old = await waiting()
    merchant = await visit(valley.shop.person)
    soon = await merchant.post(f"/desk/parcels/{parcel.id}/code")
    assert soon.status_code == 429
    move_clock(datetime.now(UTC) + timedelta(minutes=11))
    asked = await (await visit()).post(f"/tracking/{parcel.tracking_code}/code")
    assert asked.status_code == 303
    await run_jobs()
    new = code_in(mailbox.to(request.recipient_email)[-1])
    assert new != old
    caller = await caller_for(valley.clerk)
    async with host.unit_of_work(caller) as uow:
        assert await service.find(host, uow, organization_id=valley.town.id, code=old) is None
    async with host.unit_of_work(caller) as uow:
        row = await service.hand_over(host, uow, organization_id=valley.town.id, code=new)
    assert row.state == ParcelState.DELIVERED


async def test_a_pick_up_is_never_delivered_without_its_code(host, valley, waiting, caller_for):
    _, parcel, _ = await waiting()
    for person, place in (
        (valley.shop.person, valley.shop.id),
        (valley.consortium.officer, valley.consortium.id),
    ):
        with pytest.raises(ConflictError, match="code"):
            async with host.unit_of_work(await caller_for(person)) as uow:
                await desk.move(
                    host,
                    uow,
                    organization_id=place,
                    parcel_id=parcel.id,
                    state=ParcelState.DELIVERED,
                )


async def test_a_shop_that_keeps_its_own_point_hands_over_at_its_desk(
    host, valley, announce, caller_for, run_jobs, mailbox, visit
):
    async with host.unit_of_work(await caller_for(valley.shop.person)) as uow:
        point = await points.create(
            host,
            uow,
            organization_id=valley.shop.id,
            data=PointData("In bottega", "Via Prova 1", "ogni giorno 9–12"),
        )
    request = valley.to_counter(point_id=point.id)
    parcel = await announce(request, ready=True)
    assert parcel.state == ParcelState.AT_PICK_UP_POINT
    await run_jobs()
    [mail] = mailbox.to(request.recipient_email)
    merchant = await visit(valley.shop.person)
    found = await merchant.post("/desk/counter/find", {"code": code_in(mail)})
    assert "Maria Rossi" in found.text


async def test_a_parcel_of_elsewhere_is_not_taken_in(host, valley, announce, visit):
    parcel = await announce(valley.parcel(), ready=True)
    clerk = await visit(valley.clerk)
    for label in (parcel.tracking_code, "NOSUCHNUMBER"):
        answer = await clerk.post("/office/counter/receive", {"label": label})
        assert answer.status_code == 400
        assert label in answer.text
        assert 'id="f-label-error"' in answer.text


async def test_what_waits_is_listed_without_names(host, valley, waiting, caller_for):
    await waiting()
    async with host.unit_of_work(await caller_for(valley.clerk), read_only=True) as uow:
        rows = await service.waiting(uow, valley.town.id)
        assert [row.order_reference for row in rows] == ["A-17-1"]
        hidden = await uow.session.execute(text("select count(*) from delivery.parcel"))
        assert hidden.scalar_one() == 0


async def test_a_town_without_delivery_has_no_counter(host, valley, visit, caller_for):
    visitor = await visit(valley.other_town.person)
    assert (await visitor.get("/office/counter")).status_code == 404
    with pytest.raises(NotFoundError):
        async with host.unit_of_work(await caller_for(valley.other_town.person)) as uow:
            await points.create(
                host,
                uow,
                organization_id=valley.other_town.id,
                data=PointData("Sportello", "Via 1", "mai"),
            )


async def test_a_keeper_opens_changes_and_closes_its_point(host, valley, visit):
    keeper = await visit(valley.town.person)
    key = new_id().hex
    fields = {"name": "Biblioteca", "address": "Via Libri 3", "opening_hours": "sab 9–12"}
    for _ in range(2):
        made = await keeper.post("/office/pick-up-points", {**fields, "idempotency_key": key})
        assert made.status_code == 303
    async with host.unit_of_work(read_only=True) as uow:
        rows = await points.open_points(uow, valley.consortium.id)
    assert [row.name for row in rows] == ["Biblioteca", "Municipio"]
    empty = await keeper.post("/office/pick-up-points", {**fields, "name": ""})
    assert empty.status_code == 400
    assert "Via Libri 3" in empty.text
    path = f"/office/pick-up-points/{rows[0].id}"
    assert (await keeper.get(path)).status_code == 200
    changed = await keeper.post(path, {**fields, "opening_hours": "dom 9–10"})
    assert changed.status_code == 303
    stranger = await visit(valley.shop.person)
    assert (await stranger.get(f"/desk/pick-up-points/{rows[0].id}")).status_code == 404
    assert (await stranger.post(f"/desk/pick-up-points/{rows[0].id}/close")).status_code == 404
    clerk = await visit(valley.clerk)
    assert (await clerk.post(f"{path}/close")).status_code == 403
    assert (await keeper.post(f"{path}/close")).status_code == 303
    async with host.unit_of_work(read_only=True) as uow:
        rows = await points.open_points(uow, valley.consortium.id)
    assert [row.name for row in rows] == ["Municipio"]
