"""The demo's messages: of the months that have passed, not of the day it was built."""

from __future__ import annotations

from sqlalchemy import text

from arengo_communications.demo import steps
from arengo_core.caller import Caller, OrganizationKind
from arengo_core.organizations import repository as organizations
from arengo_marketplace.demo import members, offers


async def test_each_announcement_of_past_months_went_to_its_subscribers(fresh_host):
    for load in (members.load, offers.load, steps.load):
        await load(fresh_host, "valmalenco")
    async with fresh_host.unit_of_work() as uow:
        towns = await organizations.of_kind(uow.session, OrganizationKind.MUNICIPALITY.value)
    async with fresh_host.unit_of_work(Caller.program([town.id for town in towns])) as uow:
        sent = await uow.session.execute(
            text(
                "select a.sent_at::date, a.recipients, count(m.id) from communications.announcement"
                " a left join communications.message m on m.organization_id = a.organization_id"
                " and m.created_at::date = a.sent_at::date and m.subject in (a.subject_it,"
                " a.subject_en) where a.state = 'sent' group by a.id, 1, 2"
            )
        )
        rows = sent.all()
    assert len({row[0] for row in rows}) == 3
    assert all(counted == recipients > 0 for _, recipients, counted in rows)
