"""Rules of statements: who reads them, what of them is paid, recording payments."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError
from arengo_core.money import Money
from arengo_marketplace.funding import repository as funding
from arengo_marketplace.funding.models import Funding
from arengo_marketplace.ledger import service as ledger
from arengo_marketplace.permissions import ALL_FIGURES, FIGURES, INCOME
from arengo_marketplace.settlements import repository as settlements
from arengo_marketplace.settlements.models import SettledLine, SettledOffer, Settlement, Share
from arengo_marketplace.statements import repository
from arengo_marketplace.statements.models import Statement

_AGES = (0, 30, 60, 90)


@dataclass(frozen=True, slots=True)
class Standing:
    """A statement with what was paid of it, in minor units, and what took it back.

    A statement and the credit that takes it back set each other off; what had been paid of the
    first (``paid_before``) is what the credit still has to give back.
    """

    statement: Statement
    paid: int
    reversed_by: UUID | None = None
    paid_before: int = 0

    @property
    def open(self) -> int:
        """What is still to be paid; negative: to be given back."""
        if self.reversed_by is not None:
            return 0
        if self.statement.reverses_id is not None:
            return -self.paid_before - self.paid
        return self.statement.due - self.paid

    @property
    def state(self) -> str:
        """``paid``, ``unpaid``, ``reversed``, ``credit`` (to be given back) or ``set_off``."""
        if self.reversed_by is not None:
            return "reversed"
        if self.open:
            return "unpaid" if self.open > 0 else "credit"
        return "set_off" if self.statement.reverses_id and not self.paid else "paid"

    @property
    def overdue(self) -> bool:
        """Whether it should have been paid by now."""
        return self.days_overdue > 0

    @property
    def days_overdue(self) -> int:
        """For how many days it should have been paid; 0 where it need not be yet."""
        return max((clock.today() - self.statement.due_on).days, 0) if self.open > 0 else 0


@dataclass(frozen=True, slots=True)
class OfferDetail:
    """One service of a statement: the member's share, and the pool that it is a part of.

    ``settlement`` is the one that made the figures: for a credit, the one taken back.
    """

    share: Share
    offer: SettledOffer
    lines: tuple[SettledLine, ...]
    settlement: Settlement


async def statement_of(uow: UnitOfWork, statement_id: UUID) -> Statement:
    """A statement that the caller may read. NotFoundError otherwise."""
    statement = await repository.get(uow.session, statement_id)
    if statement is None:
        raise NotFoundError("There is no such statement.")
    _require_reader(uow, statement.organization_id, statement.consortium_id)
    return statement


def _require_reader(uow: UnitOfWork, member_id: UUID, consortium_id: UUID) -> None:
    """Leaders of the member read its figures, officers of the consortium those of all."""
    if not uow.caller.may(consortium_id, ALL_FIGURES):
        uow.caller.require(member_id, FIGURES)


async def may_list(uow: UnitOfWork, organization_id: UUID) -> bool:
    """Whether the organization is a consortium, whose officers list all its statements.

    Raises unless the caller may list the statements of this consortium or member.
    """
    if uow.caller.may(organization_id, ALL_FIGURES):
        return True
    uow.caller.require(organization_id, FIGURES)
    return False


async def standings(uow: UnitOfWork, rows: Sequence[Statement]) -> list[Standing]:
    """Statements with what was paid of them; two statements of SQL a consortium."""
    paid: dict[UUID, int] = {}
    reversed_by: dict[UUID, UUID] = {}
    for consortium_id in {row.consortium_id for row in rows}:
        ids = [row.id for row in rows if row.consortium_id == consortium_id]
        before = [row.reverses_id for row in rows if row.reverses_id is not None]
        paid |= await repository.paid(uow.session, [*ids, *before], consortium_id)
        reversed_by |= await repository.reversals(uow.session, ids, consortium_id)
    return [
        Standing(
            row,
            paid.get(row.id, 0),
            reversed_by.get(row.id),
            paid.get(row.reverses_id, 0) if row.reverses_id else 0,
        )
        for row in rows
    ]


async def standing_of(uow: UnitOfWork, statement: Statement) -> Standing:
    """One statement with what was paid of it."""
    return (await standings(uow, [statement]))[0]


async def overdue(
    uow: UnitOfWork,
    consortium_id: UUID,
    *,
    after: tuple[date, UUID] | None = None,
    limit: int | None = None,
) -> list[Standing]:
    """Statements that should have been paid by now, the longest due first; for the office."""
    uow.caller.require(consortium_id, INCOME)
    rows = await repository.unsettled(
        uow.session, consortium_id, overdue_on=clock.today(), after=after, limit=limit
    )
    return await standings(uow, rows)


async def open_by_age(uow: UnitOfWork, consortium_id: UUID) -> list[int]:
    """What members still owe, in minor units: not due yet, overdue for up to 30, 60 and 90 days,
    and for longer; for the office.
    """
    uow.caller.require(consortium_id, INCOME)
    sums = [0] * (len(_AGES) + 1)
    for one in await standings(uow, await repository.unsettled(uow.session, consortium_id)):
        sums[bisect_left(_AGES, one.days_overdue)] += max(one.open, 0)
    return sums


async def owed(uow: UnitOfWork, consortium_id: UUID, member_id: UUID | None) -> Money:
    """What a member owes the consortium by the ledger, or all members together."""
    if member_id is None:
        uow.caller.require(consortium_id, INCOME)
    else:
        _require_reader(uow, member_id, consortium_id)
    return await ledger.balance(uow, consortium_id, "member_receivable", member_id)


async def shares_of(uow: UnitOfWork, statements: Sequence[Statement]) -> Sequence[Share]:
    """A member's shares on its statements."""
    if not statements:
        return []
    member = statements[0].organization_id
    ids = [statement.id for statement in statements]
    return await settlements.shares_of_statements(uow.session, [member], ids)


async def settlement_behind(uow: UnitOfWork, statement: Statement) -> Settlement:
    """The settlement of a statement; members may read it, but not others' shares in it."""
    async with uow.widened([statement.consortium_id]):
        found = await settlements.get(uow.session, statement.settlement_id, statement.consortium_id)
    assert found is not None, "settlements are never deleted"
    return found


async def offer_detail(uow: UnitOfWork, statement: Statement, offer_id: UUID) -> OfferDetail:
    """One service of a statement, down to the lines of its pool. NotFoundError otherwise."""
    shares = await shares_of(uow, [statement])
    share = next((one for one in shares if one.offer_id == offer_id), None)
    if share is None:
        raise NotFoundError("This statement has no such service.")
    consortium_id = statement.consortium_id
    settlement = await settlement_behind(uow, statement)
    async with uow.widened([consortium_id]):
        origin = settlement
        if settlement.reverses_id is not None:
            found = await settlements.get(uow.session, settlement.reverses_id, consortium_id)
            assert found is not None, "settlements are never deleted"
            origin = found
        offers = await settlements.offers(uow.session, settlement.id, consortium_id)
        lines = await settlements.lines(uow.session, origin.id, consortium_id, offer_id)
    offer = next(one for one in offers if one.offer_id == offer_id)
    return OfferDetail(share, offer, tuple(lines), origin)


async def grant_behind(uow: UnitOfWork, line: SettledLine) -> Funding | None:
    """The grant of which a line tells what it covered; who reads the line reads whose it is."""
    if line.funding_id is None:
        return None
    async with uow.widened([line.organization_id]):
        return await funding.get(uow.session, line.funding_id, [line.organization_id])


async def line_behind(uow: UnitOfWork, statement: Statement, line_id: UUID) -> SettledLine:
    """One line of a pool that a statement has a share in. NotFoundError otherwise."""
    settlement = await settlement_behind(uow, statement)
    async with uow.widened([statement.consortium_id]):
        lines = await settlements.lines(
            uow.session, settlement.reverses_id or settlement.id, statement.consortium_id
        )
    offers = {share.offer_id for share in await shares_of(uow, [statement])}
    for line in lines:
        if line.id == line_id and line.offer_id in offers:
            return line
    raise NotFoundError("This statement has no such cost line.")
