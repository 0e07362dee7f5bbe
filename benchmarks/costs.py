"""``make bench-costs``: how long the division of costs takes, one line a measurement."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement, what it came to, and what was aimed at."""

    name: str
    seconds: float
    aim: float | None
    notes: str = ""

    @property
    def ratio(self) -> float | None:
        """How much of the seconds aimed at it took."""
        return self.seconds / self.aim if self.aim else None

    def line(self) -> str:
        """As it is printed."""
        aim = "reported"
        if self.aim:
            aim = f"aim {self.aim:.3g} s, ratio {self.seconds / self.aim:.2f}"
        return f"{self.name:<42} {self.seconds:>8.2f} s  {aim:<21} {self.notes}"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured; aims are for the sizes unless said."""

    records: int = 10_000_000
    rows: int = 1_000_000


def _timed(name: str, aim: float | None, work: Callable[[], str]) -> Figure:
    begin = time.perf_counter()
    notes = work()
    return Figure(name, time.perf_counter() - begin, aim, notes)


def mathematics(_sizes: Sizes) -> Iterator[Figure]:
    """Cost games without a database; the towns are made from their numbers, so always the same."""
    from benchmarks import cost_games

    yield _timed("Shapley value of a table of 20", 5, cost_games.exact_shapley)
    yield _timed("Shapley value of 553, sampled", 10, cost_games.sampled_shapley)
    yield _timed("the same under a minimum", None, cost_games.sampled_under_minimum)
    yield _timed("SCRB of 553", None, cost_games.scrb_of_many)
    yield _timed("nucleolus of 14", None, cost_games.nucleolus_of_fourteen)
    yield _timed("least core of 20 with ranges", None, cost_games.least_core_of_twenty)
    yield _timed("core check of 553", None, cost_games.core_check_of_many)
    yield _timed("caps and floors for 553", None, cost_games.limited_allocation)


def changes(_sizes: Sizes) -> Iterator[Figure]:
    """What a change would cost 553 members of 20 offers, without a database."""
    from benchmarks import what_ifs

    yield _timed("what-if of 553 and 20 offers", 1, what_ifs.one_leaves_all)
    yield _timed("the same, each with a yearly cap", None, what_ifs.one_leaves_all_capped)


def closing(sizes: Sizes) -> Iterator[Figure]:
    """Previewing and closing a month on PostgreSQL; how closing grows with members x services."""
    from benchmarks import closing

    for name, seconds, notes in closing.closings(sizes.records):
        whole = name.startswith(f"closing {closing.MEMBERS} x {closing.SERVICES},")
        yield Figure(name, seconds, 10 if whole else None, notes)


def ingest(sizes: Sizes) -> Iterator[Figure]:
    """Usage by batch against a bare ``COPY``, on PostgreSQL: four times as long is aimed at."""
    from benchmarks import ingest

    bare = 0.0
    for name, seconds, notes in ingest.figures(sizes.rows):
        bare = bare or seconds
        yield Figure(name, seconds, 4 * bare if name.startswith("batch") else None, notes)


PARTS: dict[str, Callable[[Sizes], Iterator[Figure]]] = {
    "mathematics": mathematics,
    "changes": changes,
    "closing": closing,
    "ingest": ingest,
}
"""What can be measured, by name; each yields its figures one by one."""


def main() -> None:
    """Measure the parts asked for, all unless named, and print."""
    usual = Sizes()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"any of: {', '.join(PARTS)}")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--records", type=int, default=usual.records, help="of the month to close")
    parser.add_argument("--rows", type=int, default=usual.rows, help="of the batch to take in")
    options = parser.parse_args()
    for name in options.parts:
        if name not in PARTS:
            parser.error(f"there is no part {name}: use any of {', '.join(PARTS)}")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores", flush=True)
    figures: list[Figure] = []
    for name in options.parts or PARTS:
        for figure in PARTS[name](Sizes(options.records, options.rows)):
            figures.append(figure)
            print(figure.line(), flush=True)
    if options.json:
        told = [asdict(figure) | {"ratio": figure.ratio} for figure in figures]
        options.json.write_text(json.dumps(told, indent=2))


if __name__ == "__main__":
    sys.exit(main())
