"""Prices in words."""

from __future__ import annotations

from arengo_core.i18n import set_locale
from arengo_core.plugins.manager import load_plugins
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.offers.wording import fees_in_words, rule_in_words


def test_a_rate_finer_than_a_cent_is_written_as_money():
    set_locale("it")
    fees = [{"label": "Contributo", "rate": "0.002"}, {"label": "Altro", "rate": "1.10"}]
    texts = [text.replace("\xa0", " ") for _, text in fees_in_words(fees)]
    assert texts == ["0,002 €", "1,10 €"]


def test_a_rule_says_its_mixes_and_what_it_adjusts():
    set_locale("en")
    rule = CostRule.from_json(
        {
            "parts": [{"key": "attribute", "attribute": "altitude", "weight": 100}],
            "kinds": {"usage": [{"key": "shapley", "weight": 100}]},
            "caps": [{"amount": 5}],
            "exempt": [{"members": ["x"]}],
        }
    )
    assert rule_in_words(rule, load_plugins()) == (
        "100 % by altitude; costs of use 100 % by the Shapley value; with exemptions, caps"
    )
