"""The stand-in as a process of its own, and what it is never part of."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import httpx

import arengo_payments
from arengo_payments.gateways import stripe_gateway, stripe_mapping


def test_runs_as_a_process_and_stops_when_told():
    command = [sys.executable, "-m", "arengo_payments.standin", "--secret-key", "sk_test_1"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        origin = process.stdout.readline().split()[-1]
        with httpx.Client(base_url=origin, trust_env=False, timeout=60) as client:
            health = client.get("/_control/health")
            balance = client.get("/v1/balance", headers={"Authorization": "Bearer sk_test_1"})
        assert health.json() == {"status": "ok"}
        assert balance.json()["object"] == "balance"
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_the_gateway_knows_nothing_of_the_stand_in():
    for module in (stripe_gateway, stripe_mapping):
        assert "standin" not in Path(module.__file__).read_text()


def test_the_contract_imports_only_core():
    folder = Path(arengo_payments.__file__).parent
    code = (
        "import sys, arengo_payments.contract;"
        "print(sorted(m for m in sys.modules if m.partition('.')[0] in"
        " ('stripe', 'httpx', 'litestar', 'arengo_core', 'arengo_payments')))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=folder,
    )
    found = ast.literal_eval(done.stdout)
    own = [name for name in found if name.startswith("arengo_payments")]
    assert {name for name in found if not name.startswith("arengo_")} == set()
    assert all(
        name == "arengo_payments" or name.startswith("arengo_payments.contract") for name in own
    )
