"""An organization's own data and its log."""

from __future__ import annotations

from arengo_core.caller import Caller, OrganizationKind, Role
from arengo_core.organizations import service as organizations


async def _place(host, name="Chiesa in Valmalenco"):
    async with host.unit_of_work(Caller.program()) as uow:
        return await organizations.create(uow, kind=OrganizationKind.MUNICIPALITY, name=name)


async def test_an_officer_changes_the_address_and_the_theme(host, visit, make_user):
    place = await _place(host)
    visitor = await visit(await make_user((place.id, Role.MUNICIPAL_OFFICER)))
    data = {"street": "Via Roma 1", "email": "comune@example.it", "locale": "it", "theme": ""}

    refused = await visitor.post("/office/organization", {**data, "theme": "nonsense"})
    assert refused.status_code == 400
    assert "Via Roma 1" in refused.text

    saved = await visitor.post("/office/organization", {**data, "theme": "bottega"})
    assert saved.status_code == 303
    shown = await visitor.get("/office/organization")
    assert 'class="ar-theme-bottega"' in shown.text
    log = await visitor.get("/office/log")
    assert "Dati propri modificati" in log.text


async def test_a_clerk_may_not(host, visit, make_user):
    place = await _place(host)
    visitor = await visit(await make_user((place.id, Role.CLERK)))
    assert (await visitor.get("/office/organization")).status_code == 403
    answer = await visitor.post("/office/organization", {"street": "x", "locale": "it"})
    assert answer.status_code == 403
    assert (await visitor.get("/office/log")).status_code == 403
