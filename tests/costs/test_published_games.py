"""Worked examples from the literature. Each says where its figures were read.

Where only the game could be held against a source, the shares are recomputed: by definition, or in
fractions that another method confirms (Kohlberg's criterion, in ``test_games``).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest

from arengo_marketplace.costs.games.closed_forms import airport_shapley
from arengo_marketplace.costs.games.core import least_core, most_violated
from arengo_marketplace.costs.games.nucleolus import nucleolus
from arengo_marketplace.costs.games.shapley import scrb, shapley
from arengo_marketplace.costs.games.table import CostTable
from tests.costs.games import LETTERS, table

# Straffin and Heaney (1981), "Game theory and the Tennessee Valley Authority", Int. Journal of
# Game Theory 10, after Ransmeier (1942): navigation, flood control and power, in thousands of
# dollars. Costs as the R package CoopGame reprints them; shares recomputed.
TVA = CostTable.of(
    "ABC", [0, 163_520, 140_826, 301_607, 250_096, 378_821, 367_370, 412_584], scale=1
)

# Littlechild and Thompson (1977), "Aircraft landing fees: a game theory approach", Bell Journal of
# Economics 8, after Littlechild and Owen (1973): Birmingham Airport 1968/69, for each type of
# aircraft its movements, its yearly runway cost, and the Shapley value of one movement, in pounds.
# That there were eleven types and 13,572 movements stands with their data in the R package
# AirportProblems; the figures are quoted at second hand, the last column is recomputed.
BIRMINGHAM = [
    (42, 65_899, "4.86"),
    (9_555, 76_725, "5.66"),
    (288, 95_200, "10.30"),
    (303, 97_200, "10.85"),
    (151, 97_436, "10.92"),
    (1_315, 98_142, "11.13"),
    (505, 102_496, "13.40"),
    (1_128, 104_849, "15.07"),
    (151, 113_322, "44.80"),
    (112, 115_440, "60.61"),
    (22, 117_676, "162.24"),
]

# Young, Okada and Hashimoto (1982), "Cost allocation in water resources development", in Water
# Resources Research 18, of six groups of towns in Skåne; in millions of crowns. The costs are
# quoted at second hand, the shares recomputed.
SKANE = """
A 21.95 H 17.08 K 10.91 L 15.88 M 20.81 T 21.98 AH 34.69 AK 32.86 AL 37.83 AM 42.76 AT 43.93
HK 22.96 HL 25.00 HM 37.89 HT 39.06 KL 26.79 KM 31.45 KT 32.89 LM 31.10 LT 37.86 MT 39.41
AHK 40.74 AHL 43.22 AHM 55.50 AHT 56.67 AKL 48.74 AKM 53.40 AKT 54.84 ALM 53.05 ALT 59.81 AMT 61.36
HKL 27.26 HKM 42.55 HKT 44.94 HLM 45.81 HLT 46.98 HMT 56.49 KLM 42.01 KLT 48.77 KMT 50.32 LMT 51.46
AHKL 48.95 AHKM 60.25 AHKT 62.72 AHLM 64.03 AHLT 65.20 AHMT 74.10 AKLM 63.96 AKLT 70.72 AKMT 72.27
ALMT 73.41 HKLM 48.07 HKLT 49.24 HKMT 59.35 HLMT 64.41 KLMT 56.61 AHKLM 69.76 AHKLT 70.93
AHKMT 77.42 AHLMT 83.00 AKLMT 73.97 HKLMT 66.46 AHKLMT 83.82
"""


def _by_size(count: int, figures: list[str], sign: int) -> CostTable:
    """A game whose coalitions are listed by size: 1, 2, 3, 12, 13, 23, 123."""
    groups = [group for size in range(1, count + 1) for group in combinations(range(count), size)]
    return _listed(count, dict(zip(groups, figures, strict=True)), sign)


def _depth_first(count: int, figures: list[str], sign: int) -> CostTable:
    """A game whose coalitions are listed one inside the other: 1, 12, 123, 13, 2, 23, 3."""
    groups = [group for size in range(1, count + 1) for group in combinations(range(count), size)]
    return _listed(count, dict(zip(sorted(groups), figures, strict=True)), sign)


def _listed(count: int, figures: dict[tuple[int, ...], str], sign: int) -> CostTable:
    units = [0] * (1 << count)
    for group, figure in figures.items():
        units[sum(1 << player for player in group)] = sign * int(Fraction(figure) * 1000)
    return CostTable.of(LETTERS[:count], units, 1000)


def _rounded(shares: list[Fraction], places: int = 0) -> list[str]:
    return [f"{float(share):.{places}f}" for share in shares]


def test_the_tennessee_valley() -> None:
    assert shapley(TVA) == [117_829, Fraction(201_513, 2), Fraction(387_997, 2)]
    assert _rounded(scrb(TVA)) == ["117476", "99157", "195951"]
    assert nucleolus(TVA).shares == [116_234, 93_540, 202_810]
    assert most_violated(TVA, shapley(TVA)) is None
    dear = most_violated(TVA, [Fraction(180_000), Fraction(140_000), Fraction(92_584)])
    assert dear is not None
    assert (TVA.names(dear.coalition), dear.amount) == (["A", "B"], 180_000 + 140_000 - 301_607)


def test_the_runway_of_birmingham() -> None:
    needs = [Fraction(cost) for movements, cost, _ in BIRMINGHAM for _ in range(movements)]
    shares = airport_shapley(needs[::-1])[::-1]
    assert len(shares) == 13_572
    assert sum(shares) == 117_676
    ends = [sum(movements for movements, *_ in BIRMINGHAM[: at + 1]) - 1 for at in range(11)]
    assert [f"{float(shares[end]):.2f}" for end in ends] == [fee for *_, fee in BIRMINGHAM]


def test_the_water_of_skane() -> None:
    """Neither SCRB nor the Shapley value holds H, K and L: they pay 27.26 alone."""
    units = [0] * 64
    listed = SKANE.split()
    for names, figure in zip(listed[::2], listed[1::2], strict=True):
        units[sum(1 << "AHKLMT".index(name) for name in names)] = int(Fraction(figure) * 100)
    game = CostTable.of("AHKLMT", units, 100)
    value = shapley(game)
    assert _rounded(value, 2) == ["20.01", "10.71", "6.61", "10.37", "16.95", "19.18"]
    assert _rounded(scrb(game), 2) == ["19.54", "13.29", "5.61", "10.90", "16.65", "17.82"]
    assert _rounded(nucleolus(game).shares, 2) == [
        *("20.35", "12.06", "5.00", "8.61", "18.32", "19.49")
    ]
    for shares in (value, scrb(game)):
        worst = most_violated(game, shares)
        assert worst is not None
        assert game.names(worst.coalition) == ["H", "K", "L"]
    core = least_core(game)
    assert core.epsilon == Fraction(-8, 5)
    assert core.ranges[0] == (Fraction("20.35"), Fraction("20.35"))
    assert most_violated(game, core.inner) is None


@pytest.mark.parametrize(
    ("estate", "wives"),
    [
        (100, [Fraction(100, 3)] * 3),
        (200, [Fraction(50), Fraction(75), Fraction(75)]),
        (300, [Fraction(50), Fraction(100), Fraction(150)]),
    ],
)
def test_the_three_wives_of_the_talmud(estate: int, wives: list[Fraction]) -> None:
    """Aumann and Maschler (1985), J. of Economic Theory 36: what the Mishna (Ketubot 10:4) says of
    claims of 100, 200 and 300. A gain, so signs are turned.
    """
    claims = [100, 200, 300]
    game = table(3, lambda own: -max(0, estate - sum(claims) + sum(claims[i] for i in own)))
    assert [-share for share in nucleolus(game).shares] == wives


def test_the_contested_garment() -> None:
    """Aumann and Maschler (1985) after the Mishna, Bava Metzia 2a: one claims all, one half."""
    game = table(2, lambda own: -max(0, 100 - 150 + sum([100, 50][i] for i in own)))
    assert [-share for share in nucleolus(game).shares] == [75, 25]
    assert [-share for share in shapley(game)] == [75, 25]


def test_the_sons_of_rabbi_ibn_ezra() -> None:
    """Aumann (2010), "Some non-superadditive games, and their Shapley values, in the Talmud", Int.
    Journal of Game Theory 39: 120 among sons who claim all, a half, a third and a quarter of it.
    """
    claims = [120, 60, 40, 30]
    game = table(4, lambda own: -max(claims[i] for i in own))
    assert [-6 * share for share in shapley(game)] == [485, 125, 65, 45]


def test_the_security_council() -> None:
    """Shapley and Shubik (1954), American Political Science Review 48: of eleven members, five with
    a veto, seven decide; the five have 76/77 of the power.
    """
    game = table(11, lambda own: -(len(own) >= 7 and set(range(5)) <= set(own)))
    power = [-share for share in shapley(game)]
    assert power == [Fraction(76, 77 * 5)] * 5 + [Fraction(1, 77 * 6)] * 6


def test_votes_and_gloves() -> None:
    """Shares of 50, 49 and 1 votes, more than 50 of which decide; one left glove and two right
    ones, whose only core is that the left one gets all.
    """
    votes = table(3, lambda own: -(sum([50, 49, 1][i] for i in own) > 50))
    assert [-share for share in shapley(votes)] == [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)]
    gloves = table(3, lambda own: -min(0 in own, len(set(own) - {0})))
    assert [-share for share in shapley(gloves)] == [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)]
    assert nucleolus(gloves).shares == [-1, 0, 0]
    assert least_core(gloves).ranges == [(-1, -1), (0, 0), (0, 0)]


@pytest.mark.parametrize(
    ("count", "sign", "figures", "shares"),
    [
        pytest.param(
            *(3, -1, "46125 69187.5 90000 53812.5 17437.5 30750 5812.5"),
            "52687.5 24468.75 12843.75",
            id="insurance, Lemaire (1991)",
        ),
        pytest.param(
            *(4, 1, "8 8 10 20 19 10 20 19 1 10 13 12 10 12 11"),
            "7.5 0.5 1.5 10.5",
            id="broadcasts to telephones, Hasan et al. (2011)",
        ),
        pytest.param(
            *(3, 1, "375144 568232 772500 551055 245280 452411 211239"),
            "331695.25 233051.25 207753.5",
            id="manufacturing, Oh and Shin (2012)",
        ),
        pytest.param(
            *(5, -1),
            "0.060 0.378 0.536 0.906 1 0.573 0.747 0.874 0.485 0.144 0.546 0.634 0.255 0.408 0.561"
            " 0.182 0.168 0.337 0.706 0.801 0.379 0.538 0.668 0.279 0.03 0.383 0.473 0.083 0.249"
            " 0.386 0",
            "0.165 0.3205 0.0845 0.3745 0.0555",
            id="production and transport, Sakawa et al. (2001)",
        ),
    ],
)
def test_where_published_nucleoli_were_wrong(
    count: int, sign: int, figures: str, shares: str
) -> None:
    """Guajardo and Jörnsten (2015), "Common mistakes in computing the nucleolus", European Journal
    of Operational Research 241, correct the nucleolus in four papers: games and corrected shares as
    the tests of a public implementation that cites them repeat them.
    """
    found = nucleolus(_depth_first(count, figures.split(), sign)).shares
    assert [sign * share for share in found] == [Fraction(share) for share in shares.split()]


@pytest.mark.parametrize(
    ("count", "figures", "shares"),
    [
        pytest.param(3, "0 0 0 10 0 0 2", "1 1 0", id="Peleg and Sudhölter (2007), ex. 5.5.12"),
        pytest.param(3, "-1 0 1 3 4 2 5", "8/3 2/3 5/3", id="Ferguson, Game Theory, part IV"),
        pytest.param(3, "2 6 5 15 1 18 14", "2 7 5", id="CoopGame, a test"),
        pytest.param(4, "0 0 0 0 5 5 8 9 10 8 13 15 16 17 21", "7/2 9/2 11/2 15/2", id="CoopGame"),
    ],
)
def test_nucleoli_of_games_of_gain(count: int, figures: str, shares: str) -> None:
    """As the tests and the manual of the R package CoopGame give them, with their sources."""
    found = nucleolus(_by_size(count, figures.split(), -1))
    assert found.rational
    assert [-share for share in found.shares] == [Fraction(share) for share in shares.split()]
