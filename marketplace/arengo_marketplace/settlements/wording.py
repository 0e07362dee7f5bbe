"""How a share was made, in words and figures, for the people who pay it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from arengo_core.i18n import N_, format_number, gettext
from arengo_core.plugins.registry import Registry
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.offers.rule_wording import rule_in_words
from arengo_marketplace.offers.terms import allocation_keys
from arengo_marketplace.settlements.components import (
    StoredComponent,
    read_adjustment,
    read_component,
)
from arengo_marketplace.settlements.models import Share
from arengo_marketplace.titles import meter_title

_KEYS = {
    "equal": N_("In equal parts"),
    "population": N_("By inhabitants"),
    "usage": N_("By use: {meter}"),
    "merchants": N_("By number of merchants"),
    "area": N_("By area"),
    "attribute": N_("By a figure of each member"),
    "fixed": N_("By agreed figures"),
    "past": N_("By the shares of the period before"),
    "shapley": N_("By the Shapley value"),
    "scrb": N_("By separable costs and remaining benefits"),
    "nucleolus": N_("By the nucleolus"),
}
_KINDS = {
    "": "{key}",
    "fixed": N_("Fixed costs: {key}"),
    "usage": N_("Costs of use: {key}"),
    "one_off": N_("One-off costs: {key}"),
}
_REASONS = {
    "fixed_amount": N_("Fixed amounts"),
    "discount": N_("Discounts"),
    "phase_in": N_("Phase-in of the rule"),
    "limit": N_("Caps and floors"),
}


@dataclass(frozen=True, slots=True)
class ExplainedComponent:
    """One part of the rule as a row of a page. ``exact`` is in minor units before rounding."""

    component: StoredComponent
    label: str
    basis: str
    whole: str
    note: str
    exact: str


@dataclass(frozen=True, slots=True)
class ExplainedAdjustment:
    """What the rule changed after its keys, as a row of a page."""

    label: str
    amount: int
    exact: str


def adjustments_of(share: Share) -> list[ExplainedAdjustment]:
    """What limits, discounts and the like changed in a share, for itself or for others."""
    return [
        ExplainedAdjustment(gettext(_REASONS[one.reason]), one.amount, _before_rounding(one.exact))
        for one in map(read_adjustment, share.adjustments)
    ]


def stored_rule_in_words(document: Mapping[str, Any], registry: Registry) -> str:
    """A settled rule in words, also once the plugin of one of its keys is gone."""
    try:
        return rule_in_words(CostRule.from_json(document, allocation_keys(registry)), registry)
    except CostError:
        return ", ".join(f"{part['weight']} % {part['key']}" for part in document["parts"])


def explain(share: Share, registry: Registry) -> list[ExplainedComponent]:
    """The parts of the rule with what each charged."""
    parts = [read_component(document) for document in share.components]
    return [_explained(part, registry) for part in parts]


def _label(key: str, part: StoredComponent, registry: Registry) -> str:
    own = gettext(_KEYS.get(key, key)).format(meter=meter_title(registry, part.meter))
    return gettext(_KINDS[part.kind]).format(key=own)


def _before_rounding(exact: Fraction) -> str:
    return format_number(round(float(exact) / 100, 4), 4)


def _explained(part: StoredComponent, registry: Registry) -> ExplainedComponent:
    notes: list[str] = []
    if part.fell_back:
        notes.append(
            gettext(
                "Nobody had a figure for “{key}”, so this part was divided otherwise.",
                key=_label(part.key, part, registry),
            )
        )
    if part.weight != part.basis:
        notes.append(
            gettext(
                "Counted for the days of membership: {weight} instead of {basis}.",
                weight=_number(part.weight),
                basis=_number(part.basis),
            )
        )
    return ExplainedComponent(
        component=part,
        label=_label(part.used, part, registry),
        basis=_number(part.weight),
        whole=_number(part.whole),
        note=" ".join(notes),
        exact=_before_rounding(part.exact),
    )


def _number(value: Fraction) -> str:
    return format_number(round(float(value), 4))
