"""Signing in and out, as a person does it."""

from __future__ import annotations

from arengo_core.caller import Caller, OrganizationKind, Role
from arengo_core.organizations import service as organizations
from arengo_core.testing.fixtures import PASSWORD


async def _municipality(host, name="Lanzada"):
    async with host.unit_of_work(Caller.program()) as uow:
        return await organizations.create(uow, kind=OrganizationKind.MUNICIPALITY, name=name)


async def test_sign_in_leads_to_the_office_and_out_again(host, visit, make_user):
    place = await _municipality(host)
    person = await make_user((place.id, Role.MUNICIPAL_OFFICER))
    visitor = await visit()

    refused = await visitor.post("/sign-in", {"email": person.email, "password": "wrong one here"})
    assert refused.status_code == 400
    assert "arengo_session" not in visitor.http.cookies

    entered = await visitor.post("/sign-in", {"email": person.email, "password": PASSWORD})
    assert (entered.status_code, entered.headers["location"]) == (303, "/office")
    page = await visitor.get("/account")
    assert page.status_code == 200
    assert "Lanzada" in page.text

    await visitor.post("/sign-out")
    assert (await visitor.get("/account")).status_code == 303


async def test_a_post_without_csrf_token_is_refused(host, visit, make_user):
    visitor = await visit(await make_user())
    answer = await visitor.http.post("/sign-out", data={})
    assert answer.status_code == 403
    assert (await visitor.get("/account")).status_code == 200
