"""What members agree to: asked before a service starts, again when a version asks for more."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from arengo_core.api.scalars import global_id
from arengo_core.audit.models import AuditEntry
from arengo_core.caller import Caller
from arengo_core.plugins import gate
from arengo_core.plugins.grants import wording
from arengo_marketplace.activations import service
from arengo_marketplace.activations.models import Activation
from arengo_marketplace.consents import asking
from arengo_marketplace.consents.errors import ConsentNeededError
from arengo_marketplace.consents.models import Consent
from tests.marketplace.conftest import LEDGER, PEALS, registry_asking

REQUEST = """
mutation($o: ID!, $m: ID!, $a: [String!]) {
  requestActivation(offerId: $o, memberId: $m, accepts: $a) {
    activation { id state agreedGrants outstandingGrants { key words writes } }
    userErrors { code field message }
  }
}
"""
AGREE = """
mutation($id: ID!, $a: [String!]!) {
  agreeToGrants(id: $id, accepts: $a) {
    activation { agreedGrants outstandingGrants { key } }
    userErrors { code field message }
  }
}
"""


@contextmanager
def version_that_asks(host, *keys):
    """The host as after an upgrade of the plugin whose service ``peal`` it is."""
    before = host.registry
    host.registry = registry_asking(before, keys)
    try:
        yield
    finally:
        host.registry = before


async def _granted(host, member_id):
    async with host.unit_of_work(read_only=True) as uow:
        return await gate.granted(uow.session, host.registry, "peal", member_id)


async def _consents(host, member_id):
    async with host.unit_of_work(Caller.program([member_id])) as uow:
        rows = await uow.session.execute(
            select(Consent).where(Consent.organization_id == member_id).order_by(Consent.at)
        )
        return list(rows.scalars())


async def test_nothing_starts_without_agreeing(
    host, make_consortium, make_offer, caller_for, visit
):
    made = await make_consortium()
    offer = await make_offer(made.id, "peal")
    town = await caller_for(made.lead_officer)
    for accepts in ((), ("bells.peals:read",)):
        with pytest.raises(ConsentNeededError):
            async with host.unit_of_work(town) as uow:
                await service.request(
                    uow, host, offer_id=offer.id, member_id=made.lead.id, accepts=accepts
                )
    async with host.unit_of_work(Caller.program([made.lead.id])) as uow:
        assert (await uow.session.execute(select(Activation))).scalars().all() == []
    assert await _granted(host, made.lead.id) == frozenset()
    assert await _consents(host, made.lead.id) == []

    by_api = await visit(made.lead_officer)
    ids = {"o": global_id("Offer", offer.id), "m": global_id("Organization", made.lead.id)}
    refused = (await by_api.graphql(REQUEST, **ids))["data"]["requestActivation"]
    assert refused["activation"] is None
    assert [(e["code"], e["field"]) for e in refused["userErrors"]] == [
        ("CONSENT_NEEDED", "accepts")
    ]
    done = (await by_api.graphql(REQUEST, **ids, a=[*PEALS]))["data"]["requestActivation"]
    assert done["activation"]["agreedGrants"] == [*PEALS]
    assert done["activation"]["outstandingGrants"] == []
    assert await _granted(host, made.lead.id) == frozenset(PEALS)


async def test_who_agreed_when_as_whom_and_to_which_words_is_kept(
    host, make_consortium, make_offer, visit
):
    made = await make_consortium()
    offer = await make_offer(made.id, "peal")
    town = await visit(made.lead_officer)
    page = await town.get(f"/office/offers/{offer.id}/activate")
    assert "Your peals, with who rang" in page.text
    refused = await town.post(f"/office/offers/{offer.id}/activate", {"shown": " ".join(PEALS)})
    assert refused.status_code == 400
    done = await town.post(
        f"/office/offers/{offer.id}/activate", {"shown": " ".join(PEALS), "accepts": "yes"}
    )
    assert done.status_code == 303

    [row] = await _consents(host, made.lead.id)
    assert (row.act, row.service, row.version) == ("given", "peal", "1.0")
    assert row.by == made.lead_officer.id
    assert row.acting_for == made.lead.id
    assert row.grants == {
        "bells.peals:read": "Your peals, with who rang",
        "bells.peals:write": "Your peals",
    }
    assert row.wording == wording(host.registry.asked_by("peal"))
    async with host.unit_of_work(Caller.program([made.lead.id])) as uow:
        entries = await uow.session.execute(
            select(AuditEntry).where(
                AuditEntry.organization_id == made.lead.id, AuditEntry.action == "consent.given"
            )
        )
        [entry] = entries.scalars()
    assert entry.details == {"service": "peal", "grants": " ".join(PEALS)}
    assert entry.actor_id == made.lead_officer.id


async def test_more_in_an_upgrade_is_not_in_force_until_agreed(
    host, make_consortium, make_offer, activate, visit
):
    made = await make_consortium()
    activation = await activate(made.lead.id, await make_offer(made.id, "peal"))
    path = f"/office/activations/{activation.id}"
    with version_that_asks(host, *PEALS, LEDGER):
        assert await _granted(host, made.lead.id) == frozenset(PEALS)
        town, office = await visit(made.lead_officer), await visit(made.officer)
        assert "hiede di leggere e scrivere altri dati" in (await town.get("/office/services")).text
        asked = (await town.get(path)).text
        assert "Registrazioni che vi riguardano" in asked
        assert f'action="{path}/consent"' in asked
        assert f'action="{path}/consent"' not in (await office.get(path)).text
        forbidden = await office.post(f"{path}/consent", {"shown": LEDGER, "accepts": "yes"})
        assert forbidden.status_code == 403

        stale = await town.post(f"{path}/consent", {"shown": " ".join(PEALS), "accepts": "yes"})
        assert stale.status_code == 400
        assert await _granted(host, made.lead.id) == frozenset(PEALS)
        every = " ".join([*PEALS, LEDGER])
        done = await town.post(f"{path}/consent", {"shown": every, "accepts": "yes"})
        assert done.status_code == 303
        assert await _granted(host, made.lead.id) == {*PEALS, LEDGER}
        assert "hiede di leggere e scrivere altri dati" not in (await town.get(path)).text
    assert await _granted(host, made.lead.id) == frozenset(PEALS)  # the old version asks less
    assert [row.act for row in await _consents(host, made.lead.id)] == ["given", "given"]


async def test_members_are_told_once_and_officers_see_who_has_not_answered(
    host, make_consortium, make_offer, activate, visit, run_jobs, mailbox
):
    made = await make_consortium()
    offer = await make_offer(made.id, "peal")
    await activate(made.lead.id, offer)
    await activate(made.municipalities[1].id, offer)
    office = await visit(made.officer)
    assert "devono ancora acconsentire" not in (await office.get("/office/services")).text
    with version_that_asks(host, *PEALS, LEDGER):
        town = await visit(made.lead_officer)
        activation = (await _consents(host, made.lead.id))[0].activation_id
        await asking.ask(host, {})
        await asking.ask(host, {})
        await run_jobs()
        [mail] = mailbox.to(made.lead_officer.email)
        assert "Registrazioni che vi riguardano" in mail["text"]
        assert "I vostri" not in mail["text"]
        assert "devono ancora acconsentire" in (await office.get("/office/services")).text
        acts = [(row.act, list(row.grants)) for row in await _consents(host, made.lead.id)]
        assert acts == [("given", [*PEALS]), ("asked", [LEDGER])]
        accepted = {"shown": " ".join([*PEALS, LEDGER]), "accepts": "yes"}
        await town.post(f"/office/activations/{activation}/consent", accepted)
        seen = (await office.get("/office/services")).text
        assert made.municipalities[1].name in seen.partition("devono ancora acconsentire")[2]
        await asking.ask(host, {})
    assert [row.act for row in await _consents(host, made.lead.id)] == ["given", "asked", "given"]


async def test_agreeing_by_the_api(host, make_consortium, make_offer, activate, visit):
    made = await make_consortium()
    activation = await activate(made.lead.id, await make_offer(made.id, "peal"))
    town = await visit(made.lead_officer)
    id = global_id("Activation", activation.id)
    with version_that_asks(host, *PEALS, LEDGER):
        refused = (await town.graphql(AGREE, id=id, a=[LEDGER]))["data"]["agreeToGrants"]
        assert refused["userErrors"][0]["code"] == "CONSENT_NEEDED"
        done = (await town.graphql(AGREE, id=id, a=[*PEALS, LEDGER]))["data"]["agreeToGrants"]
        assert done["activation"] == {"agreedGrants": [*PEALS, LEDGER], "outstandingGrants": []}


async def test_fewer_ask_nothing(host, make_consortium, make_offer, activate, visit):
    made = await make_consortium()
    activation = await activate(made.lead.id, await make_offer(made.id, "peal"))
    with version_that_asks(host, PEALS[0]):
        assert await _granted(host, made.lead.id) == {PEALS[0]}
        town = await visit(made.lead_officer)
        page = await town.get(f"/office/activations/{activation.id}")
        assert "hiede di leggere e scrivere altri dati" not in page.text


async def test_what_was_approved_starts_once_all_is_agreed_to(
    host, make_consortium, make_offer, caller_for
):
    made = await make_consortium()
    offer = await make_offer(made.id, "peal", needs_approval=True)
    office, town = await caller_for(made.officer), await caller_for(made.lead_officer)
    async with host.unit_of_work(town) as uow:
        asked = await service.request(
            uow, host, offer_id=offer.id, member_id=made.lead.id, accepts=PEALS
        )
    async with host.unit_of_work(office) as uow:
        await service.approve(uow, host, activation_id=asked.id)
    with version_that_asks(host, *PEALS, LEDGER):
        with pytest.raises(ConsentNeededError):
            async with host.unit_of_work(town) as uow:
                await service.confirm(uow, host, activation_id=asked.id)
        async with host.unit_of_work(town) as uow:
            await service.agree(uow, host, activation_id=asked.id, accepts=[*PEALS, LEDGER])
            await service.confirm(uow, host, activation_id=asked.id)
        assert await _granted(host, made.lead.id) == {*PEALS, LEDGER}


async def test_switching_off_withdraws(host, make_consortium, make_offer, activate, caller_for):
    made = await make_consortium()
    activation = await activate(made.lead.id, await make_offer(made.id, "peal"))
    async with host.unit_of_work(await caller_for(made.lead_officer)) as uow:
        await service.end(uow, host, activation_id=activation.id)
    assert await _granted(host, made.lead.id) == frozenset()
    rows = await _consents(host, made.lead.id)
    assert [row.act for row in rows] == ["given", "withdrawn"]
    assert rows[1].by == made.lead_officer.id
    assert set(rows[1].grants) == set(PEALS)


async def test_a_covered_shop_has_what_its_town_agreed_to(
    host, make_consortium, make_offer, activate, make_merchant
):
    made = await make_consortium()
    offer = await make_offer(made.id, "peal", covers_merchants=True)
    shop = await make_merchant(made.id, made.lead.id)
    activation = await activate(made.lead.id, offer)
    assert await _granted(host, shop.id) == frozenset(PEALS)
    late = await make_merchant(made.id, made.lead.id)
    assert await _granted(host, late.id) == frozenset(PEALS)
    with version_that_asks(host, *PEALS, LEDGER):
        program = Caller.program([made.lead.id], [made.id])
        async with host.unit_of_work(program) as uow:
            await service.agree(uow, host, activation_id=activation.id, accepts=[*PEALS, LEDGER])
        assert await _granted(host, shop.id) == {*PEALS, LEDGER}


@pytest.mark.parametrize("change", ["update {} set act = 'asked'", "delete from {}"])
async def test_a_consent_stays_as_it_was_given(host, make_consortium, make_offer, activate, change):
    made = await make_consortium()
    await activate(made.lead.id, await make_offer(made.id, "peal"))
    with pytest.raises(DBAPIError, match="permission denied"):
        async with host.unit_of_work(Caller.program([made.lead.id])) as uow:
            await uow.session.execute(text(change.format("marketplace.consent")))
    assert [row.act for row in await _consents(host, made.lead.id)] == ["given"]


LOG = """
query($o: ID!, $first: Int, $after: String) {
  consents(organizationId: $o, first: $first, after: $after) {
    nodes { who what act words inNameOf } pageInfo { hasNextPage endCursor }
  }
}
"""


async def test_the_log_says_who_agreed_to_what_by_which_words_and_when_it_ended(
    host, make_consortium, make_offer, visit
):
    made = await make_consortium()
    offer = await make_offer(made.id, "peal")
    town = await visit(made.lead_officer)
    given = {"shown": " ".join(PEALS), "accepts": "yes"}
    begun = await town.post(f"/office/offers/{offer.id}/activate", given)
    await town.post(f"{begun.headers['location']}/end")
    ids = {"o": global_id("Organization", made.lead.id), "first": 1}
    pages, after = [], None
    for _ in range(2):
        page = (await town.graphql(LOG, **ids, after=after))["data"]["consents"]
        pages += page["nodes"]
        after = page["pageInfo"]["endCursor"]
    assert page["pageInfo"]["hasNextPage"] is False
    words = ["Legge: Your peals, with who rang", "Scrive: Your peals"]
    assert [(entry["act"], sorted(entry["words"])) for entry in pages] == [
        ("withdrawn", words),
        ("given", words),
    ]
    assert {entry["who"] for entry in pages} == {"Comune Prova"}
    shown = (await town.get("/office/consents")).text
    assert "Peal" in shown
    assert "Ha acconsentito" in shown
    csv = (await town.get("/office/consents/csv")).text
    assert len(csv.splitlines()) == 3
    assert "Comune Prova" in csv

    other = await visit(made.officer)
    refused = await other.graphql(LOG, **ids)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    bad = await town.graphql(LOG, **ids, after="nowhere")
    assert bad["errors"][0]["extensions"]["code"] == "INVALID"
    assert (await town.get("/office/consents?before=nowhere")).status_code == 200
