"""Carrying out a rule's adjustments: exact shares in, exact shares out, the sum unchanged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from arengo_core.money import Money
from arengo_marketplace.costs.adjustments import Adjustments
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.errors import N_, RuleUnmetError
from arengo_marketplace.costs.keys import Background
from arengo_marketplace.costs.pool import CostPool
from arengo_marketplace.costs.rounding import Exact

Step = tuple[str, Exact]


@dataclass(frozen=True, slots=True)
class Adjusting:
    """A rule's adjustments for one pool; members in order, with their days in the period."""

    pool: CostPool
    adjustments: Adjustments
    bearers: Sequence[Bearer]
    days: Sequence[int]
    background: Background

    def paying(self) -> list[int]:
        """The members' days; 0 for those who are exempt."""
        if not self.adjustments.exempt:
            return list(self.days)
        found = [
            0 if count and self.adjustments.is_exempt(bearer) else count
            for bearer, count in zip(self.bearers, self.days, strict=True)
        ]
        if not any(found):
            raise RuleUnmetError(
                "exempt",
                N_("every member is exempt, and {amount} are to be divided"),
                N_("Leave somebody to pay"),
                amount=self.pool.net,
            )
        return found

    def fixed_amounts(self) -> dict[int, int]:
        """By the number of the member, what it pays whatever the keys say. None of a credit."""
        net = self.pool.net
        if not self.adjustments.fixed:
            return {}
        amounts = dict(self.adjustments.fixed)
        paying = self.paying()
        found = {
            at: amounts[bearer.rule_id]
            for at, bearer in enumerate(self.bearers)
            if paying[at] and bearer.rule_id in amounts
        }
        if net.amount <= 0:
            return {}
        fixed = sum(found.values())
        everybody = len(found) == sum(count > 0 for count in paying)
        if fixed > net.amount or (everybody and fixed < net.amount):
            raise RuleUnmetError(
                "fixed_amounts",
                N_("the fixed amounts come to {fixed}, and {amount} are to be divided"),
                N_("Lower them")
                if fixed > net.amount
                else N_("Raise them, or leave members without one to pay the rest"),
                fixed=Money(fixed, net.currency),
                amount=net,
            )
        return found

    def steps(self, base: Exact, fixed: dict[int, int]) -> list[Step]:
        """The shares after each adjustment that the rule has, with its reason."""
        steps: list[Step] = []
        shares = base
        if fixed:
            added = [own + fixed.get(at, 0) * base.scale for at, own in enumerate(base.units)]
            shares = Exact(added, base.scale)
            steps.append(("fixed_amount", shares))
        bound = [at for at, count in enumerate(self.paying()) if count and at not in fixed]
        parts: list[tuple[str, bool, Callable[[Adjusting, Exact], Exact]]] = [
            ("discount", bool(self.adjustments.discounts), Adjusting.discounted),
            ("phase_in", bool(self.adjustments.phase_in), Adjusting.phased),
            ("limit", bool(self.adjustments.caps or self.adjustments.floors), Adjusting.limited),
        ]
        for reason, wanted, change in parts:
            if wanted and bound:
                shares = self._among(bound, shares, change)
                steps.append((reason, shares))
        return steps

    def _among(
        self, chosen: list[int], shares: Exact, change: Callable[[Adjusting, Exact], Exact]
    ) -> Exact:
        """Change the shares of some of the members."""
        if len(chosen) == len(self.bearers):
            return change(self, shares).reduced()
        part = Adjusting(
            self.pool,
            self.adjustments,
            [self.bearers[at] for at in chosen],
            [self.days[at] for at in chosen],
            self.background,
        )
        changed = change(part, Exact([shares.units[at] for at in chosen], shares.scale))
        scale = lcm(shares.scale, changed.scale)
        units = [unit * (scale // shares.scale) for unit in shares.units]
        for at, unit in zip(chosen, changed.units, strict=True):
            units[at] = unit * (scale // changed.scale)
        return Exact(units, scale).reduced()

    def discounted(self, shares: Exact) -> Exact:
        """Less for some; the others pay it in proportion to their shares."""
        cuts = Exact.of([self.adjustments.discount_of(bearer) for bearer in self.bearers])
        pairs = list(zip(shares.units, cuts.units, strict=True))
        spared = sum(unit * cut for unit, cut in pairs)
        others = sum(unit for unit, cut in pairs if not cut)
        if not spared:
            return shares
        if not others:
            raise RuleUnmetError(
                "discounts",
                N_("discounts spare {amount}, and nobody without one is left to pay it"),
                N_("Lower them, or leave members without one"),
                amount=self._money(Fraction(spared, shares.scale * cuts.scale)),
            )
        whole = cuts.scale * others
        return Exact(
            [
                unit * (cuts.scale - cut) * others if cut else unit * (whole + spared)
                for unit, cut in pairs
            ],
            shares.scale * whole,
        )

    def phased(self, shares: Exact) -> Exact:
        """Those who paid in the past period go from its shares to these."""
        new, whole = self.adjustments.phase_of(self.pool.period.start).as_integer_ratio()
        past = [self.background.past.get(bearer.organization_id, 0) for bearer in self.bearers]
        before = sum(paid for paid in past if paid > 0)
        if not before:
            return shares
        pairs = list(zip(shares.units, past, strict=True))
        together = sum(unit for unit, paid in pairs if paid > 0)
        return Exact(
            [
                new * unit * before + (whole - new) * together * paid
                if paid > 0
                else whole * unit * before
                for unit, paid in pairs
            ],
            shares.scale * whole * before,
        )

    def limited(self, shares: Exact) -> Exact:
        """Within caps and floors. Raises RuleUnmetError where they clash."""
        currency = self.pool.currency
        bounds = self.adjustments.bounds(
            self.bearers, self.days, self.pool.period, currency, self.background.last_year
        )
        for bearer, (least, most) in zip(self.bearers, bounds, strict=True):
            if most is not None and least > most:
                raise RuleUnmetError(
                    "floors",
                    N_("{name} would pay {floor} at least and {cap} at most"),
                    N_("Lower the floor or raise the cap"),
                    name=bearer.name or bearer.rule_id,
                    floor=Money(least, currency),
                    cap=Money(most, currency),
                )
        self._check(shares, bounds)
        return within_limits(shares, bounds)

    def _check(self, shares: Exact, bounds: list[tuple[int, int | None]]) -> None:
        net = Fraction(sum(shares.units), shares.scale)
        floors = sum(least for least, _ in bounds)
        if floors > net:
            raise RuleUnmetError(
                "floors",
                N_("the floors come to {floors}, and {amount} are to be divided"),
                N_("Lower the floors"),
                floors=self._money(Fraction(floors)),
                amount=self._money(net),
            )
        # Who has no share by the keys takes nothing from others but its own floor.
        reach = [
            most if unit else least
            for unit, (least, most) in zip(shares.units, bounds, strict=True)
        ]
        if None not in reach and sum(most or 0 for most in reach) < net:
            raise RuleUnmetError(
                "caps",
                N_("the caps come to {caps}, and {amount} are to be divided"),
                N_("Raise the caps, or leave members without one"),
                caps=self._money(Fraction(sum(most or 0 for most in reach))),
                amount=self._money(net),
            )

    def _money(self, amount: Fraction) -> Money:
        return Money(round(amount), self.pool.currency)


def within_limits(shares: Exact, bounds: Sequence[tuple[int, int | None]]) -> Exact:
    """Shares, none negative, brought within their bounds, the sum unchanged; these must allow it.

    What a cap takes from one, and a floor spares, goes to the others in proportion to their shares,
    and again where that breaks another bound, until it is stable: then all that are not at a bound
    have the same multiple of their shares. As the multiple grows from 0, each share leaves its
    floor once and meets its cap once; between two such marks the sum grows evenly.
    """
    grown, scale = _multiple(shares, bounds)
    scale *= shares.scale
    found: list[int] = []
    for unit, (least, most) in zip(shares.units, bounds, strict=True):
        own = unit * grown
        if least and own < least * scale:
            own = least * scale
        elif most is not None and own > most * scale:
            own = most * scale
        found.append(own)
    return Exact(found, scale)


def _multiple(shares: Exact, bounds: Sequence[tuple[int, int | None]]) -> tuple[int, int]:
    """By what shares grow to their own sum within their bounds, as a ratio of whole numbers."""
    units, whole = shares.units, shares.scale
    net = sum(units)
    # Marks end / unit keep their order in whole numbers: two that differ do by 1 / largest ** 2.
    shift = 2 * max(units, default=0).bit_length()
    marks: list[tuple[int, int, int, int, int]] = []
    bound, growing = 0, 0
    for unit, (least, most) in zip(units, bounds, strict=True):
        if least > 0:
            bound += least * whole
        else:
            growing += unit
        if not unit:
            continue
        if least > 0:
            marks.append(((least << shift) // unit, least, unit, -least * whole, unit))
        if most is not None:
            marks.append(((most << shift) // unit, most, unit, most * whole, -unit))
    mark = 0, 1
    for _, end, unit, to_bound, to_growing in sorted(marks):
        mark = end * whole, unit
        if bound * unit + growing * end * whole >= net * unit:
            break
        bound += to_bound
        growing += to_growing
    return (net - bound, growing) if growing else mark
