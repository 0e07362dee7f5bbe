"""The audit log's chain: a row changed behind our back breaks it."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import select

from arengo_core import clock
from arengo_core.audit.models import AuditEntry, AuditSeal
from arengo_core.audit.sealing import seal_all, verify
from arengo_core.caller import Caller
from tests.core.places import place


async def _act(host, organization_id, *actions):
    for action in actions:
        async with host.unit_of_work(Caller.program([organization_id])) as uow:
            uow.audit(organization_id, action, "Thing", figure=3)


@pytest.fixture
async def town(host, move_clock):
    """A town with five sealed entries in two links of its chain."""
    row = await place(host)
    for actions, later in ((("a", "b"), 10), (("c", "d"), 20)):
        await _act(host, row.id, *actions)
        move_clock(clock.now() + timedelta(minutes=later))
        await seal_all(host, {})
    return row.id


async def _seals(host, town):
    async with host.unit_of_work(Caller.program([town])) as uow:
        rows = await uow.session.scalars(
            select(AuditSeal).where(AuditSeal.organization_id == town).order_by(AuditSeal.id)
        )
        return rows.all()


async def test_the_chain_holds_while_nobody_touches_the_rows(host, town):
    assert [seal.entries for seal in await _seals(host, town)] == [3, 2]
    assert await verify(host, town) is None


async def test_sealing_again_with_nothing_new_adds_no_link(host, town):
    await seal_all(host, {})
    assert len(await _seals(host, town)) == 2


async def test_entries_of_a_moment_ago_wait_for_the_next_seal(host, town):
    await _act(host, town, "just now")
    await seal_all(host, {})
    assert len(await _seals(host, town)) == 2


@pytest.mark.parametrize(
    "tampering",
    [
        "update core.audit_entry set details = '{\"figure\": 4}' where id = $1",
        "update core.audit_entry set actor_id = gen_random_uuid() where id = $1",
        "delete from core.audit_entry where id = $1",
    ],
)
async def test_a_row_changed_by_the_owner_with_its_triggers_off_is_found(
    host, town, database, tampering
):
    async with host.unit_of_work(Caller.program([town])) as uow:
        entry = await uow.session.scalar(
            select(AuditEntry.id).where(
                AuditEntry.organization_id == town, AuditEntry.action == "c"
            )
        )
    owner = await asyncpg.connect(database.owner)
    try:
        async with owner.transaction():
            await owner.execute("select set_config('arengo.maintenance', 'on', true)")
            await owner.execute("alter table core.audit_entry disable trigger user")
            await owner.execute(tampering, entry)
            await owner.execute("alter table core.audit_entry enable trigger user")
    finally:
        await owner.close()
    first, second = await _seals(host, town)
    assert await verify(host, town) == second.id
    assert first.id != second.id
