"""Counting: exact, whatever the order; one more yes never turns a passed vote."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arengo_core.errors import InvalidInputError
from arengo_marketplace.votes.counting import (
    Choice,
    Elector,
    Outcome,
    Terms,
    Weighing,
    count,
    weights,
)

per_cents = st.decimals(0, 100, places=6)
terms = st.builds(
    Terms,
    weighing=st.sampled_from(Weighing),
    head_share=per_cents,
    quorum=per_cents,
    majority=st.decimals(0, Decimal("99.999999"), places=6),
    heads=st.none() | st.decimals(0, Decimal("99.999999"), places=6),
)
rolls = st.lists(st.integers(1, 10**6), min_size=1, max_size=12).map(
    lambda people: [Elector(UUID(int=place), one) for place, one in enumerate(people)]
)


@st.composite
def votes(draw):
    roll = draw(rolls)
    cast = draw(
        st.lists(st.none() | st.sampled_from(Choice), min_size=len(roll), max_size=len(roll))
    )
    ballots = {e.organization_id: c for e, c in zip(roll, cast, strict=True) if c is not None}
    return draw(terms), roll, ballots


@given(terms, rolls)
def test_weights_are_one_together(by, roll):
    assert sum(weights(by, roll).values()) == 1


@given(votes(), st.randoms())
def test_the_order_of_roll_and_ballots_does_not_matter(vote, random):
    by, roll, ballots = vote
    other, items = list(roll), list(ballots.items())
    random.shuffle(other)
    random.shuffle(items)
    assert count(by, other, dict(items)) == count(by, roll, ballots)


@given(votes())
def test_one_more_yes_never_undoes_a_passed_vote(vote):
    by, roll, ballots = vote
    if count(by, roll, ballots).outcome is not Outcome.PASSED:
        return
    for elector in roll:
        more = ballots | {elector.organization_id: Choice.YES}
        assert count(by, roll, more).outcome is Outcome.PASSED


@given(votes())
def test_what_passes_has_quorum_and_more_than_its_majority(vote):
    by, roll, ballots = vote
    counted = count(by, roll, ballots)
    assert counted.turnout <= 1
    if counted.outcome is Outcome.PASSED:
        assert counted.turnout * 100 >= Fraction(by.quorum)
        assert counted.yes * 100 > Fraction(by.majority) * (counted.yes + counted.no)


def test_a_tie_passes_nothing_and_strangers_do_not_count():
    roll = [Elector(UUID(int=1), 10), Elector(UUID(int=2), 10)]
    tie = {UUID(int=1): Choice.YES, UUID(int=2): Choice.NO, UUID(int=3): Choice.YES}
    assert count(Terms(), roll, tie).outcome is Outcome.REJECTED
    assert count(Terms(), roll, {}).outcome is Outcome.NO_QUORUM


def test_a_majority_of_heads_stops_the_large_ones():
    roll = [Elector(UUID(int=1), 900), Elector(UUID(int=2), 50), Elector(UUID(int=3), 50)]
    ballots = {UUID(int=1): Choice.YES, UUID(int=2): Choice.NO, UUID(int=3): Choice.NO}
    by = Terms(Weighing.POPULATION)
    assert count(by, roll, ballots).outcome is Outcome.PASSED
    both = Terms(Weighing.POPULATION, heads=Decimal(50))
    assert count(both, roll, ballots).outcome is Outcome.REJECTED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weighing", "shoes"),
        ("quorum", "101"),
        ("quorum", "0.0000001"),
        ("majority", "100"),
        ("heads", "nan"),
        ("days", "0"),
        ("days", "soon"),
    ],
)
def test_wrong_terms_are_named(field, value):
    with pytest.raises(InvalidInputError) as refused:
        Terms.of({field: value})
    assert refused.value.field == field
    assert Terms.of(Terms().to_json()) == Terms()
