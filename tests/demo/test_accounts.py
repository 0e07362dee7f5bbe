"""The demo's months: two settled, one waiting, everything adding up."""

from __future__ import annotations

from decimal import Decimal

from arengo_core.caller import Caller
from arengo_core.organizations import repository as organizations
from arengo_marketplace.demo import accounts, members, offers
from arengo_marketplace.demo.timeline import month_back
from arengo_marketplace.ledger import service as ledger
from arengo_marketplace.metering import repository as usage
from arengo_marketplace.settlements import repository, service
from arengo_marketplace.statements import repository as statements
from arengo_marketplace.statements import service as statement_service


async def test_two_months_are_settled_and_one_waits(fresh_host):
    for step in (members, offers, accounts):
        await step.load(fresh_host, "valmalenco")
    async with fresh_host.unit_of_work() as uow:
        consortium = (await organizations.by_slug(uow.session, "valmalenco")).id
    office = Caller.program([consortium], [consortium])
    async with fresh_host.unit_of_work(office, read_only=True) as uow:
        closed = await repository.page(uow.session, consortium)
        assert [one.period for one in closed] == [month_back(2), month_back(3)]
        for settlement in closed:
            shares = await repository.shares(uow.session, settlement.id, consortium)
            issued = await statements.of_settlement(uow.session, consortium, settlement.id)
            assert len(issued) == 4
            assert settlement.net > 0
            assert settlement.funding > 0
            assert sum(share.amount for share in shares) == settlement.net
            assert sum(one.amount for one in issued) == settlement.net
        draft = await service.preview(
            uow, fresh_host, consortium_id=consortium, period=month_back(1)
        )
        assert draft.problems == ()
        assert draft.unrecorded == []
        oldest = await statements.of_settlement(uow.session, consortium, closed[1].id)
        states = [one.state for one in await statement_service.standings(uow, oldest)]
        assert states.count("paid") == 3
        meters = list(fresh_host.registry.meters())
        used = await usage.of_period(uow.session, consortium, month_back(1), meters)
        assert sum(units for by_member in used.values() for units in by_member.values()) > Decimal(
            9
        )
        totals = await ledger.trial_balance(uow, consortium)
        assert sum(one.balance for one in totals) == 0
