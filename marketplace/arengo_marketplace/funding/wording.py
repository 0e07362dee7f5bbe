"""A grant's terms in words."""

from __future__ import annotations

from decimal import Decimal

from arengo_core.i18n import N_, current_locale, format_money, format_number, gettext
from arengo_core.money import Money
from arengo_core.plugins.registry import Registry
from arengo_marketplace.costs.grants import CapPeriod
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostKind
from arengo_marketplace.funding.models import Funding
from arengo_marketplace.titles import service_title

KINDS = {
    CostKind.FIXED: N_("Fixed costs"),
    CostKind.USAGE: N_("Costs of use"),
    CostKind.ONE_OFF: N_("One-off costs"),
}
PERIODS = {CapPeriod.YEAR: N_("each year"), CapPeriod.MONTH: N_("each month")}


def described(row: Funding, registry: Registry) -> list[tuple[str, str]]:
    """What it covers, of what, when and up to what, as pairs of a label and words."""
    kinds = [gettext(KINDS[CostKind(kind)]) for kind in row.kinds]
    services = [service_title(registry, key) for key in row.services]
    caps = format_money(Money(row.cap, row.currency))
    if row.period_cap is not None:
        caps = gettext(
            "{cap} in all, {part} {period}",
            cap=caps,
            part=format_money(Money(row.period_cap, row.currency)),
            period=gettext(PERIODS[CapPeriod(row.per)]),
        )
    pairs = [
        (gettext("Rate"), gettext("{rate} % of what is eligible", rate=_whole(row.grant.rate))),
        (gettext("Limits"), caps),
        (gettext("Kinds of cost"), ", ".join(kinds) or gettext("All")),
        (gettext("Services"), ", ".join(services) or gettext("All")),
        (gettext("Months"), _window(row.window)),
    ]
    if row.co_financing:
        share = gettext("{rate} % of what is eligible", rate=_whole(row.grant.co_financing))
        pairs.append((gettext("Borne by others, at least"), share))
    return pairs


def _window(window: Period) -> str:
    first = Period.months_from(window.start, 1)
    last = Period.months_from(window.end, 1).previous()
    return f"{first.label(current_locale())} – {last.label(current_locale())}"


def _whole(number: Decimal) -> str:
    """A number with all its decimals."""
    return format_number(number, max(0, -int(number.as_tuple().exponent)))
