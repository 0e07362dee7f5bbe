"""Shares in closed form where a cost is that of the largest need (an airport's runway).

Littlechild and Owen (1973), "A simple expression for the Shapley value in a special case",
Management Science 20; Littlechild (1974), "A simple expression for the nucleolus in a special
case", Int. Journal of Game Theory 3. A fixed cost is an airport where all needs are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def airport_shapley(needs: Sequence[Fraction]) -> list[Fraction]:
    """Each step from one need to the next larger is shared by all who need it; O(n log n)."""
    order = sorted(range(len(needs)), key=lambda index: needs[index])
    shares = [Fraction()] * len(needs)
    paid, below = Fraction(), Fraction()
    for rank, index in enumerate(order):
        paid += (needs[index] - below) / (len(needs) - rank)
        below = needs[index]
        shares[index] = paid
    return shares


def airport_nucleolus(needs: Sequence[Fraction]) -> list[Fraction]:
    """From the smallest need on, the groups that are pressed most pay the same; O(n²)."""
    order = sorted(range(len(needs)), key=lambda index: needs[index])
    cost = [Fraction(), *(needs[index] for index in order)]
    count = len(needs)
    shares = [Fraction()] * count
    done, paid = 0, Fraction()
    while done < count:
        left = paid - cost[done]
        best, until = (cost[count] + left) / (count - done), count
        for rank in range(done + 1, count):
            each = (cost[rank] + left) / (rank - done + 1)
            if each < best or (each == best and until < count):
                best, until = each, rank
        for rank in range(done, until):
            shares[order[rank]] = best
        done, paid = until, best
    return shares
