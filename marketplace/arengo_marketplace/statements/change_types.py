"""GraphQL types of a statement beside its month before."""

from __future__ import annotations

import strawberry

from arengo_core.api.scalars import global_id
from arengo_marketplace.months import month_key
from arengo_marketplace.settlements.comparison_types import (
    AmountDifference,
    DifferenceCause,
    ServiceDifference,
)
from arengo_marketplace.statements.change import StatementChange


@strawberry.type(
    name="StatementChange", description="What a member pays beside the last month settled before."
)
class StatementChangeType:
    """GraphQL face of a change."""

    month: str = strawberry.field(description="The month before, as `2026-09`.")
    statement_id: strawberry.ID | None = strawberry.field(
        description="The member's statement of then; null where it had none."
    )
    amounts: AmountDifference
    causes: list[DifferenceCause] = strawberry.field(
        description="They add up to the difference, to the cent."
    )
    services: list[ServiceDifference]

    @classmethod
    def of(cls, one: StatementChange) -> StatementChangeType:
        """From the reckoned one."""
        before, difference = one.last_statement, one.difference
        return cls(
            month=month_key(one.last.period),
            statement_id=global_id("Statement", before.id) if before else None,
            amounts=AmountDifference.of(difference.whole),
            causes=DifferenceCause.of(difference.causes),
            services=ServiceDifference.each(difference.offers, difference.parts, one.titles),
        )
