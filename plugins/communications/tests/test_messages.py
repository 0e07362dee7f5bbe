"""Messages: stored once, sent after commit, counted once, out of strangers' reach."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from arengo_communications.contract import Messages, Recipient
from arengo_communications.inbox import service as inbox
from arengo_communications.messages import repository, service
from arengo_core.caller import Caller
from arengo_core.errors import ForbiddenError, InvalidInputError, NotActiveError, NotFoundError


async def _row(host, member, message_id):
    async with host.unit_of_work(Caller.program([member])) as uow:
        message = await repository.get(uow.session, member, message_id)
        found = await repository.dispatches(uow.session, member, [message_id])
        return message, {row.channel: row for row in found.get(message_id, [])}


async def test_a_message_leaves_after_commit_once_a_key(
    host, valley, send, a_message, mailbox, run_jobs
):
    request = a_message(valley.shop.id)
    first, again = await send(request), await send(request)
    assert first == again
    assert mailbox.to(request.recipient.email) == []
    for _ in range(2):
        await run_jobs()
    [mail] = mailbox.to(request.recipient.email)
    assert mail["subject"] == "Il tuo ordine è pronto"
    assert "Buongiorno <Ada> & tutti" in mail["text"]
    assert "Buongiorno &lt;Ada&gt; &amp; tutti" in mail["html"]
    assert "http://localhost/orders/x" in mail["html"]
    assert "<script" not in mail["html"]


async def test_what_is_rolled_back_is_never_sent(host, valley, a_message, mailbox, run_jobs):
    request = a_message(valley.shop.id)

    async def give_up():
        async with host.unit_of_work(Caller.program([valley.shop.id])) as uow:
            await (await host.capability(uow, Messages, valley.shop.id)).send(request)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await give_up()
    await run_jobs()
    assert mailbox.to(request.recipient.email) == []


async def test_a_shopper_without_account_makes_a_shop_send(
    host, valley, a_message, mailbox, run_jobs
):
    request = a_message(valley.shop.id)
    async with host.unit_of_work() as uow:
        await (await host.capability(uow, Messages, valley.shop.id)).send(request)
        seen = await uow.session.execute(text("select count(*) from communications.message"))
        assert seen.scalar_one() == 0
    await run_jobs()
    assert len(mailbox.to(request.recipient.email)) == 1


async def test_without_active_communications_nothing_starts(host, valley, a_message):
    with pytest.raises(NotActiveError):
        async with host.unit_of_work(Caller.program([valley.other_town.id])) as uow:
            await host.capability(uow, Messages, valley.other_town.id)


async def test_a_mail_is_signed_by_its_member(valley, send, a_message, mailbox, run_jobs):
    request = a_message(valley.shop.id, recipient=None)
    await send(request)
    await run_jobs()
    mails = [m for m in mailbox.store.all() if m["To"] == request.recipient.email]
    assert mails[0]["From"].startswith("La Bottega <")
    assert mails[0]["Reply-To"] == "shop@valley.example"


async def test_the_content_is_sealed_and_then_forgotten(host, valley, send, a_message, run_jobs):
    request = a_message(valley.shop.id)
    message_id = await send(request)
    message, _ = await _row(host, valley.shop.id, message_id)
    assert message.sealed is not None
    assert b"Buongiorno" not in message.sealed
    assert message.recipient_hint == f"{request.recipient.email[0]}•••@shopper.example"
    await run_jobs()
    message, dispatches = await _row(host, valley.shop.id, message_id)
    assert message.sealed is None
    assert dispatches["e-mail"].state == "sent"
    async with host.unit_of_work(Caller.program([valley.shop.id])) as uow:
        for table in ("communications.message", "communications.dispatch", "queue.pgqueuer"):
            hit = await uow.session.execute(
                text(f"select 1 from {table} t where t::text like :address"),
                {"address": f"%{request.recipient.email}%"},
            )
            assert hit.first() is None


async def test_a_message_counts_once_by_however_many_channels(
    host, valley, send, a_message, run_jobs
):
    to = Recipient("Comune", "office@town.example", "it", organization_id=valley.town.id)
    await send(a_message(valley.shop.id, recipient=to))
    for _ in range(2):
        await run_jobs()
    async with host.unit_of_work(Caller.program([valley.shop.id])) as uow:
        found = await uow.session.execute(
            text(
                "select sum(quantity) from marketplace.usage_record"
                " where meter = 'messages.sent' and organization_id = :member"
            ),
            {"member": valley.shop.id},
        )
        assert int(found.scalar_one()) == 1


async def test_an_organization_reads_its_own_inbox_and_no_other(
    host, valley, send, a_message, run_jobs, caller_for
):
    to = Recipient("Comune", "", "it", organization_id=valley.town.id)
    message_id = await send(a_message(valley.shop.id, recipient=to))
    await run_jobs()
    _, dispatches = await _row(host, valley.shop.id, message_id)
    assert {key: row.state for key, row in dispatches.items()} == {"inbox": "sent"}
    clerk = await caller_for(valley.clerk)
    async with host.unit_of_work(clerk, read_only=True) as uow:
        [item] = await inbox.items(uow, valley.town.id)
        assert item.subject == "Il tuo ordine è pronto"
    stranger = await caller_for(valley.shop.person)
    async with host.unit_of_work(stranger) as uow:
        hidden = await uow.session.execute(text("select count(*) from communications.inbox_item"))
        assert hidden.scalar_one() == 0
        with pytest.raises(ForbiddenError):
            await inbox.items(uow, valley.town.id)
        with pytest.raises(NotFoundError):
            await inbox.item(uow, valley.shop.id, item.id)


async def test_messages_of_another_member_are_out_of_reach(
    host, valley, send, a_message, caller_for
):
    message_id = await send(a_message(valley.shop.id))
    stranger = await caller_for(valley.town.person)
    async with host.unit_of_work(stranger) as uow:
        for table in ("message", "dispatch"):
            seen = await uow.session.execute(text(f"select count(*) from communications.{table}"))
            assert seen.scalar_one() == 0
        with pytest.raises(ForbiddenError):
            await service.send_again(uow, organization_id=valley.shop.id, message_id=message_id)
        with pytest.raises(NotFoundError):
            await service.send_again(uow, organization_id=valley.town.id, message_id=message_id)


async def test_a_message_that_reaches_nobody_is_kept_and_shown(
    valley, send, a_message, visit, run_jobs
):
    await send(a_message(valley.shop.id, recipient=Recipient("Ada", "no address", "it")))
    await run_jobs()
    page = await (await visit(valley.shop.person)).get("/desk/messages?lang=en")
    assert "Nobody to reach" in page.text


@pytest.mark.parametrize("key", ["", "x" * 201])
async def test_a_key_that_cannot_be_stored_is_refused(valley, send, a_message, key):
    request = a_message(valley.shop.id)
    with pytest.raises(InvalidInputError) as caught:
        await send(type(request)(**{**_fields(request), "key": key}))
    assert caught.value.field == "key"


def _fields(request):
    return {name: getattr(request, name) for name in request.__dataclass_fields__}


async def test_a_person_reads_and_marks_messages(valley, send, a_message, visit, run_jobs):
    to = Recipient("Comune", "", "it", organization_id=valley.town.id)
    await send(a_message(valley.shop.id, recipient=to))
    await run_jobs()
    officer = await visit(valley.town.person)
    listed = await officer.get("/office/inbox?lang=en")
    assert "1 message is unread" in listed.text
    path = listed.text.split('href="/office/inbox/')[1].split('"')[0]
    item = await officer.get(f"/office/inbox/{path}")
    assert "A-17" in item.text
    marked = await officer.post(f"/office/inbox/{path}/mark", {"read": "1", "open": "1"})
    assert marked.headers["location"] == f"/office/inbox/{path}"
    assert "0 messages are unread" in (await officer.get("/office/inbox")).text
    unmarked = await officer.post(f"/office/inbox/{path}/mark", {"read": "0"})
    assert unmarked.headers["location"] == "/office/inbox"
    stranger = await visit(valley.shop.person)
    assert (await stranger.get(f"/desk/inbox/{path}")).status_code == 404
    refused = await stranger.post(f"/desk/inbox/{path}/mark", {"read": "1"})
    assert refused.status_code == 404
    assert "1 message is unread" in (await officer.get("/office/inbox")).text


async def test_pages_are_shut_without_the_service(valley, visit):
    outsider = await visit(valley.other_town.person)
    for path in ("/office/inbox", "/office/announcements", "/office/announcements/new"):
        assert (await outsider.get(path)).status_code == 404
    anonymous = await visit()
    for path in ("/office/inbox", "/desk/messages", "/office/announcements"):
        assert (await anonymous.get(path)).status_code == 303
