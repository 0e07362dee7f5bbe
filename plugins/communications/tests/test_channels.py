"""E-mail against servers that refuse, hang and break off; what certainly left, and what not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
import pytest_asyncio
from aiosmtpd.controller import Controller

from arengo_communications.messages import dispatch as sending
from arengo_communications.messages import repository, service
from arengo_communications.messages.dispatch import ATTEMPTS, dispatch, pause_after
from arengo_core.caller import Caller
from arengo_core.cli.supervisor import free_port
from arengo_core.errors import ConflictError
from arengo_core.mail.sender import MailSender


class Moody:
    """An SMTP server whose behaviour the test chooses."""

    def __init__(self) -> None:
        self.mood = "well"
        self.kept: list[bytes] = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if self.mood == "no such person":
            return "550 no such person here"
        if self.mood == "grey":
            return "450 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        if self.mood == "too big":
            return "552 too big"
        self.kept.append(envelope.content)
        if self.mood == "hanging":
            await asyncio.sleep(30)
        if self.mood == "breaking":
            server.transport.abort()
            await asyncio.sleep(1)
        return "250 kept"


@pytest.fixture
def server():
    """The moody server, listening."""
    moody = Moody()
    controller = Controller(moody, hostname="127.0.0.1", port=free_port())
    controller.start()
    moody.url = f"smtp://127.0.0.1:{controller.port}"
    yield moody
    controller.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def mail_host(host, server):
    """The host with its mail going to the moody server."""
    before, host.mail = host.mail, MailSender(server.url, "Arengo <a@arengo.example>", 60)
    yield host
    host.mail = before


async def _state(host, member, message_id):
    async with host.unit_of_work(Caller.program([member])) as uow:
        message = await repository.get(uow.session, member, message_id)
        [row] = (await repository.dispatches(uow.session, member, [message_id]))[message_id]
        return row, message


@pytest.fixture
def stored(mail_host, valley, send, a_message):
    """A stored message and the payload of its job."""

    async def make():
        message_id = await send(a_message(valley.shop.id))
        row, _ = await _state(mail_host, valley.shop.id, message_id)
        return message_id, {"dispatch": str(row.id), "organization": str(valley.shop.id)}

    return make


async def test_an_accepted_mail_is_sent_once(mail_host, valley, stored, server):
    message_id, payload = await stored()
    for _ in range(3):
        await dispatch(mail_host, payload)
    row, _ = await _state(mail_host, valley.shop.id, message_id)
    assert (row.state, row.attempts) == ("sent", 1)
    assert row.reference == f"<{message_id}@arengo.example>"
    assert len(server.kept) == 1


@pytest.mark.parametrize("mood", ["no such person", "too big"])
async def test_a_refusal_is_final_and_says_why(mail_host, valley, stored, server, mood):
    message_id, payload = await stored()
    server.mood = mood
    await dispatch(mail_host, payload)
    server.mood = "well"
    await dispatch(mail_host, payload)
    row, message = await _state(mail_host, valley.shop.id, message_id)
    assert (row.state, row.attempts) == ("refused", 1)
    assert mood in row.reason
    assert message.sealed is not None
    assert server.kept == []


async def test_a_grey_answer_is_tried_again(mail_host, valley, stored, server):
    message_id, payload = await stored()
    server.mood = "grey"
    await dispatch(mail_host, payload)
    row, _ = await _state(mail_host, valley.shop.id, message_id)
    assert row.state == "failed"
    server.mood = "well"
    await dispatch(mail_host, payload)
    row, _ = await _state(mail_host, valley.shop.id, message_id)
    assert (row.state, row.attempts) == ("sent", 2)


@pytest.mark.parametrize("mood", ["hanging", "breaking"])
async def test_a_lost_answer_is_unknown_and_the_copy_can_be_told(
    mail_host, valley, stored, server, mood
):
    message_id, payload = await stored()
    server.mood, patient = mood, mail_host.mail
    if mood == "hanging":
        mail_host.mail = replace(patient, time_limit=3.0)
    await dispatch(mail_host, payload)
    row, _ = await _state(mail_host, valley.shop.id, message_id)
    assert row.state == "unknown"
    server.mood, mail_host.mail = "well", patient
    await dispatch(mail_host, payload)
    row, _ = await _state(mail_host, valley.shop.id, message_id)
    assert row.state == "sent"
    ids = {
        line for mail in server.kept for line in mail.splitlines() if line.startswith(b"Message-ID")
    }
    assert len(server.kept) == 2
    assert len(ids) == 1


async def test_a_server_that_is_not_there_was_certainly_not_told(mail_host, valley, stored, server):
    message_id, payload = await stored()
    mail_host.mail = replace(mail_host.mail, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    for _ in range(ATTEMPTS):
        await dispatch(mail_host, payload)
    row, _ = await _state(mail_host, valley.shop.id, message_id)
    assert (row.state, row.attempts) == ("failed", ATTEMPTS)
    assert server.kept == []


async def test_a_worker_that_died_while_sending_is_waited_for_and_replaced(
    mail_host, valley, stored, server, move_clock
):
    message_id, payload = await stored()
    await sending._take(mail_host, valley.shop.id, UUID(payload["dispatch"]), payload)
    await dispatch(mail_host, payload)
    assert server.kept == []
    move_clock(datetime.now(UTC) + timedelta(minutes=4))
    await dispatch(mail_host, payload)
    row, _ = await _state(mail_host, valley.shop.id, message_id)
    assert (row.state, row.attempts) == ("sent", 2)
    assert len(server.kept) == 1


async def test_a_person_sends_a_stuck_message_again(
    mail_host, valley, stored, server, visit, run_jobs, caller_for
):
    message_id, payload = await stored()
    server.mood = "no such person"
    await dispatch(mail_host, payload)
    server.mood = "well"
    merchant = await visit(valley.shop.person)
    page = await merchant.get("/desk/messages?lang=en")
    assert "Refused" in page.text
    assert "550" in page.text
    again = await merchant.post(f"/desk/messages/{message_id}/again")
    assert again.status_code == 303
    await run_jobs()
    row, _ = await _state(mail_host, valley.shop.id, message_id)
    assert row.state == "sent"
    with pytest.raises(ConflictError):
        async with mail_host.unit_of_work(await caller_for(valley.shop.person)) as uow:
            await service.send_again(uow, organization_id=valley.shop.id, message_id=message_id)


def test_pauses_grow():
    pauses = [pause_after(attempt) for attempt in range(1, ATTEMPTS)]
    assert all(later > 2 * earlier for earlier, later in pairwise(pauses))
