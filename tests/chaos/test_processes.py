"""A plugin that holds, fells or fills a process: the program is back, and goes on without it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

from arengo_core.database.engine import make_engine
from arengo_core.database.unit_of_work import make_sessions
from arengo_core.jobs.definition import JobRequest
from arengo_core.jobs.queue import enqueue
from arengo_core.plugins import strikes

STRIKES = "select what from core.plugin_strike where plugin = 'chaos' order by struck_at"
ASIDE = "select why from core.disabled_plugin where plugin = 'chaos'"


async def _do(program, deed):
    return await program.ask(f"{{ chaos {{ {deed} }} }}")


async def test_three_strikes_and_the_plugin_is_out(running):
    async with running("serve", standstill_limit="10") as program:
        await program.back()
        for deed in ("fail", "eat", "leave"):
            answer = await _do(program, deed)
            assert answer is not None, f"{deed} ended the process"
            assert answer == {"data": {"chaos": {deed: None}}}
        assert await program.fetch(STRIKES) == []

        told = []
        for deed in ("hold", "end", "crash"):
            assert await _do(program, deed) is None
            await program.back()
            while len(told) == len(rows := await program.fetch(STRIKES)):
                await asyncio.sleep(0.1)
            told = [row["what"] for row in rows]
        assert told[0].startswith("held the program arengo_chaos/deeds.py:"), told
        assert told[0].endswith("(hold)")
        assert told[1].startswith("ended the program arengo_chaos/deeds.py:"), told
        assert told[2].startswith("crashed arengo_chaos/deeds.py:"), told

        [aside] = await program.fetch(ASIDE)
        assert "tre volte" in aside["why"]
        assert "arengo_chaos/deeds.py" in aside["why"]
        gone = await _do(program, "fail")
        assert gone["errors"][0]["extensions"]["code"] == "GRAPHQL_INVALID", gone
        assert "errors" not in await program.ask("{ consortia { name } }")


_LEAVING = """
import asyncio, sys, threading
from pathlib import Path
from arengo_core.plugins.watchdog import UnderWay, Watchdog
sys.path.insert(0, sys.argv[2])
import guilty_one

async def main():
    under_way = UnderWay()
    watchdog = Watchdog(Path(sys.argv[1]), 30, 0, under_way)
    await watchdog.start()
    with under_way.of("innocent"), under_way.of("guilty"):
        if not os.fork():
            os._exit(0)
        os.wait()
        await asyncio.to_thread(guilty_one.leave)

asyncio.run(main())
"""


def test_who_leaves_is_named_among_several(tmp_path, monkeypatch):
    package = tmp_path / "code" / "guilty_one"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("import os\n\ndef leave():\n    os._exit(7)\n")
    said = subprocess.run(
        [sys.executable, "-c", f"import os{_LEAVING}", tmp_path, package.parent], check=False
    )
    assert said.returncode == 7
    places = {package: "guilty", tmp_path / "code" / "other": "innocent"}
    monkeypatch.setattr(strikes, "_places", lambda: places)
    [death] = strikes.deaths(tmp_path)
    assert (death.plugin, death.how) == ("guilty", "ended the program")
    assert death.where == "guilty_one/__init__.py:4 (leave)"


async def test_the_workers_process_is_replaced(running):
    async with running("worker", standstill_limit="10") as program:
        engine = make_engine(program.owner, pool_size=1)
        async with make_sessions(engine)() as session, session.begin():
            await enqueue(session, [JobRequest("chaos.deed", {"deed": "block"})])
        await engine.dispose()
        until = time.monotonic() + 300
        while not (rows := await program.fetch(STRIKES)):
            assert time.monotonic() < until, "nobody noticed within five minutes"
            assert program.process.poll() is None
            await asyncio.sleep(0.2)
        assert rows[0]["what"].startswith("held the program arengo_chaos/deeds.py:")
