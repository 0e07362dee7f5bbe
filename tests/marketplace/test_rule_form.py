"""A cost rule in plain fields: what is typed makes exactly the rule, and back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
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
        for start, end in zip(edges, edges[1:], strict=False)
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


@given(rules, st.sampled_from(["it", "en"]))
def test_every_rule_fits_the_fields_and_comes_back_equal(rule, locale):
    set_locale(locale)
    assert CostRule.from_json(rule.to_json(), rule_form.allocation_keys(REGISTRY)) == rule
    values = rule_form.values_of(rule, CHOICES)
    assert "rule_json" not in values
    assert rule_form.rule_of(Form(dict(values)), CHOICES) == rule


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
