"""Joining: merchants ask, the office answers."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, ForbiddenError
from arengo_marketplace.members import directory, joining, repository
from arengo_marketplace.members.models import JoinRequest
from arengo_marketplace.testing import new_vat_number


def _form(made, **changes):
    return {
        "consortium_id": str(made.id),
        "name": "Forno Prova",
        "vat_number": new_vat_number(),
        "street": "Via Roma 1",
        "postcode": "23023",
        "seat_id": str(made.municipalities[1].id),
        "person": "Ada Forno",
        "email": f"{made.id.hex}@forno.example",
        **changes,
    }


async def _requests(host, made, state="requested"):
    async with host.unit_of_work(Caller.program([made.id]), read_only=True) as uow:
        return list(await repository.join_requests(uow.session, made.id, state))


async def test_a_merchant_asks_and_is_admitted_with_an_invitation(
    host, make_consortium, visit, run_jobs, mailbox
):
    made = await make_consortium()
    form = _form(made)
    public = await visit()
    assert "Caspoggio" in (await public.get(f"/join?consortium_id={made.id}")).text
    asked = await public.post("/join", form)
    assert asked.status_code == 303
    assert (await public.get(asked.headers["location"])).status_code == 200
    [request] = await _requests(host, made)

    office = await visit(made.officer)
    listed = await office.get("/office/members")
    assert "Forno Prova" in listed.text
    done = await office.post(f"/office/members/requests/{request.id}", {"decision": "admit"})
    assert done.status_code == 303
    assert await _requests(host, made) == []
    [admitted] = await _requests(host, made, "admitted")
    async with host.unit_of_work(read_only=True) as uow:
        member = await directory.member(uow, admitted.member_id, made.id)
    assert member.seat_id == made.municipalities[1].id

    await run_jobs()
    [mail] = mailbox.to(form["email"])
    link = re.search(r"/invitations/\S+", mail["text"])
    assert link is not None
    entered = await public.post(
        link.group(), {"name": "Ada Forno", "password": "a long enough password"}
    )
    assert entered.status_code == 303

    twice = await public.post("/join", {**form, "email": "other@forno.example"})
    assert twice.status_code == 400


async def test_a_refusal_says_why_by_mail(host, make_consortium, visit, run_jobs, mailbox):
    made = await make_consortium()
    form = _form(made)
    await (await visit()).post("/join", form)
    [request] = await _requests(host, made)
    office = await visit(made.officer)
    path = f"/office/members/requests/{request.id}"
    await office.post(path, {"decision": "decline", "reason": " "})
    assert len(await _requests(host, made)) == 1
    await office.post(path, {"decision": "decline", "reason": "Your seat is elsewhere."})
    assert await _requests(host, made) == []
    await run_jobs()
    [mail] = mailbox.to(form["email"])
    assert "Your seat is elsewhere." in mail["text"]
    with pytest.raises(ConflictError):
        async with host.unit_of_work(Caller.program([made.id])) as uow:
            await joining.decide(uow, host, request_id=request.id, admit=True)


@pytest.mark.parametrize(
    ("field", "value"),
    [("vat_number", "123"), ("email", "nobody"), ("name", ""), ("seat_id", "elsewhere")],
)
async def test_what_is_wrong_is_named_and_what_was_typed_stays(
    host, make_consortium, visit, field, value
):
    made = await make_consortium()
    answer = await (await visit()).post("/join", _form(made, **{field: value}))
    assert answer.status_code == 400
    assert f'href="#f-{field}"' in answer.text
    assert "Via Roma 1" in answer.text
    assert await _requests(host, made) == []


async def test_requests_are_the_offices_alone(host, make_consortium, visit, caller_for):
    made = await make_consortium()
    await (await visit()).post("/join", _form(made))
    [request] = await _requests(host, made)
    town = await visit(made.lead_officer)
    assert "Forno Prova" not in (await town.get("/office/members")).text
    answer = await town.post(f"/office/members/requests/{request.id}", {"decision": "admit"})
    assert answer.status_code in {403, 404}
    async with host.unit_of_work(await caller_for(made.lead_officer), read_only=True) as uow:
        assert (await uow.session.execute(select(JoinRequest))).first() is None
        with pytest.raises(ForbiddenError):
            await joining.waiting(uow, made.id)
    assert len(await _requests(host, made)) == 1
