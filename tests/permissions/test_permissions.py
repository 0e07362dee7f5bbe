"""Giving permissions to roles, delegating, and the page that answers who can and why."""

from __future__ import annotations

import ast
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event, select

from arengo_core import clock
from arengo_core.api.scalars import global_id
from arengo_core.audit.models import AuditEntry
from arengo_core.caller import Caller, Permission, Role
from arengo_core.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from arengo_core.identity import tokens
from arengo_core.organizations import service as organizations
from arengo_core.permissions import service
from arengo_core.permissions.declared import DELEGATED, GRANTS, LOG, OWN_DATA, PEOPLE
from arengo_core.testing import messages

QUERY = """query ($id: ID!) { permissions(organizationId: $id) {
  key title roles isDelegable holders { userId name role delegation { delegateId until } }
  delegations { id delegateId since until } } }"""


@pytest.fixture
async def valley(make_consortium, make_user):
    """A consortium whose lead town has a clerk besides its officer."""
    made = await make_consortium()
    clerk = await make_user((made.lead.id, Role.CLERK), name="Bea Sportello")
    return SimpleNamespace(
        id=made.id,
        officer=made.officer,
        lead=made.lead,
        lead_officer=made.lead_officer,
        municipalities=made.municipalities,
        clerk=clerk,
    )


async def _delegate(host, caller, valley, permission=OWN_DATA, days=30, **more):
    async with host.unit_of_work(caller) as uow:
        return await service.delegate(
            uow,
            host,
            valley.lead.id,
            permission=permission.key,
            delegate_id=more.pop("delegate_id", valley.id),
            until=clock.today() + timedelta(days=days),
            **more,
        )


async def _acting(host, caller_for, person, place):
    caller = await caller_for(person)
    async with host.unit_of_work(caller) as uow:
        await host.identity.act_for(uow, place)
    return Caller(caller.user_id, caller.grants, place, caller.session_id)


async def test_least_privilege_until_an_organization_says_otherwise(host, valley, caller_for):
    officer, clerk = await caller_for(valley.lead_officer), await caller_for(valley.clerk)
    place = valley.lead.id
    assert officer.may(place, LOG)
    assert not clerk.may(place, LOG)
    async with host.unit_of_work(officer) as uow:
        for role, may in ((Role.CLERK, True), (Role.MUNICIPAL_OFFICER, False)):
            await service.set_role(uow, host, place, permission=LOG.key, role=role.value, may=may)
    assert (await caller_for(valley.clerk)).may(place, LOG)
    assert not (await caller_for(valley.lead_officer)).may(place, LOG)
    assert not (await caller_for(valley.clerk)).may(place, OWN_DATA), "that alone"
    async with host.unit_of_work(officer) as uow:
        for role, may in ((Role.CLERK, False), (Role.MUNICIPAL_OFFICER, True)):
            await service.set_role(uow, host, place, permission=LOG.key, role=role.value, may=may)
    assert not (await caller_for(valley.clerk)).may(place, LOG)
    assert (await caller_for(valley.lead_officer)).may(place, LOG)


async def test_nobody_locks_the_organization_out_or_gives_without_right(host, valley, caller_for):
    officer, clerk = await caller_for(valley.lead_officer), await caller_for(valley.clerk)
    give = {"permission": PEOPLE.key, "role": "clerk", "may": True}
    with pytest.raises(ConflictError):
        async with host.unit_of_work(officer) as uow:
            await service.set_role(uow, host, valley.lead.id, **give)
    for wrong in ({"permission": "core.nothing"}, {"role": "merchant"}, {"permission": "x"}):
        with pytest.raises(InvalidInputError):
            async with host.unit_of_work(officer) as uow:
                await service.set_role(
                    uow, host, valley.lead.id, **(give | {"permission": LOG.key} | wrong)
                )
    for caller in (clerk, await caller_for(valley.officer)):
        with pytest.raises(ForbiddenError):
            async with host.unit_of_work(caller) as uow:
                await service.set_role(
                    uow, host, valley.lead.id, **(give | {"permission": LOG.key})
                )


async def test_the_union_acts_for_a_town_in_what_it_was_let(host, valley, caller_for, visit):
    officer = await caller_for(valley.lead_officer)
    before = await caller_for(valley.officer)
    assert valley.lead.id not in before.scope.organizations
    await _delegate(host, officer, valley)
    plain = await caller_for(valley.officer)
    assert not plain.may(valley.lead.id, OWN_DATA), "not before it chooses to act for the town"
    assert valley.lead.id not in plain.scope.organizations
    caller = await _acting(host, caller_for, valley.officer, valley.lead.id)
    assert caller.may(valley.lead.id, OWN_DATA)
    for permission in (PEOPLE, GRANTS, LOG, DELEGATED):
        assert not caller.may(valley.lead.id, permission)
    assert not caller.may(valley.lead.id), "its people are not the town's"
    assert not caller.may(valley.municipalities[1].id, OWN_DATA)

    visitor = await visit(valley.officer)
    assert (await visitor.post("/account/acting", {"organization": str(valley.lead.id)})).headers[
        "location"
    ] == "/account"
    assert (await visitor.get("/office/log")).status_code == 403
    account = (await visitor.get("/account")).text
    assert 'href="/office/organization"' in account
    assert 'href="/office/people"' not in account
    form = {"street": "Via Nuova 9", "email": "", "phone": "", "locale": "it", "theme": ""}
    assert (await visitor.post("/office/organization", form)).status_code == 303
    async with host.unit_of_work(Caller.program([valley.lead.id]), read_only=True) as uow:
        assert (await organizations.get(uow, valley.lead.id)).street == "Via Nuova 9"
        entry = await uow.session.scalar(
            select(AuditEntry)
            .where(AuditEntry.organization_id == valley.lead.id)
            .order_by(AuditEntry.id.desc())
            .limit(1)
        )
    assert (entry.action, entry.actor_id) == ("organization.updated", valley.officer.id)
    assert entry.acting_id == valley.id, "as whom: the consortium's"
    log = (await (await visit(valley.lead_officer)).get("/office/log")).text
    name = (await _place(host, valley.id)).name
    assert f"per conto di {name}" in log


async def _place(host, place):
    async with host.unit_of_work(read_only=True) as uow:
        return await organizations.get(uow, place)


async def test_it_ends_by_revoking_and_by_day(host, valley, caller_for, move_clock):
    officer = await caller_for(valley.lead_officer)
    row = await _delegate(host, officer, valley, days=2)
    assert (await _acting(host, caller_for, valley.officer, valley.lead.id)).may(
        valley.lead.id, OWN_DATA
    )
    async with host.unit_of_work(officer) as uow:
        await service.revoke(uow, valley.lead.id, row.id)
    with pytest.raises(ForbiddenError):
        await _acting(host, caller_for, valley.officer, valley.lead.id)
    with pytest.raises(NotFoundError):
        async with host.unit_of_work(officer) as uow:
            await service.revoke(uow, valley.lead.id, row.id)
    await _delegate(host, officer, valley, days=2)
    caller = await _acting(host, caller_for, valley.officer, valley.lead.id)
    assert caller.may(valley.lead.id, OWN_DATA)
    move_clock(clock.now() + timedelta(days=3))
    with pytest.raises(ForbiddenError):
        await _acting(host, caller_for, valley.officer, valley.lead.id)


async def test_a_session_that_acted_by_delegation_falls_back(host, valley, caller_for):
    officer = await caller_for(valley.lead_officer)
    row = await _delegate(host, officer, valley)
    async with host.unit_of_work() as uow:
        token = await host.identity.open_session(uow, valley.officer.id)
        caller = await host.identity.caller_of(uow, token, "it")
    async with host.unit_of_work(caller) as uow:
        await host.identity.act_for(uow, valley.lead.id)
    async with host.unit_of_work(officer) as uow:
        await service.revoke(uow, valley.lead.id, row.id)
    async with host.unit_of_work() as uow:
        assert (await host.identity.caller_of(uow, token, "it")).acting_id == valley.id


async def test_what_may_not_be_delegated_and_to_whom(host, valley, caller_for, make_consortium):
    officer = await caller_for(valley.lead_officer)
    stranger = await make_consortium()
    with pytest.raises(ConflictError):
        await _delegate(host, officer, valley, permission=PEOPLE)
    for wrong in (
        {"delegate_id": stranger.id},
        {"delegate_id": stranger.lead.id},
        {"delegate_id": valley.lead.id},
        {"days": -1},
        {"days": 4 * 366},
        {"since": clock.today() - timedelta(days=1)},
    ):
        with pytest.raises(InvalidInputError):
            await _delegate(host, officer, valley, **wrong)
    await _delegate(host, officer, valley, delegate_id=valley.municipalities[1].id)
    for person in (valley.clerk, valley.officer):
        with pytest.raises(ForbiddenError):
            await _delegate(host, await caller_for(person), valley)


async def test_a_delegates_clerk_and_tokens_do_not_act_for_others(
    host, valley, caller_for, make_user
):
    officer = await caller_for(valley.lead_officer)
    helper = await make_user((valley.id, Role.DEVELOPER))
    await _delegate(host, officer, valley)
    assert [grant.delegate_id for grant in (await caller_for(helper)).grants] == [None]
    union = await caller_for(valley.officer)
    with pytest.raises(ForbiddenError):
        async with host.unit_of_work(union) as uow:
            await tokens.create(uow, organization_ids=[valley.lead.id], read_only=False, days=1)
    async with host.unit_of_work(union) as uow:
        secret = await tokens.create(uow, organization_ids=[valley.id], read_only=False, days=1)
        found = await tokens.caller_of(uow, secret, "it")
    assert {grant.organization_id for grant in found.grants} == {valley.id}


async def test_who_can_and_why_and_until_when(host, valley, caller_for, visit):
    officer = await caller_for(valley.lead_officer)
    row = await _delegate(host, officer, valley)
    await _delegate(host, officer, valley, since=clock.today() + timedelta(days=9))
    visitor = await visit(valley.lead_officer)
    answer = await visitor.graphql(QUERY, id=global_id("Organization", valley.lead.id))
    found = {one["key"]: one for one in answer["data"]["permissions"]}
    assert found["core.log"]["title"] == "Leggere il registro"
    assert "marketplace.ledger" not in found, "that is the consortium's"
    own = found["core.own_data"]
    assert [(h["role"], h["delegation"] is not None) for h in own["holders"]] == [
        ("municipal_officer", False),
        ("consortium_officer", True),
    ]
    assert own["holders"][1]["userId"] == global_id("User", valley.officer.id)
    assert own["holders"][1]["delegation"]["until"] == row.ends_on.isoformat()
    assert len(own["delegations"]) == 2, "the second is not in force yet"
    for key, permission in found.items():
        declared = host.registry.permissions[key].value
        for person in (valley.lead_officer, valley.clerk, valley.officer):
            caller = await caller_for(person)
            if any(grant.organization_id == valley.lead.id for grant in caller.grants):
                caller = Caller(caller.user_id, caller.grants, valley.lead.id)
            listed = global_id("User", person.id) in {h["userId"] for h in permission["holders"]}
            assert listed == caller.may(valley.lead.id, declared), (key, person.name)
    page = (await visitor.get("/office/permissions/core.own_data")).text
    assert "per delega" in page
    refused = await (await visit(valley.clerk)).get("/office/permissions")
    assert refused.status_code == 403


async def test_the_page_gives_delegates_and_ends(host, valley, visit, caller_for):
    visitor = await visit(valley.lead_officer)
    here = "/office/permissions/core.own_data"
    assert (await visitor.post(f"{here}/roles", {"role": "clerk", "may": "1"})).status_code == 303
    assert (await caller_for(valley.clerk)).may(valley.lead.id, OWN_DATA)
    wrong = await visitor.post(
        f"{here}/delegations", {"delegate_id": str(valley.id), "until": "soon"}
    )
    assert wrong.status_code == 400
    assert "soon" in wrong.text
    until = (clock.today() + timedelta(days=5)).isoformat()
    made = await visitor.post(
        f"{here}/delegations", {"delegate_id": str(valley.id), "until": until}
    )
    assert made.status_code == 303
    page = (await visitor.get(here)).text
    action = page.split(f'action="{here}/delegations/')[1].split('"')[0]
    assert (await visitor.post(f"{here}/delegations/{action}")).status_code == 303
    assert "/revoke" not in (await visitor.get(here)).text
    log = (await visitor.get("/office/log")).text
    for words in ("Permesso concesso a un ruolo", "Delega data", "Delega terminata"):
        assert words in log
    union = (await (await visit(valley.officer)).get("/office/log")).text
    assert "Delega data" in union, "the delegate's log has it too"


async def test_the_list_takes_as_many_statements_for_many_people(
    host, valley, visit, make_user, caller_for
):
    visitor = await visit(valley.lead_officer)
    seen: list[str] = []

    def count(_connection, _cursor, statement, *_):
        seen.append(statement)

    async def asked():
        seen.clear()
        event.listen(host.engine.sync_engine, "before_cursor_execute", count)
        try:
            answer = await visitor.graphql(QUERY, id=global_id("Organization", valley.lead.id))
        finally:
            event.remove(host.engine.sync_engine, "before_cursor_execute", count)
        assert "errors" not in answer
        return len([text for text in seen if "set_config" not in text])

    await _delegate(host, await caller_for(valley.lead_officer), valley)
    one = await asked()
    for _ in range(2):
        await make_user((valley.lead.id, Role.CLERK))
    await _delegate(
        host,
        await caller_for(valley.lead_officer),
        valley,
        delegate_id=valley.municipalities[1].id,
    )
    assert await asked() == one == 7


def test_what_is_asked_for_is_declared_and_roles_are_asked_for_nowhere(host):
    declared = {owned.value for owned in host.registry.permissions.values()}
    packages = list(messages.PACKAGES)
    packages += [p.package for p in host.registry.plugins if p.package not in packages]
    asked, by_role = set(), []
    for package in packages:
        for path in messages.folder(package).rglob("*.py"):
            source = path.read_text()
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and messages._name(node.func) == "Permission":
                    asked |= {node.args[0].value} if node.args else set()
                if isinstance(node, ast.Call) and messages._name(node.func) in {"may", "require"}:
                    by_role += [
                        f"{path.name}:{node.lineno}"
                        for part in ast.walk(node)
                        if isinstance(part, ast.Name) and part.id in {"Role", "LEADERS"}
                    ]
    assert by_role == []
    assert asked == {permission.key for permission in declared}
    assert all(isinstance(permission, Permission) for permission in declared)
