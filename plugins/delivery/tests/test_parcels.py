"""Parcels: once an order, one way only, told and counted, out of strangers' reach."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from arengo_core.ids import new_id
from arengo_delivery.contract import Delivery, DeliveryKind, ParcelState
from arengo_delivery.parcels import desk, repository
from arengo_delivery.parcels.codes import new_tracking_code, read_tracking_code, show_tracking_code
from arengo_delivery.parcels.states import MAY_BECOME, UNFINISHED, check_move, next_states


@given(st.sampled_from(DeliveryKind), st.sampled_from(ParcelState), st.sampled_from(ParcelState))
def test_a_move_passes_exactly_where_it_is_offered(kind, state, wanted):
    if wanted in next_states(kind, state):
        check_move(kind, state, wanted)
    else:
        with pytest.raises(ConflictError):
            check_move(kind, state, wanted)


@given(st.sampled_from(DeliveryKind), st.lists(st.integers(0, 10), max_size=12))
def test_every_way_ends_and_the_end_is_final(kind, choices):
    state = ParcelState.ANNOUNCED
    for choice in choices:
        ahead = sorted(next_states(kind, state))
        if not ahead:
            assert state not in UNFINISHED or state is ParcelState.AT_PICK_UP_POINT
            return
        state = ahead[choice % len(ahead)]
    assert state in MAY_BECOME


def test_a_label_number_is_read_however_it_is_typed():
    code = new_tracking_code()
    assert read_tracking_code(show_tracking_code(code).lower()) == code
    assert read_tracking_code(f" {code[:8]}-{code[8:]}\n") == code


async def _events(host, parcel, merchant):
    async with host.unit_of_work(Caller.program([merchant])) as uow:
        return [e.state for e in reversed(await repository.events(uow.session, merchant, parcel))]


async def test_the_same_order_has_one_parcel(host, valley, announce):
    request = valley.parcel()
    first, again = await announce(request), await announce(request)
    assert first.id == again.id
    assert first.tracking_code == again.tracking_code
    assert await _events(host, first.id, valley.shop.id) == ["announced"]


async def test_a_checkout_without_account_announces_a_parcel_and_sees_no_other(host, valley):
    async with host.unit_of_work() as uow:
        delivery = await host.capability(uow, Delivery, valley.shop.id)
        parcel = await delivery.announce(valley.parcel())
        seen = await uow.session.execute(text("select count(*) from delivery.parcel"))
        assert seen.scalar_one() == 0
    assert await _events(host, parcel.id, valley.shop.id) == ["announced"]


@pytest.mark.parametrize("option", ["", "nobody:standard", "valley-courier"])
async def test_an_option_that_is_not_there_is_refused(valley, announce, option):
    with pytest.raises(InvalidInputError) as caught:
        await announce(valley.parcel(option_key=option))
    assert caught.value.field == "option_key"


async def test_a_point_that_is_not_there_is_refused(valley, announce):
    for point in (None, new_id()):
        with pytest.raises(InvalidInputError) as caught:
            await announce(valley.parcel(option_key="pick-up-point:counter", point_id=point))
        assert caught.value.field == "point_id"


async def test_a_parcel_is_called_off_until_it_has_left(host, valley, announce, run_jobs):
    early, late = valley.parcel(), valley.parcel()
    await announce(early, ready=True)
    gone = await announce(late, ready=True)
    await run_jobs()
    async with host.unit_of_work(await _officer(host, valley)) as uow:
        await desk.move(
            host,
            uow,
            organization_id=valley.consortium.id,
            parcel_id=gone.id,
            state=ParcelState.IN_TRANSIT,
        )
    program = Caller.program([valley.shop.id])
    for _ in range(2):
        async with host.unit_of_work(program) as uow:
            await host.continuing(uow, Delivery).cancel(early.merchant_order_id)
    with pytest.raises(ConflictError):
        async with host.unit_of_work(program) as uow:
            await host.continuing(uow, Delivery).cancel(late.merchant_order_id)
    await run_jobs()
    async with host.unit_of_work(program) as uow:
        row = await repository.of_order(uow.session, early.merchant_order_id)
        assert (row.state, row.booking) == ("cancelled", "none")
        row = await repository.of_order(uow.session, late.merchant_order_id)
        assert (row.state, row.booking) == ("in_transit", "accepted")


async def _officer(host, valley):
    async with host.unit_of_work() as uow:
        token = await host.identity.open_session(uow, valley.consortium.officer.id)
        return await host.identity.caller_of(uow, token, "it")


async def test_another_member_cannot_reach_a_parcel_whatever_the_query(
    host, valley, announce, caller_for
):
    parcel = await announce(valley.parcel())
    stranger = await caller_for(valley.other_shop.person)
    async with host.unit_of_work(stranger) as uow:
        for table in ("parcel", "parcel_event"):
            found = await uow.session.execute(text(f"select count(*) from delivery.{table}"))
            assert found.scalar_one() == 0
        changed = await uow.session.execute(text("update delivery.parcel set state = 'delivered'"))
        assert changed.rowcount == 0
        with pytest.raises(NotFoundError):
            await desk.parcel(uow, valley.other_shop.id, parcel.id)
        with pytest.raises(ForbiddenError):
            await desk.parcel(uow, valley.shop.id, parcel.id)
    async with host.unit_of_work(await _officer(host, valley)) as uow:
        row, _ = await desk.parcel(uow, valley.consortium.id, parcel.id)
        assert row.id == parcel.id


async def test_steps_cannot_be_changed_even_by_their_owner(host, valley, announce):
    await announce(valley.parcel())
    for statement in (
        "update delivery.parcel_event set place = 'x'",
        "delete from delivery.parcel_event",
    ):
        with pytest.raises(Exception, match=r"permission denied|append"):
            async with host.unit_of_work(Caller.program([valley.shop.id])) as uow:
                await uow.session.execute(text(statement))


async def _usage(host, valley):
    async with host.unit_of_work(Caller.program([valley.shop.id])) as uow:
        found = await uow.session.execute(
            text(
                "select coalesce(sum(quantity), 0) from marketplace.usage_record"
                " where meter = 'delivery.parcels' and organization_id = :member"
            ),
            {"member": valley.shop.id},
        )
        return int(found.scalar_one())


async def test_a_parcel_counts_once_when_it_has_left(host, valley, announce, run_jobs):
    parcel = await announce(valley.parcel(), ready=True)
    await run_jobs()
    assert await _usage(host, valley) == 0
    for state in (ParcelState.IN_TRANSIT, ParcelState.IN_TRANSIT, ParcelState.DELIVERED):
        async with host.unit_of_work(await _officer(host, valley)) as uow:
            await desk.move(
                host,
                uow,
                organization_id=valley.consortium.id,
                parcel_id=parcel.id,
                state=state,
                place="Chiesa",
            )
        await run_jobs()
    assert await _usage(host, valley) == 1
    assert await _events(host, parcel.id, valley.shop.id) == [
        "announced",
        "ready",
        "in_transit",
        "in_transit",
        "delivered",
    ]


async def test_whoever_holds_the_parcel_moves_it_by_its_label(
    host, valley, announce, caller_for, make_merchant
):
    parcel = await announce(valley.parcel(), ready=True)
    label = show_tracking_code(parcel.tracking_code)

    async def carry(person, organization_id, state=ParcelState.IN_TRANSIT):
        async with host.unit_of_work(await caller_for(person)) as uow:
            row = await desk.move_by_label(
                host, uow, organization_id=organization_id, code=label, state=state
            )
            return row.state

    with pytest.raises(NotFoundError):  # a town without active delivery
        await carry(valley.other_town.person, valley.other_town.id)
    with pytest.raises(ForbiddenError):  # a shop that neither sent it nor keeps it
        await carry(valley.other_shop.person, valley.other_shop.id)
    with pytest.raises(ForbiddenError):  # for somebody else's organization
        await carry(valley.other_shop.person, valley.town.id)
    with pytest.raises(InvalidInputError):
        await carry(valley.clerk, valley.town.id, ParcelState.CANCELLED)
    assert await carry(valley.clerk, valley.town.id) == "in_transit"
    assert (
        await carry(valley.consortium.officer, valley.consortium.id, ParcelState.DELIVERED)
        == "delivered"
    )
    with pytest.raises(ConflictError):
        await carry(valley.clerk, valley.town.id)


async def test_the_shopper_is_told_by_core_mail_without_communications(
    valley, announce, mailbox, run_jobs
):
    request = valley.parcel()
    parcel = await announce(request, ready=True)
    await run_jobs()
    await run_jobs()
    [mail] = mailbox.to(request.recipient_email)
    assert "Bottega Prova" in mail["subject"]
    assert parcel.tracking_path in mail["text"]
    assert "0342 000000" in mail["text"]
    assert not re.search(r"\b\d{3} \d{3}\b", mail["text"].replace("0342 000000", ""))


async def test_the_desk_shows_a_parcel_and_enters_its_steps(valley, announce, visit):
    parcel = await announce(valley.parcel(), ready=True)
    merchant = await visit(valley.shop.person)
    listed = await merchant.get("/desk/parcels")
    assert "A-17-1" in listed.text
    page = await merchant.get(f"/desk/parcels/{parcel.id}")
    assert "Maria Rossi" in page.text
    assert "Via Valle 7" in page.text
    wrong = await merchant.post(f"/desk/parcels/{parcel.id}/move", {"state": "flown"})
    assert wrong.status_code == 400
    early = await merchant.post(f"/desk/parcels/{parcel.id}/move", {"state": "delivered"})
    assert early.status_code == 400
    done = await merchant.post(
        f"/desk/parcels/{parcel.id}/move", {"state": "in_transit", "place": "Chiesa"}
    )
    assert done.status_code == 303
    assert "Chiesa" in (await merchant.get(f"/desk/parcels/{parcel.id}")).text
    stranger = await visit(valley.other_shop.person)
    assert (await stranger.get(f"/desk/parcels/{parcel.id}")).status_code == 404
    refused = await stranger.post(f"/desk/parcels/{parcel.id}/move", {"state": "delivered"})
    assert refused.status_code == 404


async def test_the_desk_is_shut_without_delivery_until_a_parcel_was_there(
    host, valley, visit, make_merchant
):
    without = await make_merchant(valley.consortium.id, valley.other_town.id)
    visitor = await visit(without.person)
    assert (await visitor.get("/desk/parcels")).status_code == 404


async def test_the_couriers_page_works_for_office_and_town(valley, announce, visit):
    parcel = await announce(valley.parcel(), ready=True)
    officer = await visit(valley.consortium.officer)
    assert "Maria Rossi" in (await officer.get("/office/courier")).text
    clerk = await visit(valley.clerk)
    page = await clerk.get("/office/courier")
    assert page.status_code == 200
    assert "Maria Rossi" not in page.text
    wrong = await clerk.post("/office/courier", {"label": "ZZZZ", "state": "in_transit"})
    assert wrong.status_code == 400
    assert "ZZZZ" in wrong.text
    done = await clerk.post(
        "/office/courier", {"label": parcel.tracking_code.lower(), "state": "in_transit"}
    )
    assert done.status_code == 303
    outsider = await visit(valley.other_town.person)
    assert (await outsider.get("/office/courier")).status_code == 404


async def test_what_was_begun_is_finished_after_the_service_ended(
    host, valley, announce, visit, run_jobs
):
    request = valley.to_counter()
    parcel = await announce(request, ready=True)
    async with host.unit_of_work(Caller.program([valley.shop.id])) as uow:
        await uow.session.execute(
            text(
                "delete from core.active_service"
                " where organization_id = :member and service = 'delivery'"
            ),
            {"member": valley.shop.id},
        )
    merchant = await visit(valley.shop.person)
    assert (await merchant.get("/desk/parcels")).status_code == 200
    done = await merchant.post(f"/desk/parcels/{parcel.id}/move", {"state": "at_pick_up_point"})
    assert done.status_code == 303


async def test_parcels_to_an_accounts_address_are_in_its_copy(valley, announce, visit, make_user):
    somebody = await make_user()
    mine = await announce(valley.parcel(recipient_email=somebody.email.upper()))
    await announce(valley.parcel())
    copy = (await (await visit(somebody)).get("/account/data")).content
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        rows = json.loads(archive.read("delivery.json"))["parcel"]["rows"]
    assert [(row["id"], row["street"]) for row in rows] == [(str(mine.id), "Via Valle 7")]
