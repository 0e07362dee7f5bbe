"""Prices in words."""

from __future__ import annotations

from uuid import UUID

import pytest

from arengo_core.i18n import set_locale
from arengo_core.plugins.manager import load_plugins
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.offers.rule_wording import rule_in_words
from arengo_marketplace.offers.wording import fees_in_words


def test_a_rate_finer_than_a_cent_is_written_as_money():
    set_locale("it")
    fees = [{"label": "Contributo", "rate": "0.002"}, {"label": "Altro", "rate": "1.10"}]
    texts = [text.replace("\xa0", " ") for _, text in fees_in_words(fees)]
    assert texts == ["0,002 €", "1,10 €"]


def test_a_rule_says_its_mixes():
    set_locale("en")
    rule = CostRule.from_json(
        {
            "parts": [{"key": "attribute", "attribute": "altitude", "weight": 100}],
            "kinds": {"usage": [{"key": "shapley", "weight": 100}]},
        }
    )
    assert rule_in_words(rule, load_plugins()) == (
        "100 % by altitude; costs of use 100 % by the Shapley value"
    )


EQUAL = "100 % in equal parts; "
FOUR = ["014019", "014013", "014036", "014062"]
SIX = [*FOUR, "014001", "014002"]


@pytest.mark.parametrize(
    ("adjustment", "words"),
    [
        ({"exempt": [{"members": ["014036"]}]}, "Lanzada: nothing to pay"),
        ({"fixed_amounts": {"014036": 25_000}}, "Lanzada: a fixed €250.00"),
        (
            {"discounts": [{"per_cent": "12.5", "members": SIX}]},
            "Chiesa in Valmalenco, Caspoggio, Lanzada, Spriana and 2 more: 12.5 % less",
        ),
        (
            {"discounts": [{"per_cent": "20", "members": [str(UUID(int=1)), str(UUID(int=2))]}]},
            "2 of the members: 20 % less",
        ),
        ({"caps": [{"amount": 500_000, "every": "year"}]}, "at most €5,000.00 a year"),
        (
            {
                "caps": [
                    {"per_inhabitant": "1.505", "every": "month", "attribute": "zone", "is": "high"}
                ]
            },
            "where “zone” is “high”: at most €1.505 per inhabitant a month",
        ),
        (
            {"floors": [{"amount": 100, "attribute": "population", "at_least": 600}]},
            "where “Inhabitants” is at least 600: at least €1.00",
        ),
        (
            {
                "floors": [
                    {
                        "against_last_year": "90",
                        "members": ["014036"],
                        "attribute": "area",
                        "at_least": "20",
                        "below": "90",
                    }
                ]
            },
            "Lanzada where “Area” is at least 20 and below 90:"
            " at least 90 % of what was paid a year ago",
        ),
        (
            {
                "phase_in": [
                    {"from": "2027-01-01", "per_cent": 50},
                    {"from": "2028-01-01", "per_cent": 100},
                ]
            },
            "step by step: 50 % from 1 Jan 2027, 100 % from 1 Jan 2028",
        ),
    ],
)
def test_a_rule_says_what_it_changes_for_whom_and_by_how_much(adjustment, words):
    set_locale("en")
    rule = CostRule.from_json({"parts": [{"key": "equal", "weight": 100}]} | adjustment)
    assert rule_in_words(rule, load_plugins()) == EQUAL + words


def test_a_rule_says_it_in_italian(host):
    rule = CostRule.from_json(
        {
            "parts": [{"key": "equal", "weight": 100}],
            "caps": [{"per_inhabitant": "1.50", "every": "year", "members": FOUR}],
        }
    )
    assert rule_in_words(rule, host.registry).replace("\xa0", " ") == (
        "100 % in parti uguali; Chiesa in Valmalenco, Caspoggio, Lanzada, Spriana:"
        " al massimo 1,50 € per abitante all'anno"
    )
