"""Cost rules in words, for people who pay by them and vote on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from arengo_core.i18n import N_, format_date, format_money, format_number, gettext
from arengo_core.money import Money
from arengo_core.plugins.registry import Registry
from arengo_marketplace import register
from arengo_marketplace.costs.adjustments import Adjustments, Limit, Who
from arengo_marketplace.costs.pool import CostKind
from arengo_marketplace.costs.rule import CostRule, RulePart
from arengo_marketplace.offers.wording import EVERY, rate_in_words
from arengo_marketplace.titles import meter_title

FIGURES = {
    "population": N_("Inhabitants"),
    "area": N_("Area"),
    "merchants": N_("Number of merchants"),
}
"""The figures that every member has; the others bear the names that the office gave them."""
_KEYS = {
    "equal": N_("in equal parts"),
    "population": N_("by inhabitants"),
    "usage": N_("by use ({meter})"),
    "merchants": N_("by number of merchants"),
    "area": N_("by area"),
    "attribute": N_("by {attribute}"),
    "fixed": N_("by agreed figures"),
    "past": N_("by the shares of the period before"),
    "shapley": N_("by the Shapley value"),
    "scrb": N_("by separable costs and remaining benefits"),
    "nucleolus": N_("by the nucleolus"),
}
_KINDS = {
    CostKind.FIXED: N_("fixed costs {mix}"),
    CostKind.USAGE: N_("costs of use {mix}"),
    CostKind.ONE_OFF: N_("one-off costs {mix}"),
}
_MOST_NAMED = 5


def rule_in_words(rule: CostRule, registry: Registry, currency: str = "EUR") -> str:
    """``40 % in equal parts, 60 % by inhabitants; at most €1.50 per inhabitant a year``.

    Kinds of cost with a mix of their own come between the two.
    """
    texts = [_mix_in_words(rule.parts, registry)]
    for kind, parts in rule.kinds.items():
        texts.append(gettext(_KINDS[kind], mix=_mix_in_words(parts, registry)))
    return "; ".join([*texts, *_adjustments(rule.adjustments, currency)])


def _mix_in_words(parts: Sequence[RulePart], registry: Registry) -> str:
    texts: list[str] = []
    for part in parts:
        text = gettext(_KEYS.get(part.key, part.key))
        if "meter" in part.options:
            text = text.format(meter=meter_title(registry, str(part.options["meter"])))
        elif "attribute" in part.options:
            text = text.format(attribute=part.options["attribute"])
        texts.append(f"{format_number(part.weight)} % {text}")
    return ", ".join(texts)


def _adjustments(adjustments: Adjustments, currency: str) -> Iterator[str]:
    for who in adjustments.exempt:
        yield _for(who, gettext("nothing to pay"))
    for member, amount in adjustments.fixed:
        fixed = format_money(Money(amount, currency))
        yield _for(Who((member,)), gettext("a fixed {amount}", amount=fixed))
    for one in adjustments.discounts:
        yield _for(one.who, gettext("{rate} % less", rate=format_number(one.per_cent)))
    for cap in adjustments.caps:
        yield _for(cap.who, gettext("at most {figure}", figure=_limit(cap, currency)))
    for floor in adjustments.floors:
        yield _for(floor.who, gettext("at least {figure}", figure=_limit(floor, currency)))
    if adjustments.phase_in:
        steps = (
            gettext(
                "{share} % from {day}",
                share=format_number(step.per_cent),
                day=format_date(step.from_day),
            )
            for step in adjustments.phase_in
        )
        yield gettext("step by step: {steps}", steps=", ".join(steps))


def _limit(limit: Limit, currency: str) -> str:
    if limit.against_last_year is not None:
        share = format_number(limit.against_last_year)
        return gettext("{share} % of what was paid a year ago", share=share)
    if limit.per_inhabitant is not None:
        rate = rate_in_words(limit.per_inhabitant, currency)
        text = gettext("{rate} per inhabitant", rate=rate)
    else:
        text = format_money(Money(limit.amount or 0, currency))
    return f"{text} {gettext(EVERY[limit.every])}" if limit.every else text


def _for(who: Who, what: str) -> str:
    """What holds for whom; for everybody where nobody is named."""
    texts = [_named(who.members)] if who.members is not None else []
    if who.attribute:
        figure = gettext(FIGURES.get(who.attribute, who.attribute))
        texts.append(gettext("where “{figure}” is {value}", figure=figure, value=_value(who)))
    return f"{' '.join(texts)}: {what}" if texts else what


def _named(members: Sequence[str]) -> str:
    """Municipalities by their names, a few of many; others are counted."""
    known = [name for name in map(_municipality, members) if name]
    if len(members) > _MOST_NAMED:
        known = known[: _MOST_NAMED - 1]
    left = len(members) - len(known)
    if not known:
        return gettext("{count} of the members", count=left)
    names = ", ".join(known)
    return gettext("{names} and {count} more", names=names, count=left) if left else names


def _municipality(member: str) -> str:
    try:
        return register.by_istat(member).name
    except KeyError:
        return ""


def _value(who: Who) -> str:
    if who.equals is not None:
        return f"“{who.equals}”"
    least, below = (
        None if one is None else format_number(one) for one in (who.at_least, who.below)
    )
    if least is None:
        return gettext("below {figure}", figure=below)
    if below is None:
        return gettext("at least {figure}", figure=least)
    return gettext("at least {least} and below {below}", least=least, below=below)
