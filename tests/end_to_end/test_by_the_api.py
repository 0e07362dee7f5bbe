"""The main job through GraphQL alone: the script of the documentation, run as a reader runs it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Valley

SCRIPT = Path(__file__).parents[2] / "docs" / "examples" / "a_valleys_month.py"
SHOPPER = "ada.api@example.it"


def _run(valley: Valley, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), valley.base_url, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(420)
def test_the_documented_script_does_the_main_job(valley: Valley, next_month):
    said = _run(valley, "sell", valley.mail_url)
    steps = ("switched on: active", "On sale: ", "Paid: order", "Told by mail", "Handed over")
    assert [step for step in steps if step not in said] == []
    assert said.count("Told by mail") == 2
    assert len([mail for mail in valley.mails(SHOPPER) if "confermato" in mail["subject"]]) == 1

    month = f"{datetime.now(UTC):%Y-%m}"
    too_early = subprocess.run(
        [sys.executable, str(SCRIPT), valley.base_url, "settle", month],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert too_early.returncode == 1
    assert f"Settled {month}" not in too_early.stdout

    next_month()
    settled = _run(valley, "settle", month)
    assert f"Settled {month}" in settled
    assert "Lanzada: " in settled
    assert "payments.transactions: " in settled


def test_it_says_how_it_is_called():
    told = subprocess.run(
        [sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False, timeout=60
    )
    assert told.returncode == 1
    assert "settle 2026-11" in told.stderr
