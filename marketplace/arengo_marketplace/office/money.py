"""What the dashboard says of money: to the office, and to a member."""

from __future__ import annotations

from dataclasses import dataclass

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.i18n import current_locale
from arengo_core.money import Money
from arengo_core.plugins.registry import Registry
from arengo_marketplace.funding import service as funding
from arengo_marketplace.funding.service import Standing
from arengo_marketplace.members.acting import Acting
from arengo_marketplace.months import month_key
from arengo_marketplace.offers import index_figures
from arengo_marketplace.offers.index_figures import Wanted
from arengo_marketplace.permissions import FIGURES, OFFERS
from arengo_marketplace.settlements import service as settlements
from arengo_marketplace.statements import service as statements
from arengo_marketplace.statements.year import MemberYear, year_of


@dataclass(frozen=True, slots=True)
class MoneyNow:
    """``owed`` by the ledger: by the member, or by all; ``to_settle`` are months that are over.

    A month is its label and what addresses call it. ``year`` is the member's own. ``reports`` are
    grants whose report is due soon, or overdue; ``figures`` those of an index, by its name, that
    prices wait for and that should be published by now.
    """

    owed: Money
    to_settle: tuple[tuple[str, str], ...] = ()
    year: MemberYear | None = None
    reports: tuple[Standing, ...] = ()
    figures: tuple[tuple[str, Wanted], ...] = ()


async def money_now(uow: UnitOfWork, registry: Registry, acting: Acting) -> MoneyNow | None:
    """The figures for whoever may read them; None for people without such a role."""
    if acting.member is None:
        months = await settlements.waiting(uow, acting.consortium_id)
        over = [month for month in months if month.ended(clock.now())]
        return MoneyNow(
            await statements.owed(uow, acting.consortium_id, None),
            tuple((month.label(current_locale()), month_key(month)) for month in over),
            reports=tuple(await funding.reports_due(uow, acting.consortium_id)),
            figures=tuple(
                (one.name, wanted)
                for one in await index_figures.indices(uow, acting.consortium_id)
                for wanted in one.overdue
            )
            if uow.caller.may(acting.consortium_id, OFFERS)
            else (),
        )
    if not uow.caller.may(acting.organization_id, FIGURES):
        return None
    year = await year_of(uow, registry, acting.member, clock.today().year)
    return MoneyNow(year.open, year=year)
