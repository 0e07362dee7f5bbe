"""Prices in words."""

from __future__ import annotations

from arengo_core.i18n import set_locale
from arengo_marketplace.offers.wording import fees_in_words


def test_a_rate_finer_than_a_cent_is_written_as_money():
    set_locale("it")
    fees = [{"label": "Contributo", "rate": "0.002"}, {"label": "Altro", "rate": "1.10"}]
    texts = [text.replace("\xa0", " ") for _, text in fees_in_words(fees)]
    assert texts == ["0,002 €", "1,10 €"]
