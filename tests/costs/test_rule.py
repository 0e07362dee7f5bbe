from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given

from arengo_marketplace.costs.errors import InvalidRuleError
from arengo_marketplace.costs.rule import CostRule, RulePart
from tests.costs.strategies import METERS, rules


@given(rules())
def test_json_round_trip(rule: CostRule) -> None:
    assert CostRule.from_json(json.loads(json.dumps(rule.to_json()))) == rule


def test_a_number_in_json_is_what_was_typed() -> None:
    document = (
        '{"parts": [{"key": "equal", "weight": 33.3}, {"key": "population", "weight": 66.7}]}'
    )
    rule = CostRule.from_json(json.loads(document))
    assert [part.weight for part in rule.parts] == [Decimal("33.3"), Decimal("66.7")]


def test_the_shape_of_the_document() -> None:
    rule = CostRule((RulePart("usage", Decimal(100), {"meter": METERS[0]}, "population"),))
    assert rule.to_json() == {
        "parts": [{"key": "usage", "weight": "100", "meter": METERS[0], "otherwise": "population"}]
    }


def _parts(*parts: object) -> dict[str, object]:
    return {"parts": list(parts)}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            "equal",
            'document: "equal" is not an object. Write an object with named fields, in braces.',
        ),
        ({}, "parts: this is missing. Write a list with at least one."),
        (
            _parts({"key": "equal", "weight": 40}, {"key": "population", "weight": "59.99"}),
            "parts: the weights add up to 99.99 %, not to 100 %. Add or take away 0.01 %.",
        ),
        (
            _parts({"key": "equal", "weight": 100}, {"key": "population", "weight": 0}),
            "parts[1].weight: a weight of 0 % divides nothing. "
            "Give it more than 0 %, or remove the part.",
        ),
        (
            _parts({"key": "equal", "weight": -5}),
            "parts[0].weight: -5 is not between 0 and 100. Write a number, for example 33.5.",
        ),
        (
            _parts({"key": "altitude", "weight": 100}),
            'parts[0].key: there is no allocation key "altitude". Use one of: equal, population, '
            "usage, merchants, area, attribute, fixed, past, shapley, scrb, nucleolus; or enable "
            "the plugin that brings it.",
        ),
        (
            _parts({"key": "usage", "weight": 100}),
            "parts[0].meter: the usage key names no meter. "
            "Name the meter to divide by, for example payments.transactions.",
        ),
        (
            _parts({"key": "equal", "weight": 100, "meter": "m"}),
            "parts[0].meter: there is no such field. Remove it, or use one of: key, otherwise, "
            "weight.",
        ),
        (
            _parts({"key": "usage", "weight": 100, "meter": "m", "otherwise": "usage"}),
            "parts[0].otherwise: usage may weigh nothing itself. Use equal or population.",
        ),
    ],
)
def test_faults_name_field_fault_and_mend(document: object, message: str) -> None:
    with pytest.raises(InvalidRuleError) as caught:
        CostRule.from_json(document)
    assert str(caught.value) == message
    assert caught.value.code == "costs.rule_invalid"


def test_a_message_is_shown_in_the_language_of_the_reader() -> None:
    italian = {
        "the weights add up to {whole} %, not to 100 %": "i pesi sommano a {whole} %, non a 100 %",
        "Add or take away {missing} %": "Aggiungi o togli {missing} %",
    }
    with pytest.raises(InvalidRuleError) as caught:
        CostRule.of(equal=40, population=70)
    shown = caught.value.message(italian.__getitem__)
    assert shown == "parts: i pesi sommano a 110 %, non a 100 %. Aggiungi o togli 10 %."
