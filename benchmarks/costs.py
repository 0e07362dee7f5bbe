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
    aim: str
    notes: str = ""


def _timed(name: str, aim: str, work: Callable[[], str]) -> Figure:
    begin = time.perf_counter()
    notes = work()
    return Figure(name, time.perf_counter() - begin, aim, notes)


def mathematics() -> Iterator[Figure]:
    """Cost games without a database; the towns are made from their numbers, so always the same."""
    from benchmarks import cost_games

    yield _timed("Shapley value of a table of 20", "5 s", cost_games.exact_shapley)
    yield _timed("Shapley value of 553, sampled", "10 s", cost_games.sampled_shapley)
    yield _timed("the same under a minimum", "reported", cost_games.sampled_under_minimum)
    yield _timed("SCRB of 553", "reported", cost_games.scrb_of_many)
    yield _timed("nucleolus of 14", "reported", cost_games.nucleolus_of_fourteen)
    yield _timed("least core of 20 with ranges", "reported", cost_games.least_core_of_twenty)
    yield _timed("core check of 553", "reported", cost_games.core_check_of_many)
    yield _timed("caps and floors for 553", "reported", cost_games.limited_allocation)


def changes() -> Iterator[Figure]:
    """What a change would cost 553 members of 20 offers, without a database."""
    from benchmarks import what_ifs

    yield _timed("what-if of 553 and 20 offers", "1 s", what_ifs.one_leaves_all)
    yield _timed("the same, each with a yearly cap", "reported", what_ifs.one_leaves_all_capped)


def closing() -> Iterator[Figure]:
    """Closing a month on PostgreSQL. ``ARENGO_BENCH_RECORDS`` asks for fewer records."""
    from benchmarks import closing

    for name, seconds, notes in closing.closings():
        aim = "10 s" if name.startswith(f"closing {closing.MEMBERS} x {closing.SERVICES},") else ""
        yield Figure(name, seconds, aim or "reported", notes)


def ingest() -> Iterator[Figure]:
    """Usage by batch against a bare ``COPY``, on PostgreSQL."""
    from benchmarks import ingest

    for name, seconds, notes in ingest.figures():
        yield Figure(name, seconds, "reported", notes)


PARTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "mathematics": mathematics,
    "changes": changes,
    "closing": closing,
    "ingest": ingest,
}
"""What can be measured, by name; each yields its figures one by one."""


def main() -> None:
    """Measure the parts asked for, all unless named, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"any of: {', '.join(PARTS)}")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    for name in options.parts:
        if name not in PARTS:
            parser.error(f"there is no part {name}: use any of {', '.join(PARTS)}")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores", flush=True)
    figures: list[Figure] = []
    for name in options.parts or PARTS:
        for figure in PARTS[name]():
            figures.append(figure)
            print(
                f"{figure.name:<34} {figure.seconds:>8.2f} s  aim {figure.aim:<9} {figure.notes}",
                flush=True,
            )
    if options.json:
        options.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=2))


if __name__ == "__main__":
    sys.exit(main())
