"""A cost rule in plain fields: what is typed makes exactly the rule, and back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arengo_core.errors import InvalidInputError
from arengo_core.i18n import set_locale
from arengo_core.plugins.manager import load_plugins
from arengo_core.web.forms import Form
from arengo_marketplace.costs.adjustments import Adjustments, Discount, Limit, Step, Who
from arengo_marketplace.costs.charges import Every
from arengo_marketplace.costs.pool import CostKind
from arengo_marketplace.costs.rule import CostRule, RulePart
from arengo_marketplace.offers import rule_form, rule_view
from arengo_marketplace.offers.rule_choices import RuleChoices
from tests.settlements.valley import Bells


class Capped:
    """A plugin's key with options of several types."""

    id = "bells.capped"
    prorated = True

    def options(self, document):
        return {name: document.take(name) for name in document.rest()}

    def weights(self, members, context):
        raise NotImplementedError


MEMBERS = {
    "014019": "Chiesa in Valmalenco",
    "014038": "Lanzada",
    "014067": "Torre di Santa Maria",
    "014014": "Caspoggio",
}
REGISTRY = load_plugins(extra=[("bells", Bells())])
REGISTRY.plugins[0].allocation_keys.append(Capped())
CHOICES = RuleChoices(REGISTRY, ("altitude",), MEMBERS)

figures = st.decimals("0", "999999", places=2) | st.decimals("0.00000001", "99", places=8)
percents = st.decimals("0", "100", places=2)
words = st.text("abcdefghijklmnopqrstuvwxyzàèìòù", min_size=1, max_size=8).filter(
    lambda word: word not in {"above", "oltre"}
)
members = st.sampled_from([*MEMBERS, "014999", "0198c8b2-7c1e-7aaa-8bbb-0123456789ab"])
tables = st.dictionaries(words, figures.map(str), min_size=1, max_size=3)


@st.composite
def bands(draw):
    limits = sorted(draw(st.sets(figures.filter(bool), max_size=3)))
    weights = [str(draw(figures)) for _ in range(len(limits) + 1)]
    return [
        *(
            {"below": str(limit), "weight": weight}
            for limit, weight in zip(limits, weights, strict=False)
        ),
        {"weight": weights[-1]},
    ]


plugin_options = st.dictionaries(
    words,
    st.integers(0, 9999) | st.booleans() | words | st.just("12") | st.just("true"),
    max_size=3,
)
named_keys = st.one_of(
    st.sampled_from(["equal", "merchants", "area", "past", "scrb", "nucleolus"]).map(
        lambda key: (key, {})
    ),
    st.tuples(
        st.just("population"),
        st.sampled_from([{}, {"as_of": "2026-01-01"}]),
    ),
    st.sampled_from(sorted(REGISTRY.meters())).map(lambda meter: ("usage", {"meter": meter})),
    st.dictionaries(members, figures.map(str), min_size=1).map(
        lambda of: ("fixed", {"amounts": of})
    ),
    st.sampled_from(["altitude", "population", "snow"]).flatmap(
        lambda name: st.one_of(
            st.just({}),
            tables.map(lambda of: {"weights": of}),
            bands().map(lambda of: {"bands": of}),
        ).map(lambda options: ("attribute", {"attribute": name} | options))
    ),
    st.fixed_dictionaries(
        {}, optional={"samples": st.integers(0, 20_000), "seed": st.integers(0, 10**9)}
    ).map(lambda options: ("shapley", options)),
    plugin_options.map(lambda options: ("bells.capped", options)),
)


@st.composite
def mixes(draw):
    cuts = sorted(draw(st.sets(st.integers(1, 9999), max_size=3)))
    edges = [0, *cuts, 10_000]
    return tuple(
        RulePart(
            key, Decimal(end - start) / 100, options, draw(st.sampled_from(["equal", "population"]))
        )
        for start, end in pairwise(edges)
        for key, options in [draw(named_keys)]
    )


@st.composite
def some(draw):
    named = draw(st.none() | st.lists(members, min_size=1, max_size=3).map(tuple))
    if draw(st.booleans()):
        return Who(named)
    attribute = draw(st.sampled_from(["altitude", "population", "zone"]))
    if draw(st.booleans()):
        return Who(named, attribute, draw(words))
    least, most = draw(figures), draw(st.none() | figures)
    return Who(named, attribute, None, least, most)


@st.composite
def limits(draw):
    who, every = draw(some()), draw(st.none() | st.sampled_from(list(Every)))
    return draw(
        st.one_of(
            st.integers(0, 10**9).map(lambda of: Limit(who, amount=of, every=every)),
            figures.map(lambda of: Limit(who, per_inhabitant=of, every=every)),
            st.decimals("0", "10000", places=2).map(lambda of: Limit(who, against_last_year=of)),
        )
    )


steps = st.lists(
    st.tuples(st.integers(0, 999), percents), max_size=3, unique_by=lambda one: one[0]
).map(
    lambda found: tuple(
        Step(date(2026, 1, 1) + timedelta(days=day), per_cent) for day, per_cent in sorted(found)
    )
)
adjustments = st.builds(
    Adjustments,
    exempt=st.lists(some().filter(lambda who: who != Who()), max_size=2).map(tuple),
    fixed=st.dictionaries(members, st.integers(0, 10**9), max_size=2).map(
        lambda of: tuple(sorted(of.items()))
    ),
    discounts=st.lists(st.builds(Discount, percents, some()), max_size=2).map(tuple),
    phase_in=steps,
    caps=st.lists(limits(), max_size=2).map(tuple),
    floors=st.lists(limits(), max_size=2).map(tuple),
)
rules = st.builds(
    CostRule,
    mixes(),
    st.dictionaries(st.sampled_from(list(CostKind)), mixes(), max_size=2),
    adjustments,
)


@settings(max_examples=60)
@given(rules, st.sampled_from(["it", "en"]))
def test_every_rule_fits_the_fields_and_comes_back_equal(rule, locale):
    set_locale(locale)
    assert CostRule.from_json(rule.to_json(), rule_form.allocation_keys(REGISTRY)) == rule
    values = rule_form.values_of(rule, CHOICES)
    assert "rule_json" not in values
    assert rule_form.rule_of(Form(dict(values)), CHOICES) == rule


@settings(max_examples=30)
@given(rules)
def test_the_page_shows_each_row_that_a_rule_fills(rule):
    values: dict[str, str] = {}
    shown = rule_view.shown(CHOICES, rule, values, None)
    rows = [*shown["all"], *(row for _, of in shown["kinds"] for row in of)]
    rows += [
        row
        for name in ("exempt", "amount", "discount", "cap", "floor", "step")
        for row in shown[name]
    ]
    for name in values:
        base = ":".join(name.split(":")[: 3 if name.startswith("part:") else 2])
        (row,) = [row for row in rows if row["base"] == base]
        member = name.removeprefix(f"{base}:member:")
        assert member == name or int(member) in row["members"]
    keys = {value for value, _ in shown["keys"]}
    assert {values[name] for name in values if name.endswith(":key")} <= keys


def _typed(**rows: str) -> Form:
    return Form({"part:all:1:key": "equal", "part:all:1:weight": "100"} | rows)


def _part(key: str, **fields: str) -> dict[str, str]:
    return {"part:all:1:key": key} | {f"part:all:1:{name}": text for name, text in fields.items()}


@pytest.mark.parametrize(
    ("rows", "name", "words"),
    [
        ({"part:all:1:weight": ""}, "part:all:1:weight", "needed"),
        ({"part:all:1:weight": "x"}, "part:all:1:weight", "not a number"),
        ({"part:all:1:weight": "1e999999"}, "part:all:1:weight", "not a number of 0"),
        ({"part:all:1:weight": "90"}, "part:all:1:weight", "add up to 90 %"),
        ({"part:all:2:weight": "10"}, "part:all:2:key", "Choose"),
        (_part("moon"), "part:all:1:key", "no allocation key"),
        (_part("usage"), "part:all:1:key", "not a text"),
        (_part("usage:"), "part:all:1:key", "not a text"),
        (_part("equal", as_of="2026-01-01"), "part:all:1:as_of", "needs no"),
        (_part("equal", samples="9"), "part:all:1:samples", "needs no"),
        (_part("equal", table="a: 1"), "part:all:1:table", "needs no"),
        (_part("population", as_of="soon"), "part:all:1:as_of", "not a day"),
        (_part("shapley", samples="1,5"), "part:all:1:samples", "decimals"),
        (_part("equal", otherwise="past"), "part:all:1:otherwise", "may weigh nothing"),
        (_part("fixed"), "part:all:1:table", "Give the figures"),
        (_part("fixed", table="Lanzada"), "part:all:1:table", "Line 1"),
        (_part("fixed", table="Lanzada: 1\nlanzada: 2"), "part:all:1:table", "Line 2"),
        (_part("fixed", table="\nLanzadda: 1"), "part:all:1:table", "such as Lanzada"),
        (_part("fixed", table="Lanzada: -1"), "part:all:1:table", "Line 1"),
        (_part("attribute:altitude", table="below 9: 1"), "part:all:1:table", "no band"),
        (
            _part("attribute:altitude", table="below 9: 1\nbelow 8: 1\nabove: 2"),
            "part:all:1:table",
            "not above",
        ),
        ({"part:usage:1:key": "equal", "part:usage:1:weight": "50"}, "part:usage:1:weight", "50 %"),
        ({"exempt:1:member:1": "Milano"}, "exempt:1:member:1", "No member"),
        ({"exempt:1:is": "valley"}, "exempt:1:attribute", "needs a value"),
        ({"exempt:2:attribute": "altitude"}, "exempt:2:attribute", "value or a range"),
        ({"amount:1:amount": "5"}, "amount:1:member:1", "needed"),
        ({"amount:1:member:1": "Lanzada"}, "amount:1:amount", "needed"),
        ({"amount:1:member:1": "Lanzada", "amount:1:amount": "-5"}, "amount:1:amount", "amount"),
        ({"discount:1:member:1": "Lanzada"}, "discount:1:per_cent", "needed"),
        ({"discount:1:per_cent": "120"}, "discount:1:per_cent", "between 0 and 100"),
        ({"cap:1:figure": "x"}, "cap:1:figure", "amount"),
        ({"cap:1:every": "year"}, "cap:1:figure", "needed"),
        ({"cap:1:figure": "1", "cap:1:unit": "members"}, "cap:1:unit", "Choose"),
        ({"cap:1:figure": "1", "cap:1:every": "day"}, "cap:1:every", "not known"),
        (
            {"floor:1:figure": "9", "floor:1:unit": "against_last_year", "floor:1:every": "year"},
            "floor:1:every",
            "last year",
        ),
        ({"step:1:per_cent": "50"}, "step:1:from", "not a day"),
        (
            {
                "step:1:from": "2027-01-01",
                "step:1:per_cent": "50",
                "step:3:from": "2026-01-01",
                "step:3:per_cent": "9",
            },
            "step:3:from",
            "not after",
        ),
        ({"rule_json": "{"}, "rule_json", "JSON"),
        ({"rule_json": '{"parts": [{"key": "area", "weight": 100}]}'}, "rule_json", "different"),
    ],
)
def test_a_fault_is_named_at_its_field(rows, name, words):
    set_locale("en")
    form = _typed(**rows)
    with pytest.raises(InvalidInputError) as raised:
        rule_form.needed_rule(form, CHOICES)
    assert raised.value.field == name
    assert words in str(raised.value)


def test_all_rows_at_fault_are_told_at_once():
    form = _typed(**{"exempt:1:member:1": "Milano", "cap:2:figure": "much"})
    with pytest.raises(InvalidInputError):
        rule_form.rule_of(form, CHOICES)
    assert list(form.errors) == ["exempt:1:member:1", "cap:2:figure"]


def test_rows_without_anything_typed_are_ignored():
    form = Form(
        {"part:all:1:key": "", "part:all:1:weight": " ", "cap:1:unit": "", "step:1:from": ""}
    )
    assert rule_form.rule_of(form, CHOICES) is None
    with pytest.raises(InvalidInputError):
        rule_form.needed_rule(form, CHOICES)
    form = _typed(**{"part:all:7:key": "", "exempt:1:member:2": ""})
    assert rule_form.rule_of(form, CHOICES) == CostRule.of(equal=100)


def test_what_does_not_fit_stays_a_document():
    names = CostRule((RulePart("fixed", Decimal(100), {"amounts": {"Colle": "1"}}),))
    values = rule_form.values_of(names, CHOICES)
    assert list(values) == ["rule_json"]
    assert rule_form.rule_of(Form(values), CHOICES) == names


def test_members_are_listed_where_their_figures_are_missing():
    values: dict[str, str] = {}
    form = Form({"part:all:1:key": "fixed", "part:all:1:weight": "100", "more_rows": "lines"})
    shown = rule_view.shown(CHOICES, None, values, form)
    assert values["part:all:1:table"].splitlines() == [f"{name}: " for name in MEMBERS.values()]
    assert shown["all"][0]["has_details"]
    assert len(shown["all"]) == 2
    form.fields["more_rows"] = "yes"
    assert len(rule_view.shown(CHOICES, None, values, form)["all"]) == 4


def test_two_members_of_one_name_are_told_apart():
    choices = RuleChoices(REGISTRY, (), {"a": "Bar Sport (a)", "b": "Bar Sport (b)"})
    assert choices.member("bar sport (B)", "x") == "b"
    with pytest.raises(InvalidInputError):
        choices.member("Bar Sport", "x")
