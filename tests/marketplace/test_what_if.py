"""What-if over several offers: as many statements for three as for one."""

from __future__ import annotations

from arengo_core.caller import Caller
from arengo_core.testing.statements import counting
from arengo_marketplace.costs.what_if import ChangeKind
from arengo_marketplace.whatif import service
from arengo_marketplace.whatif.service import Asked


async def test_the_statements_do_not_grow_with_members_or_offers(
    host, make_consortium, make_offer, activate
):
    made = await make_consortium()
    towns = made.municipalities
    office = Caller.program([made.id], [made.id])

    async def statements(expected: int) -> int:
        with counting(host) as seen:
            async with host.unit_of_work(office, read_only=True) as uow:
                asked = [Asked(ChangeKind.LEAVES, member_id=towns[0].id)]
                answer = await service.ask(uow, host, consortium_id=made.id, asked=asked)
        assert len(answer.figures.members) == expected
        return len(seen)

    bell = await make_offer(made.id, "bell")
    await activate(towns[0].id, bell)
    few = await statements(1)
    for key in ("tolk", "peal"):
        await make_offer(made.id, key)
    for town in towns[1:3]:
        await activate(town.id, bell)
    assert await statements(3) == few
