"""The reference of price plans says what a plan costs."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from arengo_core.i18n import set_locale
from arengo_core.plugins.registry import Registry
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.offers.wording import plan_in_words
from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs/reference/price-plans.md").read_text()


def _plan():
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.S)
    return PricePlan.from_json(json.loads(example))


def test_its_example_is_a_plan_with_every_part():
    plan = _plan()
    assert PricePlan.from_json(plan.to_json()) == plan
    assert {one["type"] for one in plan.to_json()["charges"]} == {
        "fixed",
        "one_off",
        "unit",
        "tiered",
    }
    assert plan.minimum is not None
    assert plan.charges[2].rate == Decimal("0.0035")
    assert plan.index.factor(date(2027, 12, 1)) == 1


def test_its_figures_are_what_tiers_cost():
    _, _, _, people, payments = _plan().charges
    assert people.price(Fraction(12_000), "EUR") == 410_000
    assert "EUR 4,100" in PAGE
    assert payments.price(Fraction(1_200), "EUR") == 9_600
    assert "EUR 96.00" in PAGE
    assert payments.price(Fraction(900), "EUR") == 11_000
    assert "EUR 110.00" in PAGE


def test_words_say_how_tiers_count():
    set_locale("en")
    words = dict(plan_in_words(_plan(), Registry([])))
    assert "each slice at its own rate" in words["Inhabitants"]
    assert "€20.00 on top" in words["Payments"]
    assert "everything at the rate reached" in words["Payments"]
