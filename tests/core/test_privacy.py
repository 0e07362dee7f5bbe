"""The register, a person's own copy, erasure, and what is kept no longer than said."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from arengo_core import clock
from arengo_core.audit.models import AuditEntry
from arengo_core.caller import Caller, Role
from arengo_core.errors import ConflictError, InvalidInputError, UnauthenticatedError
from arengo_core.identity import second_step, tokens
from arengo_core.identity.models import (
    ApiToken,
    Invitation,
    Passkey,
    Person,
    RoleGrant,
    SecondStep,
    SignIn,
    UserSession,
)
from arengo_core.ids import new_id
from arengo_core.privacy import service
from arengo_core.privacy.register import holdings, undeclared
from tests.core.places import place


@pytest.fixture
async def two(host, make_user, caller_for):
    """A town with two officers: the one who goes, and the one who stays."""
    town = await place(host)
    goes = await make_user((town.id, Role.MUNICIPAL_OFFICER), name="Gina Va")
    stays = await make_user((town.id, Role.MUNICIPAL_OFFICER), name="Remo Resta")
    return town, goes, stays


async def _erase(host, caller, email):
    async with host.unit_of_work(caller) as uow:
        return await service.erase(uow, host, email=email)


async def _left(host, person):
    async with host.unit_of_work(Caller.program([person.id])) as uow:
        found = {}
        for model, column in (
            (Person, Person.id),
            (SignIn, SignIn.user_id),
            (RoleGrant, RoleGrant.user_id),
            (UserSession, UserSession.user_id),
            (ApiToken, ApiToken.user_id),
            (SecondStep, SecondStep.organization_id),
            (Passkey, Passkey.organization_id),
        ):
            rows = await uow.session.scalars(select(model).where(column == person.id))
            found[model.__name__] = len(rows.all())
        return found


def test_every_table_with_personal_columns_is_declared(host):
    tables = [
        table
        for plugin in host.registry.plugins
        if plugin.migrations is not None
        for table in plugin.migrations.metadata.tables.values()
    ]
    assert [fault for table in tables for fault in undeclared(table)] == []
    assert len(list(holdings(host.registry))) > 20


def test_an_undeclared_column_is_named():
    from sqlalchemy import Column, MetaData, String, Table

    table = Table("guest", MetaData(), Column("id", String), Column("email", String))
    assert undeclared(table) == ["guest.email is not declared"]


async def test_the_copy_holds_ones_own_and_nobody_elses(host, two, visit, caller_for):
    town, goes, stays = two
    async with host.unit_of_work(await caller_for(goes)) as uow:
        await tokens.create(uow, organization_ids=[town.id], read_only=True, days=3)
    visitor = await visit(goes)
    answer = await visitor.get("/account/data")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        core = json.loads(archive.read("core.json"))
    assert [row["name"] for row in core["person"]["rows"]] == ["Gina Va"]
    assert [row["organization_id"] for row in core["role_grant"]["rows"]] == [str(town.id)]
    assert core["audit_entry"]["rows"], "what the log has of her"
    text = json.dumps(core)
    assert str(stays.id) not in text
    assert stays.email not in text
    assert "argon2" not in text
    assert not {"email_digest", "password_hash"} & core["sign_in"]["rows"][0].keys()


async def test_erasing_takes_all_but_what_must_stay_and_says_so(host, two, visit, caller_for):
    town, goes, stays = two
    caller = await caller_for(goes)
    async with host.unit_of_work(caller) as uow:
        await tokens.create(uow, organization_ids=[town.id], read_only=True, days=3)
        await second_step.begin(uow, host.cipher)
        uow.session.add(
            Passkey(
                organization_id=goes.id,
                credential_id=b"one",
                public_key=b"key",
                sign_count=0,
                name="Telefono",
            )
        )
    assert 0 not in (await _left(host, goes)).values()
    visitor = await visit(goes)
    wrong = await visitor.post("/account/erase", {"email": stays.email})
    assert wrong.status_code == 400
    assert (await _left(host, goes))["Person"] == 1
    done = await visitor.post("/account/erase", {"email": goes.email})
    assert done.status_code == 200
    assert "conservati" in done.text
    assert "identificativo" in done.text, "the log keeps an id, and says so"
    assert set((await _left(host, goes)).values()) == {0}
    assert (await _left(host, stays))["Person"] == 1
    assert (await visitor.get("/account")).status_code != 200
    async with host.unit_of_work(Caller.program([town.id])) as uow:
        entries = (
            await uow.session.scalars(
                select(AuditEntry)
                .where(AuditEntry.organization_id == town.id)
                .order_by(AuditEntry.id)
            )
        ).all()
    assert entries[-1].action == "person.erased"
    assert "Una persona che non c" in await _log(visit, stays)


async def _log(visit, person):
    return (await (await visit(person)).get("/office/log")).text


async def test_the_last_in_charge_and_tokens_erase_nobody(host, make_user, caller_for):
    town = await place(host)
    alone = await make_user((town.id, Role.MUNICIPAL_OFFICER))
    caller = await caller_for(alone)
    with pytest.raises(ConflictError):
        await _erase(host, caller, alone.email)
    with pytest.raises(InvalidInputError):
        await _erase(host, caller, "somebody@example.it")
    async with host.unit_of_work(caller) as uow:
        secret = await tokens.create(uow, organization_ids=[town.id], read_only=False, days=3)
        by_token = await tokens.caller_of(uow, secret, "it")
    with pytest.raises(UnauthenticatedError):
        await _erase(host, by_token, alone.email)
    assert (await _left(host, alone))["Person"] == 1


async def test_what_is_over_is_deleted_and_what_is_not_stays(host, two):
    town, _, _ = two
    old, young = new_id(), new_id()
    async with host.unit_of_work(Caller.program([town.id])) as uow:
        for key, days in ((old, 366), (young, 364)):
            uow.session.add(
                Invitation(
                    id=key,
                    organization_id=town.id,
                    email="x@example.it",
                    name="X",
                    role="clerk",
                    created_at=clock.now() - timedelta(days=days),
                )
            )
    await service.clear_over(host, {})
    async with host.unit_of_work(Caller.program([town.id])) as uow:
        left = await uow.session.scalars(
            select(Invitation.id).where(Invitation.organization_id == town.id)
        )
        assert left.all() == [young]


async def test_the_register_says_how_long_a_customers_orders_are_kept(host, app, visit, make_user):
    visitor = await visit(await make_user())
    answer = await visitor.graphql("{ personalData { plugin table kept onErasure } }")
    rows = {(row["plugin"], row["table"]): row for row in answer["data"]["personalData"]}
    assert rows["storefront", "shop_order"]["onErasure"] == "keep"
    assert "2220" in rows["storefront", "shop_order"]["kept"]
    assert rows["core", "person"]["onErasure"] == "delete"
    page = (await visitor.get("/privacy/register")).text
    assert "shop_order: name, email" in page
