"""A plugin that holds, fells or fills a process: the program is back, and goes on without it."""

from __future__ import annotations

import asyncio
import time

from arengo_core.database.engine import make_engine
from arengo_core.database.unit_of_work import make_sessions
from arengo_core.jobs.definition import JobRequest
from arengo_core.jobs.queue import enqueue

STRIKES = "select what from core.plugin_strike where plugin = 'chaos' order by struck_at"
ASIDE = "select why from core.disabled_plugin where plugin = 'chaos'"


async def _do(program, deed):
    return await program.ask(f"{{ chaos {{ {deed} }} }}")


async def test_three_strikes_and_the_plugin_is_out(running):
    async with running("serve", standstill_limit="2") as program:
        await program.back(60)
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
        assert told[1].startswith("ended the program"), told
        assert told[2].startswith("crashed arengo_chaos/deeds.py:"), told

        [aside] = await program.fetch(ASIDE)
        assert "tre volte" in aside["why"]
        assert "arengo_chaos/deeds.py" in aside["why"]
        gone = await _do(program, "fail")
        assert gone["errors"][0]["extensions"]["code"] == "GRAPHQL_INVALID", gone
        assert "errors" not in await program.ask("{ consortia { name } }")


async def test_the_workers_process_is_replaced(running):
    async with running("worker", standstill_limit="2") as program:
        engine = make_engine(program.owner, pool_size=1)
        async with make_sessions(engine)() as session, session.begin():
            await enqueue(session, [JobRequest("chaos.deed", {"deed": "block"})])
        await engine.dispose()
        until = time.monotonic() + 60
        while not (rows := await program.fetch(STRIKES)):
            assert time.monotonic() < until, "nobody noticed"
            assert program.process.poll() is None
            await asyncio.sleep(0.2)
        assert rows[0]["what"].startswith("held the program arengo_chaos/deeds.py:")
