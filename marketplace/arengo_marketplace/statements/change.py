"""A member's statement beside its month before: the difference by service and by cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_marketplace.costs.comparing import Compared, MemberDifference
from arengo_marketplace.settlements import comparison, differences
from arengo_marketplace.settlements import repository as settlements
from arengo_marketplace.settlements.differences import Kept
from arengo_marketplace.settlements.models import Settlement
from arengo_marketplace.statements import repository
from arengo_marketplace.statements.models import Statement
from arengo_marketplace.titles import service_title


@dataclass(frozen=True, slots=True)
class StatementChange:
    """What a member pays beside the last month settled before; its statement then, if it had one.

    ``titles`` are those of the offers.
    """

    last: Settlement
    last_statement: Statement | None
    difference: MemberDifference
    titles: Mapping[UUID, str]


async def change_of(uow: UnitOfWork, host: Host, statement: Statement) -> StatementChange | None:
    """Why a statement differs from the month before; None of a credit, and of a first month.

    For who may read the statement.
    """
    return (await changes_of(uow, host, [statement])).get(statement.id)


async def changes_of(
    uow: UnitOfWork, host: Host, rows: Sequence[Statement]
) -> dict[UUID, StatementChange]:
    """The same of several statements; absent where there is none."""
    beside = await _beside(uow, rows)
    asked = [row for row in rows if row.id in beside]
    if not asked:
        return {}
    members = {row.organization_id for row in asked}
    kept = {
        (one.organization_id, one.settlement_id, one.beside_id): one
        for one in await settlements.differences_of(
            uow.session, members, {row.settlement_id for row in asked}
        )
    }
    earlier = {
        (one.organization_id, one.settlement_id): one
        for one in await repository.of_members_in(
            uow.session, members, {beside[row.id].id for row in asked}
        )
    }
    found: dict[UUID, StatementChange] = {}
    months: dict[tuple[UUID, UUID], Kept] = {}
    for row in asked:
        last = beside[row.id]
        member, both = row.organization_id, (row.settlement_id, last.id)
        own = kept.get((member, *both))
        if own is not None:
            difference, services = differences.member_of(own), differences.services_of(own)
        else:
            if both not in months:
                months[both] = await _whole(uow, host, row, last)
            services = months[both].services
            difference = months[both].compared.of_member(member)
        found[row.id] = StatementChange(
            last,
            earlier.get((member, last.id)),
            difference,
            {offer: service_title(host.registry, key) for offer, key in services.items()},
        )
    return found


async def _beside(uow: UnitOfWork, rows: Sequence[Statement]) -> dict[UUID, Settlement]:
    """The settlement before each statement's, by statement."""
    found: dict[UUID, Settlement] = {}
    for consortium_id in {row.consortium_id for row in rows}:
        async with uow.widened([consortium_id]):
            standing = await settlements.all_standing(uow.session, consortium_id)
        for row in rows:
            if row.consortium_id != consortium_id or row.reverses_id is not None:
                continue
            last = next((one for one in standing if one.starts_on < row.starts_on), None)
            if last is not None:
                found[row.id] = last
    return found


async def _whole(uow: UnitOfWork, host: Host, row: Statement, last: Settlement) -> Kept:
    """All members' difference, of which the reader sees the one member's, where a job has not kept
    it yet; nothing where it has, for who has no row there has no share in either month.
    """
    consortium_id = row.consortium_id
    async with uow.widened([consortium_id], [consortium_id]):
        whole = await settlements.differences_of(uow.session, [consortium_id], [row.settlement_id])
        if any(one.beside_id == last.id for one in whole):
            return Kept(Compared.of({}, {}, {}), {})
        settlement = await settlements.get(uow.session, row.settlement_id, consortium_id)
        assert settlement is not None, "settlements are never deleted"
        return await comparison.reckon(uow, host, settlement, last)
