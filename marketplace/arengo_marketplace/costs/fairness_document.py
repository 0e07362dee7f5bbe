"""What ``arengo costs fairness`` answers to a pool with its members, rule, and plan or table."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, isfinite

from arengo_core.money import Money
from arengo_marketplace.costs.allocation import allocate
from arengo_marketplace.costs.allocation_document import Question
from arengo_marketplace.costs.charges import round_half_up
from arengo_marketplace.costs.document_parts import shown
from arengo_marketplace.costs.fairness import Fairness, Judged, Line, fairness
from arengo_marketplace.costs.mends import Case
from arengo_marketplace.costs.rule import CostRule


def answer(question: Question, seconds: float) -> dict[str, object]:
    """The report as JSON, amounts as texts, members in the document's order.

    Raises what ``allocate`` raises, and CostError where the document has neither plan nor table.
    """

    def divide(rule: CostRule) -> dict[str, int]:
        made = allocate(
            question.pool,
            rule,
            question.bearers,
            question.usage,
            question.keys,
            question.background,
        )
        return {share.bearer.rule_id: share.amount.amount for share in made.shares}

    case = Case(
        question.game(),
        question.rule,
        divide,
        question.bearers,
        question.pool.period,
        question.usage.keys(),
    )
    report = fairness(case, seconds)
    return _Shown(question, report).document()


class _Shown:
    def __init__(self, question: Question, report: Fairness) -> None:
        self.currency = question.pool.currency
        self.codes = [bearer.code for bearer in question.bearers]
        self.report = report

    def document(self) -> dict[str, object]:
        report = self.report
        lines = {line.member: line for line in report.lines}
        found: dict[str, object] = {
            "total": self.money(report.total),
            "currency": self.currency,
            "cost": self.money(report.cost),
            "members": {code: self.line(lines[code]) for code in self.codes},
            "paid_for_others": self.money(report.transferred),
            **self.check(report.judged),
            "least_complaint": None if report.least is None else self.money(report.least),
            "not_given": {"nucleolus": str(report.without_nucleolus)}
            if report.without_nucleolus
            else {},
            "tried": [
                {
                    "way": one.way.kind,
                    "rule": one.way.rule.to_json(),
                    "mends": one in report.mends,
                    **self.check(one),
                    "moved": self.money(one.moved),
                    "shares": {code: self.money(one.shares.get(code, 0)) for code in self.codes},
                }
                for one in report.tried
            ],
        }
        errors = report.errors_per_cent
        if errors is not None:
            found["sampling"] = {
                "samples": report.value.samples,
                "standard_error_per_cent": {
                    "median": round(errors[0], 6),
                    "worst": round(errors[1], 6),
                },
            }
        return found

    def line(self, line: Line) -> dict[str, object]:
        return {
            "share": self.money(line.share),
            "alone": self.money(line.alone),
            "adds": self.money(line.adds),
            "shapley": self.money(line.shapley),
            "scrb": self.money(line.scrb),
            "nucleolus": None if line.nucleolus is None else self.money(line.nucleolus),
            "subsidy": self.money(line.subsidy),
            "pays_more_than_alone": line.leaves,
            "pays_less_than_it_adds": line.is_carried,
        }

    def check(self, judged: Judged) -> dict[str, object]:
        check = judged.check
        return {
            "in_core": check.in_core,
            "most_violated": {
                "coalition": [code for code in self.codes if code in check.members],
                "by": self.money(check.amount),
            }
            if check.in_core is False
            else None,
            "bound": self.money(ceil(check.bound)) if isfinite(check.bound) else None,
            "proof": "proved" if check.proved else "not proved",
        }

    def money(self, amount: Fraction | int) -> str:
        return shown(Money(round_half_up(Fraction(amount)), self.currency))
