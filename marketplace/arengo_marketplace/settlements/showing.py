"""What pages show of a month: beside the one before, why, how evenly it lies, and its map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from markupsafe import Markup

from arengo_core.i18n import N_, current_locale, format_money, gettext
from arengo_core.money import Money
from arengo_marketplace.costs.allocation import per_inhabitant
from arengo_marketplace.costs.change_causes import Cause, Steps
from arengo_marketplace.costs.comparing import Difference
from arengo_marketplace.costs.lorenz import LorenzCurve
from arengo_marketplace.costs.period import Period
from arengo_marketplace.register.map import Area, draw
from arengo_marketplace.register.shading import Shade, shades_of
from arengo_marketplace.settlements.comparison import Comparison, Place, lorenz
from arengo_marketplace.settlements.warnings import CHANGE, OLD_AFTER, WORDS, ClosingWarning

CAUSES = {
    Cause.SERVICES: N_("Services begun or ended"),
    Cause.LEFT: N_("Members that left a service"),
    Cause.JOINED: N_("Members that joined a service"),
    Cause.MEMBERS: N_("Divided among more or fewer"),
    Cause.USAGE: N_("Usage"),
    Cause.FIXED: N_("Fixed costs"),
    Cause.ONE_OFF: N_("One-off costs"),
    Cause.FEES: N_("Fees taken in"),
    Cause.GRANTS: N_("Grants"),
    Cause.RULE: N_("Rule, inhabitants and other figures"),
    Cause.WHOLE: N_("Not told apart (cost game)"),
}


_STEPS = 10
"""So many services are steps of their own in a drawing."""


@dataclass(frozen=True, slots=True)
class Walk:
    """From the month before to this one, for all members or for one of them; minor units."""

    start: tuple[str, int]
    steps: Sequence[tuple[str, int]]
    end: tuple[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """A member or a service with its difference."""

    id: UUID
    name: str
    difference: Difference


@dataclass(frozen=True, slots=True)
class Beside:
    """A month beside the one before: all members, and one of them where it was asked for."""

    label: str
    last_id: UUID
    whole: Difference
    walk: Walk
    members: Sequence[Row]
    services: Sequence[Row]
    chosen: Row | None
    chosen_services: Sequence[Row]
    chosen_walk: Walk | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A municipality to be shown on the map: what it pays, in minor units, and its inhabitants."""

    istat_code: str
    name: str
    amount: int
    population: int


@dataclass(frozen=True, slots=True)
class MapRow:
    """A municipality of the map's table."""

    name: str
    each: Money | None
    shade: int


@dataclass(frozen=True, slots=True)
class SpreadMap:
    """The drawn map with its classes (from, to) and its table."""

    drawing: Markup
    classes: Sequence[tuple[Shade, Money, Money]]
    rows: Sequence[MapRow]


@dataclass(frozen=True, slots=True)
class Figures:
    """The charts of a month on a page."""

    beside: Beside | None
    lorenz: LorenzCurve | None
    map: SpreadMap | None


def figures_of(
    comparison: Comparison | None, places: Sequence[Place], period: Period, member: UUID | None
) -> Figures:
    """What the page of a month shows; ``member`` is the one that was asked for."""
    beside = _beside(comparison, period, member) if comparison else None
    return Figures(beside, lorenz(places), _map(places))


def warning_in_words(warning: ClosingWarning, change: int = CHANGE) -> str:
    """What a warning is about."""
    return gettext(WORDS[warning.kind]).format(per_cent=change, years=OLD_AFTER)


def walk_of(last: Period, period: Period, whole: Difference, steps: Steps) -> Walk:
    """From one month to another by cause, in words."""
    return _walk(last, period, whole, causes_in_words(steps))


def walk_by_service(
    last: Period, period: Period, whole: Difference, services: Sequence[Row]
) -> Walk:
    """From one month to another by service, the first ones each and the others together; those
    of the same amount are left out.
    """
    steps = [(row.name, row.difference.amount) for row in services if row.difference.amount]
    if len(steps) > _STEPS:
        others = sum(amount for _, amount in steps[_STEPS:])
        steps = [*steps[:_STEPS], (gettext("Other services"), others)]
    return _walk(last, period, whole, steps)


def causes_in_words(steps: Steps) -> list[tuple[str, int]]:
    """The steps of a difference in words, with their amounts."""
    return [(gettext(CAUSES[cause]), amount) for cause, amount in steps.items()]


def _walk(
    last: Period, period: Period, whole: Difference, steps: Sequence[tuple[str, int]]
) -> Walk:
    locale = current_locale()
    return Walk(
        (last.label(locale), whole.before or 0), steps, (period.label(locale), whole.now or 0)
    )


def _beside(comparison: Comparison, period: Period, member: UUID | None) -> Beside:
    compared = comparison.compared
    chosen = compared.members.get(member) if member else None
    members = [_row(comparison, key, one.whole) for key, one in compared.members.items()]
    return Beside(
        label=comparison.last.period.label(current_locale()),
        last_id=comparison.last.id,
        whole=compared.whole,
        walk=walk_of(comparison.last.period, period, compared.whole, compared.causes),
        members=sorted(members, key=lambda row: (row.name, row.id)),
        services=[Row(key, comparison.titles[key], one) for key, one in compared.offers.items()],
        chosen=_row(comparison, chosen.organization_id, chosen.whole) if chosen else None,
        chosen_services=[
            Row(key, comparison.titles[key], one)
            for key, one in (chosen.offers if chosen else {}).items()
        ],
        chosen_walk=walk_of(comparison.last.period, period, chosen.whole, chosen.causes)
        if chosen
        else None,
    )


def _row(comparison: Comparison, member: UUID, difference: Difference) -> Row:
    return Row(member, comparison.names.get(member, "—"), difference)


def _map(places: Sequence[Place]) -> SpreadMap | None:
    return map_of(
        [
            Shown(place.istat_code, place.payer.name, place.payer.amount, place.payer.population)
            for place in places
            if place.istat_code
        ]
    )


def map_of(places: Sequence[Shown]) -> SpreadMap | None:
    """The map by amount per inhabitant; None where no municipality has a place on it."""
    known = {place.istat_code: place for place in places}
    if not known:
        return None
    shades = shades_of({code: Fraction(one.amount, one.population) for code, one in known.items()})
    each = {
        code: per_inhabitant(Money(one.amount), one.population) or Money(0)
        for code, one in known.items()
    }
    drawing = draw(
        [
            Area(
                code,
                gettext(
                    "{name}: {amount} per inhabitant",
                    name=one.name,
                    amount=format_money(each[code]),
                ),
                css_class="map-shade",
                fill=shades[code].colour,
                mark=str(shades[code].number),
            )
            for code, one in known.items()
        ],
        title=gettext("Map by amount per inhabitant"),
        description=gettext("The table beside has each municipality with its amount."),
        identifier="spread-map",
        width=640,
    )
    classes: dict[int, list[str]] = {}
    for code, shade in shades.items():
        classes.setdefault(shade.number, []).append(code)
    return SpreadMap(
        Markup(drawing),  # noqa: S704 - drawn by us, labels escaped there
        [
            (shades[codes[0]], min(each[code] for code in codes), max(each[code] for code in codes))
            for _, codes in sorted(classes.items())
        ],
        [
            MapRow(one.name, each[code], shades[code].number)
            for code, one in sorted(known.items(), key=lambda pair: pair[1].name)
        ],
    )
