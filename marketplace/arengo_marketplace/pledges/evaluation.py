"""Which pledges hold: a set that is found by taking away, at once, every one that fails.

Thresholds on members and inhabitants are easier met the more take part, so what is left is then
the largest set that holds, in whatever order the pledges came. A limit on one's own cost may be
broken by a set and kept by a smaller or larger one: the result is then a set that holds, perhaps
not the largest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Terms:
    """On what condition a member comes: all that are not None must be true together."""

    least_members: int | None = None
    least_inhabitants: int | None = None
    most_cost: int | None = None
    """Minor units a year for the member itself."""

    def no_harder_than(self, other: Terms) -> bool:
        """Whether these thresholds are met wherever the other's are; costs are left out."""
        return (self.least_members or 0) <= (other.least_members or 0) and (
            self.least_inhabitants or 0
        ) <= (other.least_inhabitants or 0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member that pledged."""

    member_id: UUID
    inhabitants: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class Present:
    """How many have the service whatever becomes of the pledges."""

    members: int = 0
    inhabitants: int = 0

    def joined_by(self, candidates: Iterable[Candidate]) -> Present:
        """With these as well."""
        joining = list(candidates)
        return Present(
            self.members + len(joining),
            self.inhabitants + sum(one.inhabitants for one in joining),
        )


Costs = Callable[[frozenset[UUID]], Mapping[UUID, int]]
"""What each pays in a year, in minor units, when these join; absent where it cannot be told."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What a condition still lacks. ``cost`` is by how much the own cost is above the limit, in
    minor units; None where the cost cannot be told."""

    members: int = 0
    inhabitants: int = 0
    cost: int | None = 0

    @property
    def nothing(self) -> bool:
        """Whether the condition is met."""
        return not self.members and not self.inhabitants and self.cost == 0


def missing(candidate: Candidate, present: Present, costs: Mapping[UUID, int]) -> Missing:
    """What a candidate's condition lacks when those present, itself among them, take part."""
    terms = candidate.terms
    cost: int | None = 0
    if terms.most_cost is not None:
        own = costs.get(candidate.member_id)
        cost = None if own is None else max(own - terms.most_cost, 0)
    return Missing(
        max((terms.least_members or 0) - present.members, 0),
        max((terms.least_inhabitants or 0) - present.inhabitants, 0),
        cost,
    )


def holding(candidates: Collection[Candidate], present: Present, costs: Costs) -> frozenset[UUID]:
    """The members whose pledges hold together."""
    left = list(candidates)
    while left:
        there = present.joined_by(left)
        figures = _figures(left, left, costs)
        staying = [one for one in left if missing(one, there, figures).nothing]
        if len(staying) == len(left):
            break
        left = staying
    return frozenset(one.member_id for one in left)


def wanting(
    candidates: Collection[Candidate], present: Present, costs: Costs
) -> dict[UUID, Missing]:
    """What each candidate's condition still lacks, beside those that hold.

    Those who ask for no more members and inhabitants, and set no limit on their cost, come with
    it: what is missing for the one is then there for them as well.
    """
    held = holding(candidates, present, costs)
    found: dict[UUID, Missing] = {}
    for candidate in candidates:
        beside = [
            one
            for one in candidates
            if one.member_id in held
            or one.member_id == candidate.member_id
            or (one.terms.most_cost is None and one.terms.no_harder_than(candidate.terms))
        ]
        figures = _figures([candidate], beside, costs)
        found[candidate.member_id] = missing(candidate, present.joined_by(beside), figures)
    return found


def _figures(
    asking: Iterable[Candidate], joining: Iterable[Candidate], costs: Costs
) -> Mapping[UUID, int]:
    """Costs are asked for only where somebody's condition names them."""
    if all(one.terms.most_cost is None for one in asking):
        return {}
    return costs(frozenset(one.member_id for one in joining))
