"""``arengo audit verify``, as an operator runs it."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import select

from arengo_core import clock
from arengo_core.audit.models import AuditEntry
from arengo_core.audit.sealing import seal_all
from arengo_core.caller import Caller
from arengo_core.host import Host
from tests.core.places import place


@pytest.fixture
async def sealed(host, settings, new_database, move_clock):
    """A database of one's own with one sealed entry: its logins and the entry."""
    urls = await new_database(migrated=True)
    own = Host.create(settings, host.registry, urls.app)
    try:
        town = await place(own)
        move_clock(clock.now() + timedelta(minutes=10))
        await seal_all(own, {})
        async with own.unit_of_work(Caller.program([town.id])) as uow:
            rows = await uow.session.scalars(
                select(AuditEntry.id).where(AuditEntry.organization_id == town.id)
            )
            return urls, rows.one()
    finally:
        await own.close()


async def test_it_says_that_all_is_well_and_then_names_what_is_gone(arengo, sealed):
    database, sealed_entry = sealed
    urls = {"database_url": database.app, "database_owner_url": database.owner}
    well = arengo("audit", "verify", **urls)
    assert well.returncode == 0, well.stderr
    assert "1 entries in 1 batches, head " in well.stdout
    assert "Nothing was changed or is missing." in well.stdout

    owner = await asyncpg.connect(database.owner)
    try:
        async with owner.transaction():
            await owner.execute("select set_config('arengo.maintenance', 'on', true)")
            await owner.execute("alter table core.audit_entry disable trigger user")
            await owner.execute("delete from core.audit_entry where id = $1", sealed_entry)
            await owner.execute("alter table core.audit_entry enable trigger user")
    finally:
        await owner.close()
    found = arengo("audit", "verify", **urls)
    assert found.returncode == 1, found.stderr
    assert f"entry missing: entry {sealed_entry} batch 1" in found.stdout
    assert "1 faults found." in found.stdout
