"""What a month's settlement is made of: for each offer its pool, its bearers and their usage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError, ConflictError
from arengo_core.host import Host
from arengo_core.i18n import N_, current_locale, format_date
from arengo_core.money import Money, total
from arengo_core.organizations import repository as organizations
from arengo_core.tasks.definition import UNTOLD, Progress
from arengo_marketplace.costs.allocation import Allocation, Share
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.errors import CostError, NoBearersError
from arengo_marketplace.costs.forecast import before, year_before
from arengo_marketplace.costs.frozen import Frozen
from arengo_marketplace.costs.grants import Costs, Covered, Purse, cover, covered_by
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.pool import CostPool
from arengo_marketplace.costs.resting import plays
from arengo_marketplace.funding.covering import purses
from arengo_marketplace.metering import repository as metering
from arengo_marketplace.offers import repository as offers
from arengo_marketplace.offers.bearers import bearing_of_all
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.terms import allocation_keys, refused
from arengo_marketplace.pools import repository as pools
from arengo_marketplace.pools.models import PoolLine
from arengo_marketplace.pools.planned import usage_for
from arengo_marketplace.pools.service import pool_of
from arengo_marketplace.settlements import repository
from arengo_marketplace.titles import service_title


@dataclass(frozen=True, slots=True)
class OfferBook:
    """An offer's month: its recorded lines and what dividing them gives."""

    offer: Offer
    title: str
    lines: tuple[PoolLine, ...]
    frozen: Frozen
    allocation: Allocation | None = None
    problem: ArengoError | None = None
    covered: tuple[Covered, ...] = ()

    @property
    def bearers(self) -> tuple[Bearer, ...]:
        """The members over which its cost is divided."""
        return self.frozen.inputs.members

    @property
    def recorded(self) -> CostPool:
        """The pool of its lines, before grants cover some of it."""
        return pool_of(self.lines, self.frozen.inputs.period, self.offer.plan.currency)

    @property
    def pool(self) -> CostPool | None:
        """The pool, where it could be divided."""
        return self.allocation.pool if self.allocation else None


@dataclass(frozen=True, slots=True)
class Credit:
    """What a member is credited for costs that it paid to suppliers, beside its share."""

    organization_id: UUID
    name: str
    share: Money
    paid: Money

    @property
    def due(self) -> Money:
        """What it would still owe; negative: the consortium owes it."""
        return self.share - self.paid


@dataclass(frozen=True, slots=True)
class Draft:
    """What closing a month would give now. ``problems`` are reasons why it cannot be closed."""

    consortium_id: UUID
    period: Period
    books: tuple[OfferBook, ...]
    problems: tuple[ArengoError, ...]
    purses: tuple[Purse, ...] = ()
    currency: str = "EUR"
    payers: Mapping[UUID, str] = field(default_factory=dict[UUID, str])
    """Names of the members that paid suppliers."""
    _shares: dict[UUID, list[tuple[OfferBook, Share]]] = field(
        default_factory=dict[UUID, list[tuple[OfferBook, Share]]]
    )

    @property
    def allocations(self) -> list[Allocation]:
        """The pools that could be divided."""
        return [book.allocation for book in self.books if book.allocation is not None]

    @property
    def unrecorded(self) -> list[OfferBook]:
        """Offers in use for which no cost was recorded: perhaps one was forgotten."""
        return [book for book in self.books if not book.lines]

    @property
    def net(self) -> Money:
        """What the members would divide in all."""
        return total((one.pool.net for one in self.allocations), self.currency)

    def by_member(self) -> Mapping[UUID, list[tuple[OfferBook, Share]]]:
        """Each member's shares, of those who took part on some day; members by name."""
        if not self._shares:
            found: dict[UUID, list[tuple[OfferBook, Share]]] = {}
            for book in self.books:
                for share in book.allocation.shares if book.allocation else ():
                    if share.days:
                        member = share.bearer.organization_id
                        found.setdefault(member, []).append((book, share))
            self._shares.update(
                sorted(found.items(), key=lambda item: (item[1][0][1].bearer.name, item[0]))
            )
        return self._shares

    def advanced(self) -> dict[UUID, int]:
        """What members paid to suppliers of the month's costs, in minor units; they are credited
        it, whether they bear a share or not.
        """
        found: dict[UUID, int] = {}
        for book in self.books:
            for line in book.lines:
                if line.paid_by is not None:
                    part = line.part(self.period.start).amount
                    found[line.paid_by] = found.get(line.paid_by, 0) + part
        return {member: amount for member, amount in sorted(found.items()) if amount}

    @property
    def stranded(self) -> list[PoolLine]:
        """Recorded costs that no member of their offer is there to bear."""
        return [line for book in self.books if not book.bearers for line in book.lines]

    @property
    def credits(self) -> list[Credit]:
        """The same beside each one's share, by name."""
        found = [
            Credit(
                member,
                self.payers.get(member, "—"),
                self.amount_of(member),
                Money(amount, self.currency),
            )
            for member, amount in self.advanced().items()
        ]
        return sorted(found, key=lambda one: (one.name, one.organization_id))

    def amount_of(self, organization_id: UUID) -> Money:
        """What one member would pay in all."""
        shares = self.by_member().get(organization_id, [])
        return total((share.amount for _, share in shares), self.currency)


async def draft(
    uow: UnitOfWork,
    host: Host,
    *,
    consortium_id: UUID,
    period: Period,
    progress: Progress = UNTOLD,
) -> Draft:
    """Divide a month's recorded costs as closing it now would. Nothing is written.

    For services that have checked the right and widened the scope to the consortium. Dividing is
    told to ``progress`` as what lies between a tenth and six tenths of a closing.
    """
    problems: list[ArengoError] = []
    label = period.label(current_locale())
    if await repository.standing(uow.session, consortium_id, period.start):
        problems.append(
            ConflictError(
                "{month} is settled already. To correct it, reverse that settlement first.",
                field="month",
                month=label,
            )
        )
    if not period.ended(clock.now()):
        problems.append(
            ConflictError(
                "{month} is not over yet: it can be settled from {day}.",
                field="month",
                month=label,
                day=format_date(period.end),
            )
        )
    books = await _books(uow, host, consortium_id, period, progress)
    available = await purses(uow, consortium_id, period)
    keys = allocation_keys(host.registry, host.guard)
    books = [_divided(book, keys) for book in _covered(books, available)]
    problems += [book.problem for book in books if book.problem is not None]
    if not any(book.lines for book in books):
        problems.append(
            ConflictError(
                "No costs are recorded for {month}: enter them first.", field="month", month=label
            )
        )
    paid_by = [line.paid_by for book in books for line in book.lines if line.paid_by is not None]
    payers = await organizations.by_ids(uow.session, paid_by)
    return Draft(
        consortium_id,
        period,
        tuple(books),
        tuple(problems),
        tuple(available),
        payers={key: row.name for key, row in payers.items()},
    )


async def _books(
    uow: UnitOfWork, host: Host, consortium_id: UUID, period: Period, progress: Progress
) -> list[OfferBook]:
    recorded: dict[UUID, list[PoolLine]] = {}
    for line in await pools.of_month(uow.session, consortium_id, period.start):
        recorded.setdefault(line.offer_id, []).append(line)
    keys = allocation_keys(host.registry, host.guard)
    known = await offers.of_consortium(uow.session, consortium_id, withdrawn=True)
    rules = {offer.id: offer.rule(keys, period.start) for offer in known}
    meters = {meter for rule in rules.values() for meter in rule.meters()}
    usage = await metering.of_period(uow.session, consortium_id, period, meters)
    months = (before(period.start), year_before(period.start))
    paid = await repository.paid_in(uow.session, consortium_id, months)
    bearing = await bearing_of_all(uow, consortium_id, known, period)
    books: list[OfferBook] = []
    for place, offer in enumerate(known):
        await progress.tell(N_("Dividing the costs"), 10 + 50 * place // len(known), 100)
        bearers = bearing.bearers[offer.id]
        lines = recorded.get(offer.id, [])
        if not bearers:
            lines = [line for line in lines if line.part(period.start)]
        if lines or bearers:
            title = service_title(host.registry, offer.service)
            rule = rules[offer.id]
            before_that = paid.get(offer.id, {})
            frozen = Frozen(
                rule,
                offer.plan_at(period.start),
                PlanInputs(
                    period,
                    tuple(bearers),
                    await usage_for(uow, offer, period) if plays(rule) else {},
                ),
                {meter: usage[meter] for meter in sorted(rule.meters())},
                before_that.get(before(period.start), {}),
                before_that.get(year_before(period.start), {}),
            )
            books.append(OfferBook(offer, title, tuple(lines), frozen))
    return books


def _covered(books: Sequence[OfferBook], available: Sequence[Purse]) -> list[OfferBook]:
    """What grants cover of each offer, of all their months' costs together."""
    costs = [Costs.of(book.offer.id, book.offer.service, book.recorded) for book in books]
    covered = cover(costs, available)
    return [replace(book, covered=covered_by(covered, book.offer.id)) for book in books]


def _divided(book: OfferBook, keys: KeyRegistry) -> OfferBook:
    if not book.lines:
        return book
    pool = book.recorded.funded(sum(one.amount for one in book.covered))
    try:
        return replace(book, allocation=book.frozen.divide(pool, keys))
    except NoBearersError:
        return replace(book, problem=_nobody(book))
    except CostError as error:
        return replace(book, problem=refused(error, error.field))


def _nobody(book: OfferBook) -> ConflictError:
    """Why a cost of an offer without members is not divided, and what to do with it."""
    names = ", ".join(f"«{line.description}»" for line in book.lines)
    begun = [line.starts_on < book.frozen.inputs.period.start for line in book.lines]
    if any(line.rest_of and not later for line, later in zip(book.lines, begun, strict=True)):
        return ConflictError(
            "No member had {service} in this month, and nobody is left to bear {costs}. The rest of"
            " another cost cannot change: remove it on its page, then move the rest of that cost to"
            " another service, or to a month that still has members.",
            field="month",
            service=book.title,
            costs=names,
        )
    if any(begun):
        return ConflictError(
            "No member had {service} in this month, and nobody is left to bear {costs}. On the page"
            " of the cost, move its rest to another service, or to a month that still has members.",
            field="month",
            service=book.title,
            costs=names,
        )
    return ConflictError(
        "No member had {service} in this month, and nobody is left to bear {costs}. Give the cost"
        " to another service or month, or remove it.",
        field="month",
        service=book.title,
        costs=names,
    )


def population_of(shares: Sequence[tuple[OfferBook, Share]]) -> int | None:
    """A member's inhabitants, as its shares were counted; None without a share."""
    return shares[0][1].bearer.population if shares else None
