"""Reminders go out once at each level, rest during disputes, and never after a payment."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arengo_core import clock
from arengo_core.api.scalars import global_id
from arengo_core.caller import Role
from arengo_core.money import Money
from arengo_marketplace.deliveries import repository as deliveries
from arengo_marketplace.dunning import jobs
from arengo_marketplace.dunning.schedule import NextReminder, Reminded, next_reminder
from arengo_marketplace.members import charter
from arengo_marketplace.statements import payments
from arengo_marketplace.statements import repository as statements
from tests.settlements.valley import IN_SEPTEMBER

LEVELS = (10, 30, 60)
DUE = date(2026, 10, 2)


@pytest.fixture
async def statement(valley, move_clock, run_jobs):
    """A statement of the first town, due on 2 October, with reminders at 10, 30 and 60 days."""
    async with valley.host.unit_of_work(valley.office) as uow:
        await charter.change_payment_terms(
            uow, valley.host, consortium_id=valley.id, terms={"reminders": "10, 30, 60"}
        )
    await valley.enter(100_000)
    move_clock(IN_SEPTEMBER)
    settlement = await valley.close()
    await run_jobs()
    made = next(
        one
        for one in await valley.statements(settlement)
        if one.organization_id == valley.towns[0].id
    )
    assert made.due_on == DUE
    return made


@pytest.fixture
def on(valley, move_clock, run_jobs):
    """``await on(11)``: so many days after the due day, the job of reminders has run."""

    async def go(days, times=1):
        move_clock(datetime.combine(DUE, IN_SEPTEMBER.timetz()) + timedelta(days=days))
        for _ in range(times):
            await jobs.remind(valley.host, {})
            await run_jobs()

    return go


async def _levels(valley, statement):
    async with valley.host.unit_of_work(valley.everything(), read_only=True) as uow:
        rows = await deliveries.of_statements(
            uow.session, [statement.id], [statement.organization_id]
        )
        return [(row.level, row.state) for row in rows if row.level]


def test_no_level_is_skipped_and_none_comes_too_soon():
    assert next_reminder(LEVELS, DUE) == NextReminder(1, DUE + timedelta(days=10))
    late = Reminded(1, DUE + timedelta(days=100))
    assert next_reminder(LEVELS, DUE, late) == NextReminder(2, DUE + timedelta(days=120))
    assert next_reminder(LEVELS, DUE, Reminded(3, DUE + timedelta(days=60))) is None
    assert next_reminder((), DUE) is None
    rested = next_reminder(LEVELS, DUE, None, DUE + timedelta(days=50))
    assert rested == NextReminder(1, DUE + timedelta(days=60))


@given(
    st.lists(st.integers(1, 365), min_size=1, max_size=5, unique=True).map(sorted),
    st.lists(st.integers(1, 40), min_size=1, max_size=60),
)
def test_whenever_the_job_runs_levels_come_in_order_and_apart(levels, pauses):
    today, last, sent = DUE, None, []
    for days in pauses:
        today += timedelta(days=days)
        comes = next_reminder(levels, DUE, last)
        if comes is not None and comes.on <= today:
            last = Reminded(comes.level, today)
            sent.append(last)
    assert [one.level for one in sent] == list(range(1, len(sent) + 1))
    assert all(one.on >= DUE + timedelta(days=levels[one.level - 1]) for one in sent)
    for before, after in pairwise(sent):
        assert (after.on - before.on).days >= levels[after.level - 1] - levels[before.level - 1]


async def test_each_level_is_sent_once_and_none_after_the_payment(valley, statement, on, mailbox):
    before = len(mailbox.to(valley.town_officer.email))

    def reminders():
        return len(mailbox.to(valley.town_officer.email)) - before

    await on(9)
    assert reminders() == 0
    await on(10, times=3)
    assert reminders() == 1
    await on(29)
    assert reminders() == 1
    await on(30, times=2)
    assert await _levels(valley, statement) == [(1, "sent"), (2, "sent")]
    assert reminders() == 2
    async with valley.host.unit_of_work(valley.office) as uow:
        await payments.record(
            uow,
            statement_id=statement.id,
            amount=Money(statement.amount),
            paid_on=clock.today(),
        )
    await on(90, times=2)
    assert reminders() == 2


async def test_stopped_before_the_end_nothing_was_noted_and_the_next_run_sends(
    valley, statement, on, mailbox, monkeypatch
):
    before = len(mailbox.to(valley.town_officer.email))
    with monkeypatch.context() as patch:
        patch.setattr(jobs.service, "remind", _then_die(jobs.service.remind))
        with pytest.raises(SystemExit):
            await on(10)
    assert await _levels(valley, statement) == []
    await on(10)
    assert await _levels(valley, statement) == [(1, "sent")]
    assert len(mailbox.to(valley.town_officer.email)) == before + 1


def _then_die(remind):
    async def dying(uow, host, consortium_id):
        if await remind(uow, host, consortium_id):
            raise SystemExit
        return 0

    return dying


async def test_a_member_without_people_is_on_record(valley, statement, on, visit):
    await on(10)
    async with valley.host.unit_of_work(valley.everything(), read_only=True) as uow:
        lonely = valley.towns[1].id
        issued = await statements.page(uow.session, consortium_id=valley.id)
        rows = await deliveries.of_statements(uow.session, [one.id for one in issued], [lonely])
    assert [(row.level, row.role, row.state, row.reason) for row in rows] == [
        (0, "nobody", "failed", "nobody"),
        (1, "nobody", "failed", "nobody"),
    ]
    office = await visit(valley.officer)
    page = await office.get(f"/office/statements/{rows[0].statement_id}")
    assert "non ha persone né indirizzo" in page.text


async def test_reminders_rest_while_a_dispute_is_open(valley, statement, on, visit, mailbox):
    town, office = await visit(valley.town_officer), await visit(valley.officer)
    path = f"/office/statements/{statement.id}"
    assert (await town.post(f"{path}/dispute", {"reason": " "})).status_code == 400
    said = {"reason": "We left in July."}
    assert (await town.post(f"{path}/dispute", said)).status_code == 303
    assert (await town.post(f"{path}/dispute", said)).status_code == 400, "once at a time"
    assert (await town.post(f"{path}/resume", {"answer": "No"})).status_code == 403
    await on(40)
    assert await _levels(valley, statement) == []
    (told,) = [m for m in mailbox.to(valley.officer.email) if "contesta" in m["subject"]]
    assert "We left in July." in told["text"]
    office = await visit(valley.officer)
    assert "We left in July." in (await office.get(path)).text
    assert "Contestato" in (await office.get("/office/overdue")).text
    assert (await office.post(f"{path}/resume", {"answer": ""})).status_code == 400
    answer = {"answer": "You left in August."}
    assert (await office.post(f"{path}/resume", answer)).status_code == 303
    await on(49)
    assert await _levels(valley, statement) == [], "ten days to think about the answer"
    await on(50)
    assert await _levels(valley, statement) == [(1, "sent")]
    mails = mailbox.to(valley.town_officer.email)
    assert any("You left in August." in one["text"] for one in mails)


async def test_graphql_pauses_and_says_what_comes_next(valley, statement, on, visit, make_user):
    query = """query ($id: ID!) { statement(id: $id) {
      nextReminder { level on } pauses { kind reason answer closedAt } } }"""
    key = global_id("Statement", statement.id)
    office = await visit(valley.officer)
    shown = (await office.graphql(query, id=key))["data"]["statement"]
    assert shown == {"nextReminder": {"level": 1, "on": "2026-10-12"}, "pauses": []}
    pause = "mutation ($id: ID!) { pauseReminders(id: $id, reason: $r) { userErrors { code } } }"
    pause = pause.replace("$id: ID!", "$id: ID!, $r: String!")
    for town in (await visit(valley.town_officer), office):
        answer = await town.graphql(pause, id=key, r="An instalment is agreed.")
    assert answer["data"]["pauseReminders"]["userErrors"] == []
    shown = (await office.graphql(query, id=key))["data"]["statement"]
    assert (shown["nextReminder"], len(shown["pauses"])) == (None, 1)
    assert shown["pauses"][0]["kind"] == "office", "the town may not pause"
    resume = "mutation ($id: ID!) { resumeReminders(id: $id) { userErrors { code } } }"
    assert "errors" not in await office.graphql(resume, id=key)
    dispute = 'mutation ($id: ID!) { disputeStatement(id: $id, reason: "x") { __typename } }'
    other = await visit(await make_user((valley.towns[1].id, Role.MUNICIPAL_OFFICER)))
    assert "data" in await other.graphql(dispute, id=key)
    shown = (await office.graphql(query, id=key))["data"]["statement"]
    assert len(shown["pauses"]) == 1, "another town may not dispute it"
