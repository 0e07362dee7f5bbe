"""Which pledges hold: the largest set, in whatever order they came."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from arengo_marketplace.pledges.evaluation import (
    Candidate,
    Missing,
    Present,
    Terms,
    holding,
    missing,
    wanting,
)

A, B, C, D = (UUID(int=number) for number in range(1, 5))
_TERMS = st.builds(
    Terms,
    st.none() | st.integers(1, 8),
    st.none() | st.integers(1, 4_000),
)
_CANDIDATES = st.lists(st.tuples(st.integers(0, 900), _TERMS), max_size=6).map(
    lambda rows: [Candidate(UUID(int=n), people, terms) for n, (people, terms) in enumerate(rows)]
)
_PRESENT = st.builds(Present, st.integers(0, 3), st.integers(0, 1_500))


def nobody_asks(_members):
    raise AssertionError("costs are asked for only where a condition names them")


def _subsets(rows):
    return chain.from_iterable(combinations(rows, size) for size in range(len(rows) + 1))


def _stands(chosen, present):
    there = present.joined_by(chosen)
    return all(missing(one, there, {}).nothing for one in chosen)


@given(_CANDIDATES, _PRESENT, st.randoms())
def test_it_is_the_largest_set_that_stands_in_any_order(candidates, present, dice):
    found = holding(candidates, present, nobody_asks)
    largest = max((c for c in _subsets(candidates) if _stands(c, present)), key=len)
    assert found == {one.member_id for one in largest}
    dice.shuffle(candidates)
    assert holding(candidates, present, nobody_asks) == found


@given(_CANDIDATES, _PRESENT)
def test_what_is_missing_is_what_would_do(candidates, present):
    held = holding(candidates, present, nobody_asks)
    for member, lacking in wanting(candidates, present, nobody_asks).items():
        assert lacking.nothing == (member in held)
        more = Present(present.members + lacking.members, present.inhabitants + lacking.inhabitants)
        assert member in holding(candidates, more, nobody_asks)


@given(_CANDIDATES, _PRESENT, st.lists(st.none() | st.integers(0, 9_000), min_size=6), st.randoms())
def test_limits_on_the_own_cost_hold_in_any_order(candidates, present, limits, dice):
    """What is found holds, though it may not be the largest set."""

    def costs(members):
        return {member: 12_000 // len(members) for member in members}

    limited = [
        replace(one, terms=replace(one.terms, most_cost=limit))
        for one, limit in zip(candidates, limits, strict=False)
    ]
    found = holding(limited, present, costs)
    chosen = [one for one in limited if one.member_id in found]
    there = present.joined_by(chosen)
    assert all(missing(one, there, costs(found)).nothing for one in chosen)
    dice.shuffle(limited)
    assert holding(limited, present, costs) == found


def test_one_that_falls_out_takes_others_along():
    chain_of = [
        Candidate(A, 100, Terms(least_members=2)),
        Candidate(B, 100, Terms(least_members=3)),
        Candidate(C, 100, Terms(least_members=5)),
    ]
    assert holding(chain_of, Present(), nobody_asks) == frozenset()
    assert wanting(chain_of, Present(), nobody_asks)[A] == Missing(members=1)
    assert holding(chain_of, Present(1, 50), nobody_asks) == {A, B}


def test_a_limit_on_the_own_cost_counts_who_joins():
    def costs(members):
        return {member: 12_000 // len(members) for member in members}

    three = [Candidate(one, 10, Terms(most_cost=4_000)) for one in (A, B, C)]
    assert holding(three, Present(), costs) == {A, B, C}
    assert holding(three[:2], Present(), costs) == frozenset()
    assert wanting(three[:2], Present(), costs)[A] == Missing(cost=8_000)
    unknown = [Candidate(D, 10, Terms(most_cost=4_000))]
    assert wanting(unknown, Present(), lambda _: {})[D] == Missing(cost=None)
