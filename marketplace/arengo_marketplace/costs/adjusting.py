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

_NOTHING = Fraction()

Step = tuple[str, list[Fraction]]


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
                N_("Lower them, or leave members without one to pay the rest"),
                fixed=Money(fixed, net.currency),
                amount=net,
            )
        return found

    def steps(self, base: list[Fraction], fixed: dict[int, int]) -> list[Step]:
        """The shares after each adjustment that the rule has, with its reason."""
        steps: list[Step] = []
        shares = base
        if fixed:
            shares = [own + fixed.get(at, 0) for at, own in enumerate(base)]
            steps.append(("fixed_amount", shares))
        bound = [at for at, count in enumerate(self.paying()) if count and at not in fixed]
        parts: list[tuple[str, bool, Callable[[Adjusting, list[Fraction]], list[Fraction]]]] = [
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
        self,
        chosen: list[int],
        shares: list[Fraction],
        change: Callable[[Adjusting, list[Fraction]], list[Fraction]],
    ) -> list[Fraction]:
        """Change the shares of some of the members."""
        part = Adjusting(
            self.pool,
            self.adjustments,
            [self.bearers[at] for at in chosen],
            [self.days[at] for at in chosen],
            self.background,
        )
        changed = dict(zip(chosen, change(part, [shares[at] for at in chosen]), strict=True))
        return [changed.get(at, share) for at, share in enumerate(shares)]

    def discounted(self, shares: list[Fraction]) -> list[Fraction]:
        """Less for some; the others pay it in proportion to their shares."""
        cuts = [self.adjustments.discount_of(bearer) for bearer in self.bearers]
        spared = sum((share * cut for share, cut in zip(shares, cuts, strict=True)), _NOTHING)
        others = sum((share for share, cut in zip(shares, cuts, strict=True) if not cut), _NOTHING)
        if spared and not others:
            raise RuleUnmetError(
                "discounts",
                N_("discounts spare {amount}, and nobody without one is left to pay it"),
                N_("Lower them, or leave members without one"),
                amount=self._money(spared),
            )
        return [
            share * (1 - cut) if cut or not spared else share + spared * share / others
            for share, cut in zip(shares, cuts, strict=True)
        ]

    def phased(self, shares: list[Fraction]) -> list[Fraction]:
        """Those who paid in the past period go from its shares to these."""
        new = self.adjustments.phase_of(self.pool.period.start)
        past = [self.background.past.get(bearer.organization_id, 0) for bearer in self.bearers]
        before = sum(paid for paid in past if paid > 0)
        together = sum(
            (share for share, paid in zip(shares, past, strict=True) if paid > 0), _NOTHING
        )
        return [
            new * share + (1 - new) * together * paid / before if paid > 0 else share
            for share, paid in zip(shares, past, strict=True)
        ]

    def limited(self, shares: list[Fraction]) -> list[Fraction]:
        """Within caps and floors. Raises RuleUnmetError where they clash."""
        last_year, currency = self.background.last_year, self.pool.currency
        bounds: list[tuple[int, int | None]] = []
        for bearer in self.bearers:
            paid = last_year.get(bearer.organization_id)
            least, most = self.adjustments.bounds_of(bearer, self.pool.period, currency, paid)
            if most is not None and least > most:
                raise RuleUnmetError(
                    "floors",
                    N_("{name} would pay {floor} at least and {cap} at most"),
                    N_("Lower the floor or raise the cap"),
                    name=bearer.name or bearer.rule_id,
                    floor=Money(least, currency),
                    cap=Money(most, currency),
                )
            bounds.append((least, most))
        self._check(shares, bounds)
        return within_limits(shares, bounds)

    def _check(self, shares: list[Fraction], bounds: list[tuple[int, int | None]]) -> None:
        net = sum(shares, _NOTHING)
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
            most if share else least for share, (least, most) in zip(shares, bounds, strict=True)
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


def within_limits(
    shares: Sequence[Fraction], bounds: Sequence[tuple[int, int | None]]
) -> list[Fraction]:
    """Shares, none negative, brought within their bounds, the sum unchanged; these must allow it.

    What a cap takes from one, and a floor spares, goes to the others in proportion to their shares,
    and again where that breaks another bound, until it is stable: then all that are not at a bound
    have the same multiple of their shares. As the multiple grows from 0, each share leaves its
    floor once and meets its cap once; between two such marks the sum grows evenly.
    """
    whole = lcm(*(share.denominator for share in shares))
    units = [share.numerator * (whole // share.denominator) for share in shares]
    multiple = _multiple(units, whole, bounds)
    found: list[Fraction] = []
    for share, (least, most) in zip(shares, bounds, strict=True):
        own = share * multiple
        if own < least:
            found.append(Fraction(least))
        elif most is not None and own > most:
            found.append(Fraction(most))
        else:
            found.append(own)
    return found


def _multiple(
    units: Sequence[int], whole: int, bounds: Sequence[tuple[int, int | None]]
) -> Fraction:
    """By what shares, in units of 1 / ``whole``, grow to their own sum within their bounds."""
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
    mark = _NOTHING
    for _, end, unit, to_bound, to_growing in sorted(marks):
        mark = Fraction(end * whole, unit)
        if bound * unit + growing * end * whole >= net * unit:
            break
        bound += to_bound
        growing += to_growing
    return Fraction(net - bound, growing) if growing else mark
