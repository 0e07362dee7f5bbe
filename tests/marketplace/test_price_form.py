"""A price plan in plain fields: what is typed makes exactly the document, and back."""

from __future__ import annotations

from datetime import date

import pytest

from arengo_core.caller import Caller
from arengo_core.errors import InvalidInputError
from arengo_core.i18n import set_locale
from arengo_core.web.forms import Form
from arengo_marketplace.costs.charges import Every, Measure, OneOffCharge, TieredCharge, TierMode
from arengo_marketplace.costs.price_plan import Minimum, PricePlan
from arengo_marketplace.offers import price_form, prices, repository
from arengo_marketplace.offers.tier_lines import lines_of, tiers_of
from tests.form_fields import sent_of

STROKES = {
    "type": "tiered",
    "label": "Rintocchi",
    "over": "meter",
    "meter": "bell.strokes",
    "mode": "all_units",
    "every": "month",
    "tiers": [{"up_to": 1000, "rate": "0.050", "fixed": 2000}, {"rate": "0.00000001"}],
}
HEADS = {
    "type": "tiered",
    "label": "Teste",
    "over": "inhabitants",
    "tiers": [{"up_to": 5000, "rate": "0.40"}, {"up_to": 20000, "rate": "0.3"}, {"rate": "0"}],
}
ONE_OFF = {"type": "one_off", "label": "Avvio", "amount": 250_000, "on": "2027-01-15"}
YEARLY = {"type": "fixed", "label": "Piattaforma", "amount": 120_050, "every": "year"}
MINIMUM = {"label": "Minimo garantito", "amount": 1_500_000, "every": "year"}
VAT = {"rate": "22", "recoverable": False, "included": True}
FIGURE = {"month": "2026-10", "value": "121.4", "source": "ISTAT", "published_on": "2026-11-16"}
INDEX = {"name": "FOI", "first": "2027-01", "base": "2026-10", "share": "75", "figures": [FIGURE]}


@pytest.mark.parametrize(
    ("text", "tiers"),
    [
        ("above: 0.03", [{"rate": "0.03"}]),
        (
            "up to 1000: 0.05 + 20.00\nabove: 0.03",
            [{"up_to": 1000, "rate": "0.05", "fixed": 2000}, {"rate": "0.03"}],
        ),
        (
            "  Fino  a 1.000 :0,05 € + 1.020,50 €\r\n\r\nOLTRE 1000: € 0,03",
            [{"up_to": 1000, "rate": "0.05", "fixed": 102_050}, {"rate": "0.03"}],
        ),
        (
            "up to 20,000: 1\nfino a 1 000 000: 0,5\nabove 1,000,000: 0.00000001",
            [
                {"up_to": 20_000, "rate": "1"},
                {"up_to": 10**6, "rate": "0.5"},
                {"rate": "0.00000001"},
            ],
        ),
    ],
)
def test_tiers_are_read_in_both_languages(text, tiers):
    assert tiers_of(text, "tiers") == tiers


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("up to 1000: 0.05", 1),
        ("up to 1000: 0.05\n\nto 2000: 0.04\nabove: 0.03", 3),
        ("up to 1000: 0.05\nup to 1000: 0.04\nabove: 0.03", 2),
        ("up to 0: 0.05\nabove: 0.03", 1),
        ("up to 1000,5: 0.05\nabove: 0.03", 1),
        ("up to 1000: 0.05\nabove 2000: 0.03", 2),
        ("up to 1000: 0.05\nabove: 0.03\nup to 2000: 0.02", 3),
        ("up to 1000: 0.05\nabove: -0.03", 2),
        ("up to 1000: 0.05\nabove: 0.123456789", 2),
        ("up to 1000: 0.05\nabove:", 2),
        ("up to 1000: 0.05 + much\nabove: 0.03", 1),
        ("up to 1000: 0.05 + 1.0055\nabove: 0.03", 1),
        ("up to 1000: 0.05 + -1\nabove: 0.03", 1),
        ("up to 1000: 0.05 +\nabove: 0.03", 1),
        ("up to ²: 0.05\nabove: 0.03", 1),
        ("up to " + "9" * 5000 + ": 0.05\nabove: 0.03", 1),
    ],
)
def test_a_wrong_line_is_named_by_its_number(text, line):
    with pytest.raises(InvalidInputError) as refused:
        tiers_of(text, "tiers")
    assert refused.value.field == "tiers"
    assert f"Line {line}:" in str(refused.value)


@pytest.mark.parametrize("locale", ["it", "en"])
@pytest.mark.parametrize(
    "document",
    [
        {"charges": [YEARLY, ONE_OFF, STROKES], "minimum": MINIMUM, "vat": VAT},
        {"charges": [HEADS, ONE_OFF, YEARLY], "minimum": {**MINIMUM, "every": "month"}},
        {"charges": [{**HEADS, "over": "members", "every": "month", "mode": "all_units"}]},
        {"charges": [{**HEADS, "tiers": [{"rate": "0.40", "fixed": 5}]}]},
        {"charges": [{**HEADS, "tiers": [{"rate": "0.40"}]}, STROKES]},
        {"charges": [STROKES], "index": INDEX},
    ],
)
async def test_a_plan_fills_the_fields_and_comes_back_exactly(host, locale, document):
    set_locale(locale)
    plan = PricePlan.from_json(document)
    service = host.registry.services["bell"].value
    values = price_form.values_of(plan, service)
    assert "plan_json" not in values
    again = PricePlan.from_json(price_form.plan_of(Form(values), service))
    assert again.to_json() == plan.to_json()


@pytest.mark.parametrize(
    "document",
    [
        {"charges": [STROKES, HEADS]},
        {"charges": [ONE_OFF, ONE_OFF]},
        {"charges": [YEARLY, YEARLY]},
        {"charges": [{**STROKES, "meter": "other.meter"}]},
        {"charges": [{"type": "unit", "label": "A", "meter": "other.meter", "rate": "1"}]},
        {"charges": [YEARLY], "currency": "CHF"},
    ],
)
async def test_what_the_fields_cannot_say_stays_a_document(host, document):
    plan = PricePlan.from_json(document)
    service = host.registry.services["bell"].value
    values = price_form.values_of(plan, service)
    assert list(values) == ["plan_json"]
    form = Form(values)
    assert form["plan_json"] == price_form.plan_of(form, service)


def test_lines_are_in_the_words_of_the_locale():
    (charge,) = PricePlan.from_json({"charges": [STROKES]}).charges
    for locale, text in (
        ("it", "fino a 1000: 0,050 + 20,00\noltre: 0,00000001"),
        ("en", "up to 1000: 0.050 + 20.00\nabove: 0.00000001"),
    ):
        set_locale(locale)
        assert lines_of(charge.tiers) == text


TYPED = {
    "yearly": "1200",
    "one_off": "2.500,00",
    "one_off_on": "2027-01-15",
    "label:one_off": "Avvio",
    "tiers": "fino a 1000: 0,05 + 20,00\r\noltre: 0,03",
    "tiers_over": "meter:bell.strokes",
    "tiers_mode": "all_units",
    "tiers_every": "month",
    "minimum": "150",
    "minimum_every": "month",
    "cost_bearers": "municipalities",
    "part:all:1:key": "equal",
    "part:all:1:weight": "100",
}


async def test_the_forms_make_exactly_the_document(host, make_consortium, visit):
    made = await make_consortium()
    office = await visit(made.officer)
    done = await office.post("/office/offers/new/bell", TYPED)
    assert done.status_code == 303, done.text
    caller = Caller.program([made.id])

    async def stored():
        async with host.unit_of_work(caller, read_only=True) as uow:
            (offer,) = await repository.of_consortium(uow.session, made.id)
            return offer

    offer = await stored()
    plan = offer.plan
    fixed, one_off, tiered = plan.charges
    assert fixed == PricePlan.yearly("Canone fisso", 120_000).charges[0]
    assert one_off == OneOffCharge("Avvio", 250_000, date(2027, 1, 15))
    assert isinstance(tiered, TieredCharge)
    assert (tiered.over, tiered.meter) == (Measure.METER, "bell.strokes")
    assert (tiered.mode, tiered.every) == (TierMode.ALL_UNITS, Every.MONTH)
    assert [(t.up_to, str(t.rate), t.fixed) for t in tiered.tiers] == [
        (1000, "0.05", 2000),
        (None, "0.03", 0),
    ]
    assert plan.minimum == Minimum("Impegno minimo", 15_000, Every.MONTH)

    path = f"/office/offers/{offer.id}"
    sent = sent_of((await office.get(path)).text)
    assert sent["tiers"] == TYPED["tiers"].replace("\r", "")
    assert sent["tiers_over"] == "meter:bell.strokes"
    assert (await office.post(path, sent)).status_code == 303
    assert (await stored()).prices == offer.prices, "what is only looked at stays what it is"

    page = (await office.get(f"{path}/prices")).text
    sent = sent_of(page) | {"tiers_over": "members", "tiers": "up to 5: 100\nabove: 80"}
    shown = await office.post(f"{path}/prices", sent)
    assert shown.status_code == 200, shown.text
    assert (await office.post(f"{path}/prices", sent | {"confirmed": "yes"})).status_code == 303
    changed = (await stored()).plan_at(prices.next_month().start)
    assert changed.charges[:2] == plan.charges[:2]
    assert changed.minimum == plan.minimum
    assert changed.charges[2].label == "Per aderente", "another count, another name"
    assert changed.charges[2].over is Measure.MEMBERS


@pytest.mark.parametrize(
    ("wrong", "beside"),
    [
        ({"tiers": "fino a 1000: 0,05\r\noltre: tanto"}, "tiers"),
        ({"tiers_over": "meter:other"}, "tiers_over"),
        ({"tiers_mode": "sideways"}, "tiers_mode"),
        ({"tiers_every": "week"}, "tiers_every"),
        ({"one_off": "-5"}, "one_off"),
        ({"one_off": ""}, "one_off"),
        ({"one_off_on": "soon"}, "one_off_on"),
        ({"one_off_on": "1500-01-01"}, "one_off_on"),
        ({"minimum": "lots"}, "minimum"),
        ({"minimum": "-1"}, "minimum"),
        ({"minimum_every": "week"}, "minimum_every"),
    ],
)
async def test_a_fault_is_beside_its_field_and_what_was_typed_stays(
    make_consortium, visit, wrong, beside
):
    made = await make_consortium()
    office = await visit(made.officer)
    refused = await office.post("/office/offers/new/bell", TYPED | wrong)
    assert refused.status_code == 400
    assert f'id="f-{beside}-error"' in refused.text
    (name,) = wrong
    sent = sent_of(refused.text)
    if name not in {"tiers_over", "tiers_mode", "tiers_every", "minimum_every"}:
        assert sent[name].splitlines() == wrong[name].splitlines()
    assert {key: sent[key] for key in ("yearly", "label:one_off")} == {
        "yearly": "1200",
        "label:one_off": "Avvio",
    }
    if beside == "tiers":
        assert "Riga 2: tanto" in refused.text


@pytest.mark.parametrize(
    ("fields", "beside"),
    [
        ({"yearly": "1200,50", "minimum": "15000", "minimum_every": "year"}, ""),
        ({"vat_rate": "22", "vat_included": "yes"}, ""),
        ({"yearly": "1200,51"}, "yearly"),
        ({"monthly": "1200,50"}, "monthly"),
        ({"tiers": "oltre: 0,03", "tiers_over": "members"}, "tiers"),
        ({"minimum": "15000", "minimum_every": "month"}, "minimum"),
        ({"vat_rate": "22"}, "vat_rate"),
        ({"index_name": "FOI", "index_first": "2027-01"}, "index_base"),
    ],
)
async def test_document_and_fields_must_not_contradict(host, fields, beside):
    service = host.registry.services["bell"].value
    plan = PricePlan.from_json({"charges": [YEARLY, HEADS], "minimum": MINIMUM, "vat": VAT})
    form = Form({**fields, "plan_json": price_form.as_document(plan.to_json())})
    if not beside:
        assert price_form.plan_of(form, service) == form["plan_json"]
        return
    with pytest.raises(InvalidInputError) as refused:
        price_form.plan_of(form, service)
    assert refused.value.field == beside
