"""Whether a rule divides a cost fairly: each share beside other measures, and who would leave.

What the plan or table says of a group is scaled so that all together cost what is divided: fees and
grants lower everybody's cost alike. Amounts are minor units.

Faulhaber (1975), "Cross-subsidization: pricing in public enterprises", American Economic Review 65:
who pays more than alone subsidises others for certain, who pays less than it adds is subsidised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from time import monotonic

from arengo_marketplace.costs.adjustments import Adjustments
from arengo_marketplace.costs.errors import N_, CostError, InvalidGameError, NotGivenError
from arengo_marketplace.costs.games.core import least_complaint
from arengo_marketplace.costs.games.core_check import CoreCheck, check_core
from arengo_marketplace.costs.games.nucleolus import MOST_PLAYERS
from arengo_marketplace.costs.games.solutions import Game, Value, nucleolus, scrb, shapley, table_of
from arengo_marketplace.costs.games.structure import AtLeast
from arengo_marketplace.costs.games.table import CostTable
from arengo_marketplace.costs.mends import Case, Way, mixed, ways
from arengo_marketplace.costs.rounding import round_shares
from arengo_marketplace.costs.rule import CostRule, RulePart

SECONDS = 5.0
SAMPLES, SAMPLES_UNDER_MINIMUM = 400, 25
"""Random orders for the Shapley value beyond 20 members: a report states its error."""
_NOTHING = Fraction()

Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One member: its share, what it would pay alone, and what it adds to the cost of all others.

    ``nucleolus`` is None where the report says that it is not given.
    """

    member: str
    share: int
    alone: Fraction
    adds: Fraction
    shapley: Fraction
    scrb: Fraction
    nucleolus: Fraction | None

    @property
    def subsidy(self) -> Fraction:
        """What it pays for others (or others for it, when negative), by the Shapley value."""
        return self.share - self.shapley

    @property
    def leaves(self) -> bool:
        """Whether it pays at least a cent more than alone."""
        return self.share - self.alone >= 1

    @property
    def is_carried(self) -> bool:
        """Whether it pays at least a cent less than it adds."""
        return self.adds - self.share >= 1


@dataclass(frozen=True, slots=True)
class Judged:
    """A way to divide the same total, and the group that it would wrong most.

    ``moved`` is what changes hands between members against the rule that is judged.
    """

    way: Way
    shares: Mapping[str, int]
    check: CoreCheck
    moved: int

    @property
    def complaint(self) -> Fraction:
        """What the group found overpays; nothing where nobody does."""
        return max(self.check.amount, _NOTHING) if self.check.in_core is not True else _NOTHING

    @property
    def most(self) -> float:
        """No group overpays more for certain; infinite where there was no time to say."""
        return 0.0 if self.check.in_core else max(self.check.bound, 0.0)


@dataclass(frozen=True, slots=True)
class Fairness:
    """A rule judged; ``lines`` in the order of the game's players.

    ``cost`` is what the plan or table says of all, before it was scaled to ``total``. ``least`` is
    the complaint that no split can avoid, None where it is not known. ``tried`` are other ways, the
    best first; none where the rule leaves nobody to complain.
    """

    total: int
    cost: Fraction
    lines: tuple[Line, ...]
    judged: Judged
    without_nucleolus: CostError | None
    value: Value
    least: Fraction | None
    tried: tuple[Judged, ...]

    @property
    def mends(self) -> tuple[Judged, ...]:
        """Those of the ways tried after which no group has as much to complain of, for certain."""
        return tuple(one for one in self.tried if one.most < self.judged.complaint)

    @property
    def transferred(self) -> Fraction:
        """What members pay for others in all, by the Shapley value."""
        return sum((max(line.subsidy, _NOTHING) for line in self.lines), _NOTHING)

    @property
    def errors_per_cent(self) -> tuple[float, float] | None:
        """The median and the worst standard error of the Shapley values; None where exact."""
        return self.value.errors_per_cent() if self.value.samples else None


def untold(done: int, total: int) -> None:
    """Nobody asked how far it is."""


def fairness(case: Case, seconds: float = SECONDS, told: Told = untold) -> Fairness:
    """Judge a rule and try others, for so many seconds at most beyond 20 members.

    Half of the time goes to the rule itself. ``told`` is called with the number of other rules
    tried, and of all of them. Raises what dividing by the rule raises, and CostError where there is
    no cost to divide.
    """
    game = case.game
    if not game.players:
        raise InvalidGameError(
            "players", N_("the list is empty"), N_("Write a list with at least one")
        )
    shares = case.divide(case.rule)
    total = sum(shares.values())
    figures = game.figures()
    if total <= 0 or figures.whole <= 0:
        raise CostError(
            "total",
            N_("there is no cost to divide"),
            N_("Choose a price plan that costs something, or fees and grants that cover less"),
        )
    scale = Fraction(total) / figures.whole
    measures = _Measures.of(game, total)
    judge = _Judge(game, scale, shares)
    judged = judge(Way("rule", case.rule), shares, seconds / 2)
    tried: list[Judged] = []
    if judged.check.in_core is not True:
        alone = {player: scale * figures.alone[at] for at, player in enumerate(game.players)}
        tried = _tried(case, judge, measures, alone, seconds / 2, told)
    lines = tuple(
        Line(
            player,
            shares.get(player, 0),
            scale * figures.alone[at],
            scale * (figures.whole - figures.without[at]),
            measures.shapley[at],
            measures.scrb[at],
            measures.nucleolus[at] if measures.nucleolus else None,
        )
        for at, player in enumerate(game.players)
    )
    least = _least(game, scale)
    return Fairness(
        total, figures.whole, lines, judged, measures.missing, measures.value, least, tuple(tried)
    )


@dataclass(frozen=True, slots=True)
class _Measures:
    """The solutions of a game, scaled; ``value`` is the Shapley value as found."""

    value: Value
    shapley: list[Fraction]
    scrb: list[Fraction]
    nucleolus: list[Fraction] | None
    missing: CostError | None

    @classmethod
    def of(cls, game: Game, total: int) -> _Measures:
        def scaled(shares: Sequence[Fraction]) -> list[Fraction]:
            whole = sum(shares, _NOTHING)
            return [share * total / whole for share in shares]

        parts = () if isinstance(game, CostTable) else game.parts
        minimums = sum(isinstance(part, AtLeast) for part in parts)
        samples = max(SAMPLES_UNDER_MINIMUM // minimums, 3) if minimums else SAMPLES
        value = shapley(game, samples)
        found, missing = None, None
        try:
            found = scaled(nucleolus(game).shares)
        except NotGivenError as error:
            missing = error
        return cls(value, scaled(value.shares), scaled(scrb(game).shares), found, missing)

    def named(self) -> dict[str, list[Fraction]]:
        """By the keys that divide so."""
        found = {"shapley": self.shapley, "scrb": self.scrb}
        return found | ({"nucleolus": self.nucleolus} if self.nucleolus else {})


@dataclass(frozen=True, slots=True)
class _Judge:
    """Looks for the group that shares wrong most."""

    game: Game
    scale: Fraction
    today: Mapping[str, int]

    def __call__(self, way: Way, shares: Mapping[str, int], seconds: float) -> Judged:
        players = self.game.players
        own = {player: shares.get(player, 0) / self.scale for player in players}
        # Each share was rounded to the cent.
        found = check_core(self.game, own, seconds, margin=float(len(players) / self.scale))
        check = replace(
            found, amount=found.amount * self.scale, bound=found.bound * float(self.scale)
        )
        differ = (abs(shares.get(player, 0) - self.today.get(player, 0)) for player in players)
        return Judged(way, shares, check, sum(differ) // 2)


def _tried(
    case: Case,
    judge: _Judge,
    measures: _Measures,
    alone: Mapping[str, Fraction],
    seconds: float,
    told: Told,
) -> list[Judged]:
    """Other ways, judged: first those after which nobody complains, with the least moved."""
    tried = list(ways(case, judge.today, alone))
    for key, shares in measures.named().items():
        part = RulePart(key, Decimal(100))
        tried.append((Way("key", CostRule((part,))), _cents(case.game, shares)))
        if case.rule.adjustments == Adjustments():
            both = zip(case.game.players, shares, strict=True)
            halves = [(judge.today.get(player, 0) + share) / 2 for player, share in both]
            tried.append((Way("mixed", mixed(case.rule, part)), _cents(case.game, halves)))
    until = monotonic() + seconds
    found: list[Judged] = []
    for left, (way, shares) in zip(range(len(tried), 0, -1), tried, strict=True):
        told(len(found), len(tried))
        found.append(judge(way, shares, max(until - monotonic(), 0.0) / left))
    return sorted(found, key=lambda one: (one.check.in_core is not True, one.most, one.moved))


def _cents(game: Game, shares: Sequence[Fraction]) -> Mapping[str, int]:
    return dict(zip(game.players, round_shares(shares), strict=True))


def _least(game: Game, scale: Fraction) -> Fraction | None:
    """The complaint that no split avoids, where there are few enough members to know."""
    if not 2 <= len(game.players) <= MOST_PLAYERS:
        return None
    table = game if isinstance(game, CostTable) else table_of(game)
    return max(least_complaint(table) * scale, _NOTHING)
