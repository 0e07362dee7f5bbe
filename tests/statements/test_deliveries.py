"""Statements are sent to each person once, with the PDF; failures are seen and tried again."""

from __future__ import annotations

from io import BytesIO

import aiosmtplib
import pytest
from pypdf import PdfReader

from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller
from arengo_core.cli.supervisor import free_port
from arengo_core.organizations import service as organizations
from arengo_marketplace.deliveries import jobs, repository, service
from arengo_marketplace.statements import repository as statements
from tests.settlements.valley import IN_SEPTEMBER


@pytest.fixture
async def statement(valley, move_clock):
    await valley.enter(100_000)
    move_clock(IN_SEPTEMBER)
    settlement = await valley.close()
    return next(
        one
        for one in await valley.statements(settlement)
        if one.organization_id == valley.towns[0].id
    )


async def _deliveries(valley, statement):
    async with valley.host.unit_of_work(valley.everything(), read_only=True) as uow:
        return list(
            await repository.of_statements(uow.session, [statement.id], [statement.organization_id])
        )


def _payload(statement, **more):
    return {"statement": str(statement.id), "member": str(statement.organization_id)} | more


async def test_the_pdf_is_attached_and_what_was_sent_is_recorded(
    valley, statement, run_jobs, mailbox
):
    await run_jobs()
    (mail,) = [one for one in mailbox.store.all() if valley.town_officer.email in str(one["To"])]
    (attached,) = list(mail.iter_attachments())
    assert attached.get_filename() == f"statement-{statement.number.replace('/', '-')}.pdf"
    shown = PdfReader(BytesIO(attached.get_content())).pages[0].extract_text()
    assert statement.number in shown
    assert statement.digest in shown
    (row,) = await _deliveries(valley, statement)
    assert (row.state, row.way, row.recipient_id, row.role, row.attempts) == (
        "sent",
        "mail",
        valley.town_officer.id,
        "municipal_officer",
        1,
    )
    assert row.reference == mail["Message-ID"]
    assert row.sent_at is not None


async def test_nobody_is_told_twice_whatever_runs_again(valley, statement, run_jobs, mailbox):
    await run_jobs()
    await jobs.prepare(valley.host, _payload(statement))
    (row,) = await _deliveries(valley, statement)
    await jobs.send(valley.host, _payload(statement, delivery=str(row.id)))
    await run_jobs()
    assert len(mailbox.to(valley.town_officer.email)) == 1
    assert len(await _deliveries(valley, statement)) == 1


async def test_a_failure_is_seen_and_the_next_try_sends(
    valley, statement, run_jobs, mailbox, monkeypatch
):
    async with valley.host.unit_of_work(Caller.program([statement.organization_id])) as uow:
        await service.note(uow, statement)
        rows = await repository.of_statements(
            uow.session, [statement.id], [statement.organization_id]
        )
    payload = _payload(statement, delivery=str(rows[0].id))
    whole = valley.host.mail
    broken = type(whole)(f"smtp://127.0.0.1:{free_port()}", whole.mail_from, 2.0)
    monkeypatch.setattr(valley.host, "mail", broken)
    with pytest.raises((aiosmtplib.SMTPException, OSError)):
        await jobs.send(valley.host, payload)
    (row,) = await _deliveries(valley, statement)
    assert (row.state, row.attempts, row.sent_at) == ("failed", 1, None)
    assert row.reason
    monkeypatch.setattr(valley.host, "mail", whole)
    await jobs.send(valley.host, payload)
    (row,) = await _deliveries(valley, statement)
    assert (row.state, row.attempts, row.reason) == ("sent", 2, "")
    await run_jobs()
    assert len(mailbox.to(valley.town_officer.email)) == 1


async def test_a_member_with_a_service_of_messages_gets_it_by_that(
    valley, make_offer, activate, move_clock, run_jobs, mailbox, visit
):
    town = valley.towns[0]
    await activate(town.id, await make_offer(valley.id, "communications"))
    await valley.enter(100_000)
    move_clock(IN_SEPTEMBER)
    before = len(mailbox.to(valley.town_officer.email))
    issued = await valley.statements(await valley.close())
    statement = next(one for one in issued if one.organization_id == town.id)
    await run_jobs()
    (row,) = await _deliveries(valley, statement)
    assert (row.way, row.state, row.attempts) == ("communications", "sent", 1)
    await jobs.send(valley.host, _payload(statement, delivery=str(row.id)))
    await run_jobs()
    (mail,) = mailbox.to(valley.town_officer.email)[before:]
    assert statement.number in mail["subject"]
    assert statement.digest in mail["text"]
    assert f"/office/statements/{statement.id}" in mail["text"]
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        consortium = await organizations.get(uow, valley.id)
    assert mail["text"].rstrip().endswith(consortium.name), "it is the consortium that writes"
    inbox = await (await visit(valley.town_officer)).get("/office/inbox")
    assert statement.number in inbox.text
    page = await (await visit(valley.officer)).get(f"/office/statements/{statement.id}")
    assert "Comunicazioni" in page.text


async def test_the_office_sends_it_again_and_a_member_may_not(
    valley, statement, run_jobs, mailbox, visit
):
    await run_jobs()
    office = await visit(valley.officer)
    answer = await office.post(f"/office/statements/{statement.id}/send")
    assert answer.status_code == 303
    await run_jobs()
    assert len(mailbox.to(valley.town_officer.email)) == 2
    shown = await office.graphql(
        "query ($id: ID!) { statement(id: $id) { deliveries { level role way state } } }",
        id=global_id("Statement", statement.id),
    )
    assert (
        shown["data"]["statement"]["deliveries"]
        == [{"level": 0, "role": "municipal_officer", "way": "mail", "state": "sent"}] * 2
    )
    town = await visit(valley.town_officer)
    answer = await town.post(f"/office/statements/{statement.id}/send")
    assert answer.status_code == 403
    refused = await town.graphql(
        "mutation ($id: ID!) { sendStatementAgain(id: $id) { userErrors { code } } }",
        id=global_id("Statement", statement.id),
    )
    assert "FORBIDDEN" in str(refused).upper()
    await run_jobs()
    assert len(mailbox.to(valley.town_officer.email)) == 2


async def test_a_member_without_people_says_so(valley, statement, visit):
    lonely = valley.towns[1]
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        rows = await statements.of_settlement(uow.session, valley.id, statement.settlement_id)
    other = next(one for one in rows if one.organization_id == lonely.id)
    office = await visit(valley.officer)
    await office.post(f"/office/statements/{other.id}/send")
    page = await office.get(f"/office/statements/{other.id}")
    assert "Non si può scrivere a nessuno di questo aderente" in page.text
