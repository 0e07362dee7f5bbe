"""What a settlement writes into the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.i18n import current_locale, gettext
from arengo_core.money import Money
from arengo_marketplace.contract import Posting
from arengo_marketplace.ledger import service as ledger
from arengo_marketplace.settlements.models import Settlement
from arengo_marketplace.statements.models import Statement


async def post_settlement(
    uow: UnitOfWork, settlement: Settlement, issued: Sequence[Statement]
) -> None:
    """Members owe their shares, less what they paid to suppliers; fees and funding are used up; the
    other costs are owed.
    """

    def money(amount: int) -> Money:
        return Money(amount, settlement.currency)

    month = settlement.period.label(current_locale())
    text = (
        gettext("Reversal of the settlement of {month}", month=month)
        if settlement.is_reversal
        else gettext("Settlement of {month}", month=month)
    )
    await ledger.post(
        uow,
        settlement.organization_id,
        key=f"settlement:{settlement.id}",
        description=text,
        postings=[
            *(
                Posting("member_receivable", money(one.amount), one.organization_id)
                for one in issued
            ),
            *(
                Posting("member_receivable", money(-one.advanced), one.organization_id)
                for one in issued
            ),
            Posting("fees_income", money(settlement.fees)),
            Posting("funding", money(settlement.funding)),
            Posting("costs_payable", money(sum(one.advanced for one in issued) - settlement.costs)),
        ],
    )
