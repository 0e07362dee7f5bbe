"""Each package's migrations are one line: a head, a first one, and no number used twice."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.architecture.sources import PACKAGES, ROOT, named, plugins, tree


def _named_in(path: Path) -> dict[str, object]:
    """What a revision says of itself: its number and the one that it follows."""
    found: dict[str, object] = {}
    for node in tree(path).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                found[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=value)):
                found[name] = value
            case _:
                pass
    return found


def _faults(revisions: Sequence[Mapping[str, object]]) -> list[str]:
    numbers = Counter(one.get("revision") for one in revisions)
    followed = Counter(one.get("down_revision") for one in revisions)
    twice = [f"{number} is there {times} times" for number, times in numbers.items() if times > 1]
    twice += [f"{times} follow {number}" for number, times in followed.items() if times > 1]
    unknown = [f"{one} is followed, and missing" for one in followed.keys() - numbers.keys() if one]
    heads = sorted(map(str, numbers.keys() - followed.keys()))
    return twice + unknown + ([] if len(heads) == 1 else [f"heads: {heads}"])


def test_the_migrations_of_each_package_are_one_line():
    folders = [ROOT / name for name in PACKAGES] + plugins()
    folders += list((ROOT / "docs/examples").iterdir())
    histories = {
        path.parent for folder in folders for path in folder.rglob("migrations/versions/*.py")
    }
    assert len(histories) >= 6
    for history in sorted(histories):
        assert _faults([_named_in(path) for path in history.glob("*.py")]) == [], named(history)


def test_two_heads_gaps_and_numbers_used_twice_are_found():
    first = {"revision": "1", "down_revision": None}
    second = {"revision": "2", "down_revision": "1"}
    assert _faults([first, second]) == []
    assert _faults([first, second, second]) == ["2 is there 2 times", "2 follow 1"]
    assert _faults([first, second, {"revision": "3", "down_revision": "1"}]) == [
        "2 follow 1",
        "heads: ['2', '3']",
    ]
    assert _faults([first, {"revision": "3", "down_revision": "2"}]) == [
        "2 is followed, and missing",
        "heads: ['1', '3']",
    ]
