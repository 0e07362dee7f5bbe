"""Rules of settlements: closing a month to the cent, and taking a closing back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from arengo_core import clock, idempotency
from arengo_core.database.together import write_together
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.ids import new_id
from arengo_core.money import total
from arengo_core.tasks.definition import UNTOLD, Progress
from arengo_marketplace.budget import publishing
from arengo_marketplace.contract import SettlementClosed
from arengo_marketplace.costs.allocation import Share as CalculatedShare
from arengo_marketplace.costs.period import Period
from arengo_marketplace.deliveries import service as deliveries
from arengo_marketplace.funding.covering import taken_back, use_of
from arengo_marketplace.members import charter
from arengo_marketplace.metering import repository as metering
from arengo_marketplace.permissions import SETTLEMENTS
from arengo_marketplace.pools import repository as pools
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.settlements import entries, keeping, repository
from arengo_marketplace.settlements.assembly import Draft, OfferBook, draft, population_of
from arengo_marketplace.settlements.bundle import content, digest_of
from arengo_marketplace.settlements.components import (
    adjustment_document,
    as_document,
    key_document,
    rounding_document,
)
from arengo_marketplace.settlements.models import SettledLine, SettledOffer, Settlement, Share
from arengo_marketplace.settlements.usage_proof import batch_document
from arengo_marketplace.statements import document as statement_document
from arengo_marketplace.statements import payments
from arengo_marketplace.statements import repository as statements
from arengo_marketplace.statements.models import Statement

_CLOSE = "marketplace.close_settlement"
_REVERSE = "marketplace.reverse_settlement"


def check_month(period: Period) -> None:
    """InvalidInputError unless the period is one calendar month."""
    if not period.is_months or period.next().start != period.end or period.days > 31:
        raise InvalidInputError(
            "A settlement closes one calendar month, such as 2026-09.", field="month"
        )


async def preview(uow: UnitOfWork, host: Host, *, consortium_id: UUID, period: Period) -> Draft:
    """What closing a month now would give; officers of the consortium may ask."""
    uow.caller.require(consortium_id, SETTLEMENTS)
    check_month(period)
    async with uow.widened([consortium_id], [consortium_id]):
        return await draft(uow, host, consortium_id=consortium_id, period=period)


async def waiting(uow: UnitOfWork, consortium_id: UUID) -> list[Period]:
    """Months with costs that are not settled, oldest first; for officers of the consortium."""
    uow.caller.require(consortium_id, SETTLEMENTS)
    settled = await repository.settled_months(uow.session, consortium_id)
    days = await pools.months(uow.session, consortium_id, clock.today())
    return [Period.months_from(day, 1) for day in sorted(days) if day not in settled]


async def close(
    uow: UnitOfWork,
    host: Host,
    *,
    consortium_id: UUID,
    period: Period,
    idempotency_key: str | None = None,
    notify: bool = True,
    progress: Progress = UNTOLD,
) -> Settlement:
    """Close a month: divide its costs, write statements and ledger, and tell the members.

    ``progress`` is told the phases, in per cent.

    ConflictError for a month that is not over or is settled already, InvalidInputError where a
    figure is missing. One closing at a time; the second finds the first one's settlement.
    """
    uow.caller.require(consortium_id, SETTLEMENTS)
    check_month(period)
    await uow.widen([consortium_id], [consortium_id])
    first = await idempotency.first_answer(uow, _CLOSE, idempotency_key)
    if first is not None:
        return await settlement_of(uow, first, consortium_id)
    await progress.tell(N_("Freezing what was recorded"), 0, 100)
    await repository.close_books(uow.session, consortium_id)
    made = await draft(uow, host, consortium_id=consortium_id, period=period, progress=progress)
    for problem in made.problems:
        raise problem
    await uow.widen(made.by_member().keys() | made.advanced().keys())
    settlement = await _write(uow, made, progress)
    await publishing.publish(uow, settlement)
    await idempotency.remember(uow, _CLOSE, idempotency_key, settlement.id)
    await progress.tell(N_("Telling the members"), 90, 100)
    await _announce(uow, settlement, notify=notify)
    return settlement


async def reverse(
    uow: UnitOfWork,
    *,
    settlement_id: UUID,
    reason: str,
    idempotency_key: str | None = None,
    notify: bool = True,
) -> Settlement:
    """Take a settlement back by one of opposite figures; its month can be closed anew then.

    Both stay visible. ConflictError when it is reversed already, or a reversal itself.
    """
    settlement = await own_settlement(uow, settlement_id)
    consortium_id = settlement.organization_id
    first = await idempotency.first_answer(uow, _REVERSE, idempotency_key)
    if first is not None:
        return await settlement_of(uow, first, consortium_id)
    if not reason.strip():
        raise InvalidInputError("Say why, for the members to read.", field="reason")
    await uow.widen([consortium_id], [consortium_id])
    await repository.close_books(uow.session, consortium_id)
    standing = await repository.standing(uow.session, consortium_id, settlement.starts_on)
    if standing is None or standing.id != settlement.id:
        raise ConflictError("This settlement is reversed already, or is a reversal itself.")
    reversal = await _write_reversal(uow, settlement, reason.strip())
    await publishing.withdraw(uow, reversal)
    await idempotency.remember(uow, _REVERSE, idempotency_key, reversal.id)
    await _announce(uow, reversal, notify=notify)
    return reversal


async def settlement_of(uow: UnitOfWork, settlement_id: UUID, consortium_id: UUID) -> Settlement:
    """A settlement of a consortium in scope. NotFoundError otherwise."""
    settlement = await repository.get(uow.session, settlement_id, consortium_id)
    if settlement is None:
        raise NotFoundError("There is no such settlement.")
    return settlement


async def own_settlement(uow: UnitOfWork, settlement_id: UUID) -> Settlement:
    """A settlement of a consortium that the caller is an officer of. NotFoundError otherwise."""
    found = await repository.by_id(uow.session, settlement_id)
    if found is None or not uow.caller.may(found.organization_id, SETTLEMENTS):
        raise NotFoundError("There is no such settlement.")
    return found


async def bundle(uow: UnitOfWork, settlement_id: UUID) -> dict[str, Any]:
    """The file of a settlement, for the consortium's officers.

    ConflictError for a reversal, which repeats another's figures, and for one that was closed
    before inputs were kept.
    """
    settlement = await own_settlement(uow, settlement_id)
    if settlement.is_reversal:
        raise ConflictError("A reversal repeats the figures of another settlement: take its file.")
    if not settlement.digest:
        raise ConflictError("This settlement was closed before its inputs were kept.")
    consortium_id = settlement.organization_id
    async with uow.widened([consortium_id], [consortium_id]):
        await uow.session.refresh(settlement, ["usage_batches"])
        issued = await statements.of_settlement(uow.session, consortium_id, settlement.id)
        made = content(
            settlement,
            await repository.offers(uow.session, settlement.id, consortium_id, with_inputs=True),
            await repository.lines(uow.session, settlement.id, consortium_id),
            await repository.shares(uow.session, settlement.id, consortium_id),
            {one.organization_id: one.advanced for one in issued if one.advanced},
        )
    return made | {"digest": settlement.digest}


async def _write(uow: UnitOfWork, made: Draft, progress: Progress) -> Settlement:
    await progress.tell(N_("Writing the statements"), 60, 100)
    consortium_id, period = made.consortium_id, made.period
    allocations = made.allocations
    currency = made.currency
    settlement = Settlement(
        id=new_id(),
        organization_id=consortium_id,
        consortium_id=consortium_id,
        starts_on=period.start,
        ends_on=period.end,
        revision=await repository.revisions(uow.session, consortium_id, period.start) + 1,
        closed_by=uow.caller.user_id,
        costs=total((one.pool.costs for one in allocations), currency).amount,
        fees=total((one.pool.fees for one in allocations), currency).amount,
        funding=total((one.pool.funding for one in allocations), currency).amount,
        currency=currency,
        grants=[purse.to_json() for purse in made.purses],
        usage_batches=[
            batch_document(batch)
            for batch in await metering.batches_of_month(uow.session, consortium_id, period.start)
        ],
    )
    rows: list[Any] = []
    for book in made.books:
        if book.allocation is not None:
            rows += _frozen(settlement, book)
    written: list[tuple[Statement, list[Share]]] = []
    due_on = await _due(uow, consortium_id)
    advanced = made.advanced()
    drafted = made.by_member()
    for place, member in enumerate([*drafted, *(m for m in advanced if m not in drafted)], 1):
        shares = drafted.get(member, [])
        statement = _statement(
            settlement,
            place,
            member,
            population_of(shares),
            total((share.amount for _, share in shares), currency).amount,
            advanced.get(member, 0),
            due_on,
        )
        written.append((statement, [_share(statement, book, share) for book, share in shares]))
    settlement.digest = digest_of(
        content(
            settlement,
            [row for row in rows if isinstance(row, SettledOffer)],
            [row for row in rows if isinstance(row, SettledLine)],
            [share for _, shares in written for share in shares],
            advanced,
        )
    )
    uow.session.add_all([settlement, *rows])
    await uow.session.flush()
    await _write_statements(uow, written, settlement.digest)
    await progress.tell(N_("Posting to the ledger"), 80, 100)
    issued = [statement for statement, _ in written]
    await entries.post_settlement(uow, settlement, issued)
    await payments.set_off(uow, consortium_id, issued)
    return settlement


async def _due(uow: UnitOfWork, consortium_id: UUID) -> date:
    """By when statements issued today are to be paid."""
    return (await charter.payment_terms(uow, consortium_id)).due(clock.today())


async def _write_statements(
    uow: UnitOfWork,
    written: Sequence[tuple[Statement, Sequence[Share]]],
    settlement_digest: str,
) -> None:
    """Write statements with their shares, each with the SHA-256 of what it says."""
    for statement, shares in written:
        statement.digest = digest_of(
            statement_document.content(statement, shares, settlement_digest)
        )
    await write_together(uow.session, [statement for statement, _ in written])
    await write_together(uow.session, [share for _, shares in written for share in shares])


def _frozen(settlement: Settlement, book: OfferBook) -> list[Any]:
    """The offer's pool and its lines, as they are now."""
    allocation = book.allocation
    assert allocation is not None
    owner = {
        "organization_id": settlement.organization_id,
        "consortium_id": settlement.consortium_id,
        "settlement_id": settlement.id,
        "offer_id": book.offer.id,
    }
    pool = allocation.pool
    return [
        SettledOffer(
            id=new_id(),
            **owner,
            service=book.offer.service,
            rule=allocation.rule.to_json(),
            keys=[key_document(key) for key in allocation.keys],
            inputs=book.frozen.to_json() | {"rule_version": _version(settlement, book)},
            costs=pool.costs.amount,
            fees=pool.fees.amount,
            funding=pool.funding.amount,
            bearers=sum(1 for share in allocation.shares if share.days),
        ),
        *(
            SettledLine(
                id=new_id(),
                **owner,
                line_id=line.id,
                kind=line.kind,
                description=line.description,
                supplier=line.supplier,
                document_number=line.document_number,
                document_date=line.document_date,
                amount=line.part(settlement.starts_on).amount,
                spread=line.spread.to_json() if line.is_spread else None,
                vat=line.vat,
                paid_by=line.paid_by,
                evidence_name=line.evidence_name,
                evidence_digest=line.evidence_digest,
            )
            for line in book.lines
        ),
        *_funded(settlement, book),
    ]


def _funded(settlement: Settlement, book: OfferBook) -> list[Any]:
    """What grants cover of the offer: a line each, and the use that the line stands for."""
    rows: list[Any] = []
    for one in book.covered:
        offer = book.offer
        use = use_of(settlement, one.grant.id, offer.id, offer.service, one.amount)
        line = SettledLine(
            id=new_id(),
            organization_id=settlement.organization_id,
            consortium_id=settlement.consortium_id,
            settlement_id=settlement.id,
            offer_id=offer.id,
            line_id=use.id,
            funding_id=one.grant.id,
            kind=LineKind.FUNDING.value,
            description=one.grant.title,
            supplier="",
            document_number="",
            document_date=None,
            amount=one.amount,
            evidence_name="",
            evidence_digest="",
        )
        rows += [use, line]
    return rows


def _version(settlement: Settlement, book: OfferBook) -> dict[str, Any]:
    """Which of the offer's rules divided the month, and the vote that approved it."""
    version = book.offer.rule_version_at(settlement.starts_on)
    vote = str(version.vote_id) if version.vote_id else None
    return {"from": version.valid_from.isoformat(), "vote": vote}


def _statement(
    settlement: Settlement,
    place: int,
    member: UUID,
    population: int | None,
    amount: int,
    advanced: int,
    due_on: date,
    reverses_id: UUID | None = None,
) -> Statement:
    suffix = f".{settlement.revision}" if settlement.revision > 1 else ""
    return Statement(
        id=new_id(),
        organization_id=member,
        consortium_id=settlement.consortium_id,
        settlement_id=settlement.id,
        reverses_id=reverses_id,
        number=f"{settlement.starts_on:%Y-%m}{suffix}/{place:03d}",
        starts_on=settlement.starts_on,
        ends_on=settlement.ends_on,
        due_on=due_on,
        population=population,
        amount=amount,
        advanced=advanced,
        currency=settlement.currency,
    )


def _share(statement: Statement, book: OfferBook, share: CalculatedShare) -> Share:
    return Share(
        id=new_id(),
        organization_id=statement.organization_id,
        consortium_id=statement.consortium_id,
        settlement_id=statement.settlement_id,
        statement_id=statement.id,
        offer_id=book.offer.id,
        service=book.offer.service,
        days=share.days,
        population=share.bearer.population,
        amount=share.amount.amount,
        rounding=rounding_document(share.rounding),
        components=[as_document(component) for component in share.components],
        adjustments=[adjustment_document(one) for one in share.adjustments],
        currency=statement.currency,
    )


async def _write_reversal(uow: UnitOfWork, settlement: Settlement, reason: str) -> Settlement:
    consortium_id = settlement.organization_id
    offers = await repository.offers(uow.session, settlement.id, consortium_id)
    shares = await repository.shares(uow.session, settlement.id, consortium_id)
    issued = await statements.of_settlement(uow.session, consortium_id, settlement.id)
    await uow.widen({statement.organization_id for statement in issued})
    reversal = Settlement(
        id=new_id(),
        organization_id=consortium_id,
        consortium_id=consortium_id,
        starts_on=settlement.starts_on,
        ends_on=settlement.ends_on,
        revision=await repository.revisions(uow.session, consortium_id, settlement.starts_on) + 1,
        reverses_id=settlement.id,
        reason=reason,
        closed_by=uow.caller.user_id,
        costs=-settlement.costs,
        fees=-settlement.fees,
        funding=-settlement.funding,
        currency=settlement.currency,
    )
    due_on = await _due(uow, consortium_id)
    credits = {
        statement.id: _statement(
            reversal,
            place,
            statement.organization_id,
            statement.population,
            -statement.amount,
            -statement.advanced,
            due_on,
            statement.id,
        )
        for place, statement in enumerate(issued, 1)
    }
    rows: list[Any] = [reversal, *(_taken_back(reversal, offer) for offer in offers)]
    rows += await taken_back(uow, settlement.id, reversal)
    uow.session.add_all(rows)
    await uow.session.flush()
    written: dict[UUID, list[Share]] = {statement_id: [] for statement_id in credits}
    for share in shares:
        written[share.statement_id].append(_negative(share, credits[share.statement_id]))
    await _write_statements(
        uow, [(credits[key], of_one) for key, of_one in written.items()], reversal.digest
    )
    await entries.post_settlement(uow, reversal, list(credits.values()))
    return reversal


def _taken_back(reversal: Settlement, offer: SettledOffer) -> SettledOffer:
    return SettledOffer(
        id=new_id(),
        organization_id=offer.organization_id,
        consortium_id=offer.consortium_id,
        settlement_id=reversal.id,
        offer_id=offer.offer_id,
        service=offer.service,
        rule=offer.rule,
        keys=[{**key, "amount": -key["amount"]} for key in offer.keys],
        costs=-offer.costs,
        fees=-offer.fees,
        funding=-offer.funding,
        bearers=offer.bearers,
    )


def _negative(share: Share, credit: Statement) -> Share:
    components = [{**one, "net": -one["net"], "amount": -one["amount"]} for one in share.components]
    return Share(
        id=new_id(),
        organization_id=share.organization_id,
        consortium_id=share.consortium_id,
        settlement_id=credit.settlement_id,
        statement_id=credit.id,
        offer_id=share.offer_id,
        service=share.service,
        days=share.days,
        population=share.population,
        amount=-share.amount,
        rounding=-share.rounding,
        components=components,
        adjustments=[_opposite(one) for one in share.adjustments],
        currency=share.currency,
    )


def _opposite(adjustment: dict[str, Any]) -> dict[str, Any]:
    exact = -Fraction(adjustment["exact"])
    return {**adjustment, "exact": str(exact), "amount": -adjustment["amount"]}


async def _announce(uow: UnitOfWork, settlement: Settlement, *, notify: bool) -> None:
    consortium_id = settlement.organization_id
    uow.audit(
        consortium_id,
        "settlement.reversed" if settlement.is_reversal else "settlement.closed",
        "Settlement",
        settlement.id,
        month=settlement.starts_on,
        net=settlement.net,
        reverses=settlement.reverses_id,
    )
    uow.record(
        SettlementClosed(
            organization_id=consortium_id,
            aggregate_id=settlement.id,
            starts_on=settlement.starts_on,
            ends_on=settlement.ends_on,
        )
    )
    keeping.order(uow, consortium_id)
    if notify:
        issued = await statements.of_settlement(uow.session, consortium_id, settlement.id)
        deliveries.tell(uow, issued)
