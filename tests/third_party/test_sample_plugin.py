"""A plugin by somebody else: installed by pip it works; broken, it takes down itself alone."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.third_party.conftest import ROOT

# What is written at the end of which of the sample's files, and what the health page says then.
BREAKAGES = {
    "import": ("plugin.py", "raise RuntimeError('broken at import')", "broken at import"),
    "hook": (
        "plugin.py",
        "@hookimpl\ndef arengo_services():\n    raise RuntimeError('broken in a hook')",
        "broken in a hook",
    ),
    "resolver": (
        "lifts/graphql.py",
        "async def open_lifts(root: object, info: Info) -> int | None:\n"
        "    raise RuntimeError('broken in a resolver')",
        "broken in a resolver",
    ),
    "job": (
        "lifts/reactions.py",
        "async def count_report(host, payload):\n    raise RuntimeError('broken in a job')",
        "broken in a job",
    ),
    "late answer": (
        "lifts/graphql.py",
        "async def open_lifts(root: object, info: Info) -> int | None:\n"
        "    import asyncio\n\n    await asyncio.sleep(60)\n    return 1",
        "late answer",
    ),
    "migration": (
        "migrations/versions/0001_lifts.py",
        "_whole = upgrade\n\ndef upgrade():\n    _whole()\n"
        "    raise RuntimeError('broken in a migration')",
        "its tables are not at this version",
    ),
}


def _run(environment, *arguments, **added):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--tb=short",
            "-p",
            "no:cacheprovider",
            *map(str, arguments),
        ],
        env={**environment, **added},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


SCENARIO = ROOT / "tests" / "third_party" / "inside" / "scenario.py"


def test_whole_it_serves_beside_the_shop(environment):
    _run(environment, SCENARIO, ARENGO_SCENARIO="whole")


@pytest.mark.parametrize("case", BREAKAGES)
def test_broken_it_takes_down_itself_alone(case, installed, environment, tmp_path):
    broken = tmp_path / "site"
    shutil.copytree(installed, broken, ignore=shutil.ignore_patterns("__pycache__"))
    file, code, said = BREAKAGES[case]
    with (broken / "arengo_skilift" / file).open("a") as source:
        source.write(f"\n\n{code}\n")
    _run(
        environment,
        SCENARIO,
        PYTHONPATH=str(broken),
        ARENGO_SCENARIO=case,
        ARENGO_SCENARIO_SAID=said,
    )
