"""Closing a month as a task: its phases, its end, cancelling and refusals."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from arengo_core.api.scalars import global_id
from arengo_core.jobs.worker import drain
from arengo_core.tasks import repository as task_rows
from arengo_core.tasks import service as tasks
from arengo_marketplace.settlements import closing, repository
from tests.settlements.valley import AUGUST, IN_SEPTEMBER

BEGIN = """mutation ($id: ID!, $key: String) {
  beginSettlement(consortiumId: $id, month: "2026-08", idempotencyKey: $key) {
    task { id state title } userErrors { code field }
  }
}"""


@pytest.fixture
async def office(valley, visit, move_clock, monkeypatch):
    """The office in September, with a cost to divide, in a consortium too large to wait for."""
    monkeypatch.setattr(closing, "AT_ONCE", 0)
    await valley.enter(100_003)
    move_clock(IN_SEPTEMBER)
    return await visit(valley.officer)


@pytest.fixture
def phases(monkeypatch):
    """What is told of a task, in order."""
    told, write = [], task_rows.write

    async def note(session, task_id, attempt, values):
        told.append((values.get("message"), values.get("done"), values.get("state")))
        return await write(session, task_id, attempt, values)

    monkeypatch.setattr(task_rows, "write", note)
    return told


async def _settlements(valley):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return await repository.page(uow.session, valley.id)


async def test_the_page_leads_to_progress_and_that_to_the_settlement(
    valley, office, phases, count_statements
):
    begun = await office.post("/office/settlements", {"month": "2026-08"})
    path = begun.headers["location"]
    assert path.startswith("/office/tasks/")
    waiting = await office.get(path)
    assert "Liquida agosto 2026" in waiting.text
    assert "<progress" in waiting.text
    front = (await office.get("/office")).text
    assert "In corso: Liquida agosto 2026" in front
    assert f'href="{path}"' in front, "left, it is found from the first page"
    await drain(valley.host)
    assert path not in (await office.get("/office")).text
    (settlement,) = await _settlements(valley)
    assert settlement.closed_by == valley.officer.id, "done as whoever asked"
    done = await office.get(f"{path}/result")
    assert done.headers["location"] == f"/office/settlements/{settlement.id}"
    shown = await office.get(done.headers["location"])
    assert "agosto 2026 è liquidato" in shown.text.lower()
    assert [message for message, _, _ in phases] == [
        "Freezing what was recorded",
        "Dividing the costs",
        "Writing the statements",
        "Posting to the ledger",
        "Telling the members",
        "{month} is settled. Every member gets its statement by mail.",
    ]
    figures = [done for _, done, _ in phases if done is not None]
    assert figures == sorted(figures)


async def test_a_refusal_is_told_and_the_month_stays_open(valley, office):
    consortium = global_id("Organization", valley.id)
    key = "a key of the office"
    for _ in range(2):
        answer = await office.graphql(BEGIN, id=consortium, key=key)
        begun = answer["data"]["beginSettlement"]
        assert begun["userErrors"] == []
    await drain(valley.host)
    assert len(await _settlements(valley)) == 1, "the same key begins it once"
    again = (await office.graphql(BEGIN, id=consortium))["data"]["beginSettlement"]["task"]
    await drain(valley.host)
    query = "query ($id: ID!) { task(id: $id) { state message result } }"
    told = (await office.graphql(query, id=again["id"]))["data"]["task"]
    assert (told["state"], told["result"]) == ("failed", None)
    assert "agosto 2026" in told["message"]
    assert len(await _settlements(valley)) == 1


async def test_cancelled_amid_its_phases_nothing_is_closed(valley, office, monkeypatch):
    async with valley.host.unit_of_work(valley.office) as uow:
        task = await closing.begin(uow, consortium_id=valley.id, period=AUGUST)
    write, seen = task_rows.write, []

    async def cancel_at_the_ledger(session, task_id, attempt, values):
        if values.get("message") == "Posting to the ledger" and not seen:
            seen.append(task_id)
            async with valley.host.unit_of_work(valley.office) as uow:
                await tasks.cancel(uow, valley.host, task_id)
        return await write(session, task_id, attempt, values)

    monkeypatch.setattr(task_rows, "write", cancel_at_the_ledger)
    await drain(valley.host)
    assert seen == [task.id]
    assert await _settlements(valley) == []
    async with valley.host.unit_of_work(valley.everything(), read_only=True) as uow:
        for table in ("statement", "ledger_transaction", "settled_offer"):
            count = text(f"select count(*) from marketplace.{table} where consortium_id = :c")
            assert await uow.session.scalar(count, {"c": valley.id}) == 0
        assert (await tasks.find(uow, valley.host, task.id)).state == "cancelled"
    closed = await valley.close()
    assert closed.starts_on == AUGUST.start, "and it can be closed afterwards"
