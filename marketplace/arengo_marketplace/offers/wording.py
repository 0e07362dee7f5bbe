"""Price plans and fees in words, for people who pay by them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec
from babel import numbers

from arengo_core import clock
from arengo_core.i18n import (
    N_,
    current_locale,
    format_date,
    format_money,
    format_number,
    gettext,
)
from arengo_core.money import Money
from arengo_core.plugins.registry import Registry
from arengo_marketplace.costs.charges import (
    Charge,
    Every,
    FixedCharge,
    Measure,
    OneOffCharge,
    Tier,
    TieredCharge,
    TierMode,
    UnitCharge,
)
from arengo_marketplace.costs.indexing import IndexLink
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.vat import Vat
from arengo_marketplace.titles import meter_title

EVERY = {Every.MONTH: N_("a month"), Every.YEAR: N_("a year")}
BEARERS = {"municipalities": N_("Municipalities"), "merchants": N_("Merchants")}
_MODES = {
    TierMode.GRADUATED: N_("each slice at its own rate"),
    TierMode.ALL_UNITS: N_("everything at the rate reached"),
}
_MEASURES = {
    Measure.METER: N_("unit"),
    Measure.INHABITANTS: N_("inhabitant"),
    Measure.MEMBERS: N_("member"),
}


def plan_in_words(plan: PricePlan, registry: Registry) -> list[tuple[str, str]]:
    """Each charge of a plan with its price, as label and text."""
    rows = [(charge.label, _charge(charge, plan.currency, registry)) for charge in plan.charges]
    if plan.minimum is not None:
        amount = format_money(Money(plan.minimum.amount, plan.currency))
        text = gettext("at least {amount} {every}", amount=amount, every=_every(plan.minimum.every))
        rows.append((plan.minimum.label, text))
    if plan.vat is not None:
        rows.append((gettext("VAT"), _vat(plan.vat)))
    if plan.index is not None:
        rows.append((gettext("Index"), _index(plan.index)))
    return rows


def _vat(vat: Vat) -> str:
    text = (
        gettext("{rate} %, in the prices", rate=format_number(vat.rate))
        if vat.included
        else gettext("{rate} % on top", rate=format_number(vat.rate))
    )
    cost = gettext("recovered: no cost") if vat.recoverable else gettext("not recovered: shared")
    return f"{text} ({cost})"


def _index(link: IndexLink) -> str:
    """What the index does to the prices, now and in the year ahead."""
    year = Period.months_from(clock.today(), 13)
    texts = [
        gettext(
            "{name}: each year from {first} the prices change by {share} % of its change, from the"
            " figure of {base} on",
            name=link.name,
            first=_month(link.first),
            share=format_number(link.share),
            base=_month(link.base),
        )
    ]
    if link.cap is not None:
        texts.append(gettext("at most {cap} % a year", cap=format_number(link.cap)))
    now = round(
        Decimal(100 * link.factor(year.start).numerator) / link.factor(year.start).denominator, 4
    )
    texts.append(gettext("now {per_cent} % of the prices above", per_cent=format_number(now)))
    missing = link.not_known(year.end.replace(day=1))
    if missing:
        texts.append(
            gettext(
                "not known yet, and taken to be the last one known: {months}",
                months=", ".join(map(_month, missing)),
            )
        )
    return "; ".join(texts)


def _month(day: date) -> str:
    return Period.months_from(day, 1).label(current_locale())


def _every(every: Every) -> str:
    return gettext(EVERY[every])


def typed(number: Decimal) -> str:
    """A number as people of the locale type it into a field."""
    text = f"{number:f}"
    return text.replace(".", ",") if current_locale() == "it" else text


def typed_cents(amount: int) -> str:
    """An amount of hundredths as people of the locale type it."""
    return typed(Decimal(amount).scaleb(-2))


def as_document(value: Mapping[str, object]) -> str:
    """A plan or rule as a form's JSON field shows it."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def rate_in_words(rate: Decimal, currency: str) -> str:
    """``0,002 €``: a rate may be finer than a cent."""
    return numbers.format_currency(
        rate, currency, locale=current_locale(), decimal_quantization=False
    )


def _charge(charge: Charge, currency: str, registry: Registry) -> str:
    match charge:
        case FixedCharge():
            return f"{format_money(Money(charge.amount, currency))} {_every(charge.every)}"
        case OneOffCharge():
            amount = format_money(Money(charge.amount, currency))
            return gettext("{amount} once, on {day}", amount=amount, day=format_date(charge.on))
        case UnitCharge():
            unit = meter_title(registry, charge.meter)
            return gettext(
                "{rate} each ({meter})", rate=rate_in_words(charge.rate, currency), meter=unit
            )
        case TieredCharge():
            tiers = "; ".join(_tier(charge, tier, currency) for tier in charge.tiers)
            if len(charge.tiers) == 1:
                return tiers
            return f"{tiers} ({gettext(_MODES[charge.mode])})"


def _tier(charge: TieredCharge, tier: Tier, currency: str) -> str:
    text = gettext(
        "{rate} per {unit} {every}",
        rate=rate_in_words(tier.rate, currency),
        unit=gettext(_MEASURES[charge.over]),
        every="" if charge.over is Measure.METER else _every(charge.every),
    ).strip()
    if tier.fixed:
        fixed = format_money(Money(tier.fixed, currency))
        text = gettext("{price} and {fixed} on top", price=text, fixed=fixed)
    if tier.up_to is not None:
        text = gettext("up to {limit}: {price}", limit=format_number(tier.up_to), price=text)
    return text


def fees_in_words(fees: list[dict[str, str]], currency: str = "EUR") -> list[tuple[str, str]]:
    """Each fee with its rate, as label and text."""
    return [(fee["label"], rate_in_words(Decimal(fee["rate"]), currency)) for fee in fees]
