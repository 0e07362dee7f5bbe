"""The fairness report: published games, what it says of the core, and the ways it tries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from arengo_core.cli.main import cli
from arengo_core.money import Money
from arengo_marketplace.costs.allocation import allocate
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.fairness import Fairness, fairness
from arengo_marketplace.costs.games.closed_forms import airport_nucleolus, airport_shapley
from arengo_marketplace.costs.games.concave import worst_group
from arengo_marketplace.costs.games.structure import AtLeast, Curve, Own, StructuredGame, Summed
from arengo_marketplace.costs.games.table import CostTable
from arengo_marketplace.costs.keys import Background
from arengo_marketplace.costs.mends import Case, mixed
from arengo_marketplace.costs.pool import CostKind, CostLine, CostPool
from arengo_marketplace.costs.rule import CostRule, RulePart
from tests.costs.games import LETTERS, excesses, savings, table
from tests.costs.strategies import SEPTEMBER
from tests.costs.test_published_games import BIRMINGHAM, TVA

NOTHING = Money(0)


def judged(
    game: CostTable, total: int, rule: CostRule, usage: Mapping[str, int] | None = None
) -> Fairness:
    """The report of a rule over a table's players, who have some inhabitants."""
    members = [
        Bearer(UUID(int=at), 100 * at, name, code=name) for at, name in enumerate(game.players, 1)
    ]
    pool = CostPool(
        SEPTEMBER, (CostLine(CostKind.FIXED, "", Money(total), SEPTEMBER),), NOTHING, NOTHING
    )
    used = {"m": {one.organization_id: Decimal((usage or {}).get(one.code, 0)) for one in members}}

    def divide(rule: CostRule) -> dict[str, int]:
        made = allocate(pool, rule, members, used, background=Background(game))
        return {share.bearer.rule_id: share.amount.amount for share in made.shares}

    return fairness(Case(game, rule, divide, members, SEPTEMBER, ["m"] if usage else []))


def fixed(**amounts: int) -> CostRule:
    """A rule of agreed figures."""
    options = {"amounts": {name: str(amount) for name, amount in amounts.items()}}
    return CostRule((RulePart("fixed", Decimal(100), options),))


def test_the_tennessee_valley() -> None:
    report = judged(TVA, 412_584, fixed(A=180_000, B=140_000, C=92_584))
    assert [line.alone for line in report.lines] == [163_520, 140_826, 250_096]
    assert [line.adds for line in report.lines] == [45_214, 33_763, 110_977]
    assert [line.shapley for line in report.lines] == [
        117_829,
        Fraction(201_513, 2),
        Fraction(387_997, 2),
    ]
    assert [line.nucleolus for line in report.lines] == [116_234, 93_540, 202_810]
    assert [line.leaves for line in report.lines] == [True, False, False]
    assert [line.is_carried for line in report.lines] == [False, False, True]
    assert report.judged.check.in_core is False
    assert report.judged.check.members == ["A", "B"]
    assert report.judged.complaint == 180_000 + 140_000 - 301_607
    assert report.least == 0
    # Shapley's value is in the core of this game, as Straffin and Heaney say.
    named = {(one.way.kind, one.way.rule.parts[0].key): one for one in report.tried}
    assert named["key", "shapley"].check.in_core is True
    assert named["key", "shapley"] in report.mends
    assert named["key", "shapley"].shares == {"A": 117_829, "B": 100_757, "C": 193_998}
    assert named["capped", "fixed"].shares["A"] == 163_520
    assert judged(TVA, 412_584, fixed(A=117_829, B=100_757, C=193_998)).tried == ()


def test_landings_of_birmingham_pay_what_their_runway_costs() -> None:
    kinds = [Fraction(cost) for _, cost, _ in BIRMINGHAM]
    game = table(11, lambda own: max(int(kinds[at]) for at in own))
    report = judged(game, 117_676, fixed(A=70_000, K=47_676))
    # The smallest aircraft would pay 65,899 for a runway of their own.
    assert (report.judged.check.members, report.judged.complaint) == (["A"], 4_101)
    assert [line.shapley for line in report.lines] == airport_shapley(kinds)
    assert [line.nucleolus for line in report.lines] == airport_nucleolus(kinds)
    best = report.tried[0]
    assert (best.check.in_core, best.way.kind, best.moved) == (True, "capped", 4_101)
    paid = {line.member: line.subsidy for line in report.lines}
    assert report.transferred == sum(own for own in paid.values() if own > 0) > 0
    assert sum(paid.values()) == 0


def test_a_game_without_a_core_says_what_no_split_avoids() -> None:
    pairs = table(3, lambda own: {1: 60, 2: 60, 3: 120}[len(own)])
    report = judged(pairs, 120, CostRule.of(equal=100))
    assert report.least == 20
    assert (report.judged.check.in_core, report.judged.complaint) == (False, 20)
    assert report.mends == ()


def test_fees_and_grants_lower_everybody_alike() -> None:
    half = judged(TVA, 206_292, CostRule.of(equal=100))
    whole = judged(TVA, 412_584, CostRule.of(equal=100))
    assert (half.cost, half.total) == (412_584, 206_292)
    assert [2 * line.alone for line in half.lines] == [line.alone for line in whole.lines]
    assert 2 * half.judged.complaint == whole.judged.complaint
    with pytest.raises(CostError, match="no cost to divide"):
        judged(TVA, 0, CostRule.of(equal=100))


def test_half_by_another_key_adds_up() -> None:
    thirds = (Decimal("33.33333333"), Decimal("33.33333333"), Decimal("33.33333334"))
    rule = CostRule(
        tuple(RulePart(k, w) for k, w in zip(("equal", "population", "past"), thirds, strict=True))
    )
    halves = mixed(rule, RulePart("population", Decimal(100)))
    assert CostRule.from_json(halves.to_json()) == halves
    assert [part.key for part in halves.parts] == ["equal", "population", "past"]
    assert mixed(CostRule.of(equal=100), RulePart("scrb", Decimal(100))) == CostRule.of(
        equal=50, scrb=50
    )


@settings(max_examples=60)
@given(savings(), st.sampled_from(["equal", "population", "usage", "scrb"]), st.data())
def test_no_group_complains_of_shares_said_to_be_in_the_core(
    game: CostTable, key: str, data: st.DataObject
) -> None:
    usage = {name: data.draw(st.integers(0, 9)) for name in game.players}
    part = RulePart(key, Decimal(100), {"meter": "m"} if key == "usage" else {})
    total = int(game.cost(game.whole))
    if total == 0:
        return
    report = judged(game, total, CostRule((part,)), usage)
    cents = len(game.players)
    for one in (report.judged, *report.tried):
        assert sum(one.shares.values()) == total
        shares = [Fraction(one.shares[name]) for name in game.players]
        worst = max(excesses(game, shares).values())
        assert (one.check.in_core is True) == (worst <= cents)
        if one.check.in_core is False:
            assert one.complaint == worst
    for solution in ("shapley", "scrb", "nucleolus", "share"):
        assert sum(getattr(line, solution) for line in report.lines) == total
    assert all(one.most < report.judged.complaint for one in report.mends)
    assert report.least == 0


@st.composite
def flattening(draw: st.DrawFn) -> StructuredGame:
    """Prices that only flatten, and perhaps a minimum."""
    count = draw(st.integers(2, 6))

    def summed() -> Summed:
        quantities = tuple(draw(st.integers(0, 9)) for _ in range(count))
        rates = sorted((Fraction(draw(st.integers(0, 30))) for _ in range(3)), reverse=True)
        tops = sorted(draw(st.sets(st.integers(1, 30), min_size=2, max_size=2)))
        intercepts = [Fraction(draw(st.integers(0, 40)))]
        for at, top in enumerate(tops):
            intercepts.append(intercepts[-1] + (rates[at] - rates[at + 1]) * top)
        factor = Fraction(draw(st.integers(1, 3)), 2)
        return Summed(
            quantities, Curve(tuple(tops), tuple(zip(intercepts, rates, strict=True))), factor
        )

    own = Own(tuple(Fraction(draw(st.integers(0, 20))) for _ in range(count)))
    parts = (own, *(summed() for _ in range(draw(st.integers(1, 2)))))
    if draw(st.booleans()):
        present = tuple(draw(st.booleans()) for _ in range(count))
        parts = (AtLeast(Fraction(draw(st.integers(0, 200))), present, parts),)
    return StructuredGame(tuple(LETTERS[:count]), parts)


@settings(max_examples=200)
@given(flattening(), st.data())
def test_the_group_found_in_closed_form_is_the_worst_of_all(
    game: StructuredGame, data: st.DataObject
) -> None:
    count = len(game.players)
    whole = game.cost(range(count))
    weights = [data.draw(st.integers(0, 9)) for _ in range(count)]
    shares = [whole * weight / max(sum(weights), 1) for weight in weights]
    if not any(weights):
        shares[0] = whole
    found = worst_group(game, shares)
    assert found is not None
    groups = [[at for at in range(count) if mask >> at & 1] for mask in range(1, (1 << count) - 1)]
    worst = max(
        [sum((shares[at] for at in group), Fraction()) - game.cost(group) for group in groups]
    )
    assert found.amount <= max(worst, 0) <= found.bound + 1e-6 * float(whole)
    if found.proved:
        assert found.amount == max(worst, 0)


def run(value: object, *arguments: str) -> tuple[int, str]:
    """The exit code and what was printed."""
    result = CliRunner().invoke(
        cli, ["costs", "fairness", "-", *arguments], input=json.dumps(value)
    )
    return result.exit_code, result.output


def test_the_command_answers_as_its_help_says() -> None:
    text = CliRunner().invoke(cli, ["costs", "fairness", "--help"]).output
    before, after = text.split("The answer to this one begins:")
    document: dict[str, Any] = json.JSONDecoder().raw_decode("{" + before.partition("{")[2])[0]
    code, output = run(document)
    assert code == 0, output
    first = after.partition('"members"')[0].strip().removesuffix(",")
    assert json.loads(first + "}").items() <= json.loads(output).items()
    stated = json.loads(after.partition('"A": ')[2].partition(", ...")[0] + "}")
    assert stated.items() <= json.loads(output)["members"]["A"].items()
    fee = document["plan"]["charges"][0] | {"amount": 3000}
    dear = document | {
        "total": "230.00",
        "plan": {"charges": [fee, document["plan"]["charges"][1]]},
    }
    code, output = run(dear)
    answer = json.loads(output)
    assert answer["most_violated"] == {"coalition": ["C"], "by": "46.66"}
    assert answer["tried"][0]["way"] == "capped"
    assert answer["tried"][0]["rule"]["caps"] == [{"amount": 3000, "members": ["C"]}]
    assert answer["tried"][0]["shares"] == {"A": "100.00", "B": "100.00", "C": "30.00"}
    del dear["plan"]
    assert run(dear)[1].startswith("arengo: plan: what each group of")


def test_many_members_say_what_is_not_given_and_what_is_not_proved() -> None:
    tiers = [{"up_to": 200, "rate": "1"}, {"rate": "0.5"}]
    charge = {"type": "tiered", "label": "t", "over": "meter", "meter": "parcels", "tiers": tiers}
    dearer = charge | {"label": "d", "tiers": [{"up_to": 90, "rate": "1"}, {"rate": "4"}]}
    document = {
        "total": "400.00",
        "period": {"from": "2026-09-01", "to": "2026-10-01"},
        "members": [{"id": f"{n:02d}", "usage": {"parcels": n}} for n in range(30)],
        "plan": {"charges": [charge | {"every": "month"}]},
        "rule": {"parts": [{"key": "equal", "weight": 100}]},
    }
    answer = json.loads(run(document, "--seconds", "300")[1])
    assert (answer["in_core"], answer["proof"]) == (False, "proved")
    assert "30 members" in answer["not_given"]["nucleolus"]
    assert answer["members"]["05"]["nucleolus"] is None
    assert answer["least_complaint"] is None
    assert answer["sampling"]["samples"] == 400
    document["plan"] = {"charges": [dearer | {"every": "month"}]}
    hasty = json.loads(run(document, "--seconds", "0")[1])
    assert (hasty["in_core"], hasty["bound"], hasty["proof"]) == (None, None, "not proved")


def test_a_table_of_money_is_in_major_units() -> None:
    document = {
        "total": "100.00",
        "members": [{"id": "A"}, {"id": "B"}],
        "cost": {"A": 40, "B": 90.5, "A,B": 100},
        "rule": {"parts": [{"key": "equal", "weight": 100}]},
    }
    answer = json.loads(run(document)[1])
    assert (answer["cost"], answer["members"]["B"]["alone"]) == ("100.00", "90.50")
    assert answer["most_violated"] == {"coalition": ["A"], "by": "10.00"}
    result = CliRunner().invoke(
        cli, ["costs", "allocate", "--core", "1", "-"], input=json.dumps(document)
    )
    assert json.loads(result.output)["most_violated"] == {"coalition": ["A"], "by": "10.00"}
