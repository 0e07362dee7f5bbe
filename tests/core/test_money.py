"""Amounts as people type them."""

from __future__ import annotations

import pytest

from arengo_core.money import Money


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12,50", 1_250),
        ("12.5", 1_250),
        ("-3", -300),
        ("€ 1 200", 120_000),
        ("1.234,50", 123_450),
        ("1,234.50", 123_450),
        ("1,200.00", 120_000),
        ("1.200", 120_000),
        ("1,200", 120_000),
        ("1.234.567", 123_456_700),
        ("1.234.567,8", 123_456_780),
        ("0,05", 5),
        (",5", 50),
    ],
)
def test_amounts_are_read_as_they_are_written(typed, amount):
    assert Money.parse(typed) == Money(amount)


def test_three_decimals_are_decimals_where_the_currency_has_them():
    assert Money.parse("1.200", "KWD") == Money(1_200, "KWD")
    assert Money.parse("1.200", "JPY") == Money(1_200, "JPY")


@pytest.mark.parametrize(
    "typed",
    ["", "1.2.3", "1,2,3", "12.34,50,1", "1.23,4.5", "0,125", "0.125", "1.2345", "ten", "nan"],
)
def test_what_cannot_be_meant_is_refused(typed):
    with pytest.raises(ValueError, match=r"money|decimals"):
        Money.parse(typed)
