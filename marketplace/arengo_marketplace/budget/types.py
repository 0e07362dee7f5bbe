"""GraphQL types of public budgets."""

from __future__ import annotations

import strawberry

from arengo_core.api.payload import Payload
from arengo_core.api.scalars import MoneyType
from arengo_marketplace.budget.year import BudgetYear, MemberBudget, ServiceBudget


@strawberry.type(name="BudgetService", description="A service in a public budget.")
class BudgetServiceType:
    """GraphQL face of a service's year."""

    service: str
    costs: MoneyType
    fees: MoneyType
    funding: MoneyType
    net: MoneyType = strawberry.field(description="What the members pay.")

    @classmethod
    def of(cls, one: ServiceBudget) -> BudgetServiceType:
        """From the figures."""
        return cls(
            service=one.service,
            costs=MoneyType.of(one.costs),
            fees=MoneyType.of(one.fees),
            funding=MoneyType.of(one.funding),
            net=MoneyType.of(one.net),
        )


@strawberry.type(
    name="BudgetMember",
    description="A municipality in a public budget; all other members together have no name.",
)
class BudgetMemberType:
    """GraphQL face of a member's year."""

    istat_code: str | None
    name: str | None
    population: int | None
    amount: MoneyType
    per_inhabitant: MoneyType | None

    @classmethod
    def of(cls, one: MemberBudget) -> BudgetMemberType:
        """From the figures."""
        return cls(
            istat_code=one.code or None,
            name=one.name or None,
            population=one.population,
            amount=MoneyType.of(one.amount),
            per_inhabitant=MoneyType.of(one.per_inhabitant) if one.per_inhabitant else None,
        )


@strawberry.type(name="BudgetGrant", description="What a grant covered; entered funding: no title.")
class BudgetGrantType:
    """GraphQL face of a grant's year."""

    title: str | None
    amount: MoneyType


@strawberry.type(name="PublicBudget", description="A year of a consortium's budget, settled only.")
class PublicBudgetType:
    """GraphQL face of a budget year."""

    year: int
    years: list[int] = strawberry.field(description="Years that can be asked for.")
    months: list[str] = strawberry.field(description="Settled months in it, as `2026-09`.")
    total: BudgetServiceType
    services: list[BudgetServiceType]
    grants: list[BudgetGrantType]
    members: list[BudgetMemberType]

    @classmethod
    def of(cls, budget: BudgetYear) -> PublicBudgetType:
        """From the figures."""
        return cls(
            year=budget.year,
            years=list(budget.years),
            months=list(budget.months),
            total=BudgetServiceType.of(budget.whole),
            services=[BudgetServiceType.of(one) for one in budget.services],
            grants=[
                BudgetGrantType(title=title or None, amount=MoneyType.of(amount))
                for title, amount in budget.grants
            ],
            members=[BudgetMemberType.of(one) for one in budget.members],
        )


@strawberry.type
class BudgetPayload(Payload):
    """Whether the budget is published."""

    publishes: bool | None = None
