"""GraphQL types of the fairness report."""

from __future__ import annotations

import json
from datetime import date, datetime
from math import ceil, isfinite
from typing import TYPE_CHECKING

import strawberry

from arengo_core.api.scalars import MoneyType, global_id
from arengo_core.i18n import gettext
from arengo_marketplace.fairness.service import Report

if TYPE_CHECKING:
    from arengo_marketplace.costs.fairness import Judged, Line


@strawberry.type(description="What a member pays, beside other measures of it.")
class MemberFairness:
    """One member's line."""

    member_id: strawberry.ID
    name: str
    share: MoneyType
    alone: MoneyType = strawberry.field(description="What it would pay alone.")
    adds: MoneyType = strawberry.field(description="What it adds to the cost of all others.")
    shapley: MoneyType
    scrb: MoneyType
    nucleolus: MoneyType | None = strawberry.field(
        description="Null where `withoutNucleolus` says why."
    )
    subsidy: MoneyType = strawberry.field(
        description="What it pays above its Shapley value, for others; negative: they for it."
    )
    pays_more_than_alone: bool
    pays_less_than_it_adds: bool

    @classmethod
    def of(cls, line: Line, report: Report) -> MemberFairness:
        """From the domain's."""

        return cls(
            member_id=global_id("Organization", report.bearers[line.member].organization_id),
            name=report.name(line.member),
            share=MoneyType.of(report.money(line.share)),
            alone=MoneyType.of(report.money(line.alone)),
            adds=MoneyType.of(report.money(line.adds)),
            shapley=MoneyType.of(report.money(line.shapley)),
            scrb=MoneyType.of(report.money(line.scrb)),
            nucleolus=None
            if line.nucleolus is None
            else MoneyType.of(report.money(line.nucleolus)),
            subsidy=MoneyType.of(report.money(line.subsidy)),
            pays_more_than_alone=line.leaves,
            pays_less_than_it_adds=line.is_carried,
        )


@strawberry.type(description="A rule, and the group of members that it would wrong most.")
class JudgedRule:
    """The rule itself, or another that was tried."""

    way: str = strawberry.field(
        description="rule, key, mixed (half by it) or capped (at the cost alone)."
    )
    rule: str = strawberry.field(description="As JSON.")
    in_core: bool | None = strawberry.field(
        description="Whether no group would do better alone; null where that was not proved."
    )
    complaint: MoneyType = strawberry.field(description="What the group found pays too much.")
    group: list[strawberry.ID]
    bound: MoneyType | None = strawberry.field(
        description="No group pays more too much; null where there was no time to say."
    )
    proved: bool
    moved: MoneyType = strawberry.field(description="What changes hands against the rule judged.")
    mends: bool = strawberry.field(description="No group has as much to complain of, for certain.")

    @classmethod
    def of(cls, one: Judged, report: Report) -> JudgedRule:
        """From the domain's."""
        bound = MoneyType.of(report.money(ceil(one.most))) if isfinite(one.most) else None
        group = one.check.members if one.check.in_core is False else []
        return cls(
            way=one.way.kind,
            rule=json.dumps(one.way.rule.to_json()),
            in_core=one.check.in_core,
            complaint=MoneyType.of(report.money(one.complaint)),
            group=[
                global_id("Organization", report.bearers[member].organization_id)
                for member in group
            ],
            bound=bound,
            proved=one.check.proved,
            moved=MoneyType.of(report.money(one.moved)),
            mends=one in report.figures.mends,
        )


@strawberry.type(name="Fairness", description="A rule judged over the year ahead.")
class FairnessType:
    """GraphQL face of a report."""

    starts_on: date
    ends_on: date
    reckoned_at: datetime | None = strawberry.field(
        description="When it was worked out; null: just now."
    )
    total: MoneyType
    cost: MoneyType = strawberry.field(
        description="By the price plan. Fees and grants lower what each would pay alone alike."
    )
    paid_for_others: MoneyType
    least_complaint: MoneyType | None = strawberry.field(
        description="What no rule can avoid; null beyond 14 members, where it is not known."
    )
    without_nucleolus: str | None = strawberry.field(description="Why it is not given.")
    shapley_error_per_cent: float | None = strawberry.field(
        description="Worst standard error where it was drawn from random orders; null: exact."
    )
    members: list[MemberFairness]
    judged: JudgedRule
    tried: list[JudgedRule] = strawberry.field(
        description="Other rules, the best first; none where no group would do better alone."
    )

    @classmethod
    def of(cls, report: Report) -> FairnessType:
        """From the domain's."""
        figures = report.figures
        errors, lacking = figures.errors_per_cent, figures.without_nucleolus
        return cls(
            starts_on=report.period.start,
            ends_on=report.period.end,
            reckoned_at=report.reckoned_at,
            total=MoneyType.of(report.money(figures.total)),
            cost=MoneyType.of(report.money(figures.cost)),
            paid_for_others=MoneyType.of(report.money(figures.transferred)),
            least_complaint=None
            if figures.least is None
            else MoneyType.of(report.money(figures.least)),
            without_nucleolus=lacking.message(gettext) if lacking else None,
            shapley_error_per_cent=errors[1] if errors else None,
            members=[MemberFairness.of(line, report) for line in report.largest_first],
            judged=JudgedRule.of(figures.judged, report),
            tried=[JudgedRule.of(one, report) for one in figures.tried],
        )
