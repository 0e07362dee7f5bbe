"""The demo's parcels: on their way as a valley's would be."""

from __future__ import annotations

from sqlalchemy import text

from arengo_core.caller import Caller, OrganizationKind
from arengo_core.organizations import repository as organizations
from arengo_delivery.demo import parcels, points
from arengo_marketplace.demo import members, offers


async def test_the_demo_shows_parcels_in_every_place(fresh_host):
    await members.load(fresh_host, "valmalenco")
    await offers.load(fresh_host, "valmalenco")
    await points.load(fresh_host, "valmalenco")
    await parcels.load(fresh_host, "valmalenco")
    async with fresh_host.unit_of_work() as uow:
        [consortium] = await organizations.of_kind(uow.session, OrganizationKind.CONSORTIUM.value)
        held = await uow.session.execute(text("select name from delivery.pick_up_point"))
        names = held.scalars().all()
    assert len([name for name in names if name.startswith("Municipio")]) == 4
    assert len(names) == 6
    async with fresh_host.unit_of_work(Caller.program([], [consortium.id])) as uow:
        counted = await uow.session.execute(
            text("select state, count(*) from delivery.parcel group by state")
        )
        states = dict(counted.all())
        lost = await uow.session.execute(
            text(
                "select count(*) from delivery.parcel p where not exists (select 1 from"
                " delivery.parcel_event e where e.parcel_id = p.id and e.state = p.state)"
            )
        )
        assert lost.scalar_one() == 0
    assert states["delivered"] > 300
    assert {"ready", "in_transit", "at_pick_up_point"} <= set(states)
