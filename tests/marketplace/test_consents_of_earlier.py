"""What members switched on before consents were recorded: said as it is, and asked for."""

from __future__ import annotations

import pytest_asyncio
import sqlalchemy as sa

from arengo_core.database import migrate
from arengo_core.database.engine import make_engine
from arengo_core.ids import new_id

TOWN, UNION, OFFICER = new_id(), new_id(), new_id()
SWITCHED_ON = """
insert into marketplace.activation (id, organization_id, consortium_id, offer_id, service, state,
    settings, forecast, created_at)
values (:id, :town, :union, :id, :service, :state, '{}', '{}', '2026-03-01T09:00Z')
"""
CHANGED = """
insert into marketplace.activation_change (id, organization_id, consortium_id, activation_id,
    state, at, "by", why)
values (:id, :town, :union, :activation, 'requested', '2026-03-02T09:00Z', :officer, '')
"""


@pytest_asyncio.fixture
async def as_owner(database_server, host):
    """A connection as the owner to a database of the version before."""
    server, template = database_server
    name = f"arengo_earlier_{new_id().hex}"
    urls = await server.recreate(name, template)
    engine = make_engine(urls.owner, pool_size=1, name="arengo-earlier")
    await migrate.downgrade(engine, host.registry.plugin("marketplace").migrations, "0002")
    yield engine
    await engine.dispose()
    await server.drop(name)


async def test_nobody_is_said_to_have_agreed(as_owner, host):
    rows = [("delivery", "active"), ("payments", "suspended"), ("bell", "ended")]
    async with as_owner.begin() as connection:
        await connection.execute(sa.text("select set_config('arengo.maintenance', 'on', true)"))
        for service, state in rows:
            ids = {"id": new_id(), "town": TOWN, "union": UNION}
            await connection.execute(
                sa.text(SWITCHED_ON), {**ids, "service": service, "state": state}
            )
            if service == "delivery":
                change = {**ids, "id": new_id(), "activation": ids["id"], "officer": OFFICER}
                await connection.execute(sa.text(CHANGED), change)
    await migrate.upgrade(as_owner, host.registry.plugin("marketplace").migrations)
    async with as_owner.begin() as connection:
        await connection.execute(sa.text("select set_config('arengo.maintenance', 'on', true)"))
        found = await connection.execute(
            sa.text(
                'select service, act, grants, "by", at::date::text from marketplace.consent'
                " where organization_id = :town order by service"
            ),
            {"town": TOWN},
        )
        assert [tuple(row) for row in found] == [
            ("delivery", "unrecorded", {}, OFFICER, "2026-03-02"),
            ("payments", "unrecorded", {}, None, "2026-03-01"),
        ]
        agreed = await connection.scalars(sa.text("select agreed from marketplace.activation"))
        assert agreed.all() == [[], [], []]
