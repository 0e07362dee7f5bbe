"""Announcements: asked for twice, sent once to each, left by one click."""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from tests.waiting import until_waited_for

from arengo_communications.announcements import repository, sending, service
from arengo_communications.announcements.service import Words
from arengo_communications.subscriptions import service as subscriptions
from arengo_communications.subscriptions.models import Subscription
from arengo_core.caller import Caller
from arengo_core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotActiveError,
    UnavailableError,
)
from arengo_core.ids import new_id
from arengo_core.privacy.service import clear_over
from arengo_core.tasks.run import run_task

WORDS = Words("Strada chiusa", "Domani la strada è chiusa.\n\nDa lunedì è aperta.", "Road", "Shut.")


@pytest.fixture
def subscribe(host, valley, visit, mailbox, run_jobs):
    """Somebody who asked on the page and, unless told, confirmed by mail."""

    async def make(*, confirm=True, locale="it", email=""):
        email = email or f"{new_id().hex}@citizen.example"
        visitor = await visit()
        path = f"/towns/{valley.town.organization.slug}/announcements"
        asked = await visitor.post(path, {"email": email, "locale": locale})
        assert asked.status_code == 303
        await run_jobs()
        [mail] = mailbox.to(email)
        [link] = re.findall(r"/subscriptions/\S+", mail["text"])
        if confirm:
            assert (await visitor.post(link)).status_code == 303
        return email, link

    return make


async def _count(host, valley):
    async with host.unit_of_work(Caller.program([valley.town.id]), read_only=True) as uow:
        return await service.recipients(uow, valley.town.id)


@pytest.fixture
def officer(valley, caller_for):
    """The town's officer as a caller."""

    async def make():
        return await caller_for(valley.town.person)

    return make


async def test_only_who_confirmed_by_mail_is_a_subscriber(host, valley, subscribe, visit):
    _, link = await subscribe(confirm=False)
    assert await _count(host, valley) == 0
    visitor = await visit()
    shown = await visitor.get(link)  # a scanner that opens links confirms nothing
    assert shown.status_code == 200
    assert await _count(host, valley) == 0
    for _ in range(2):
        assert (await visitor.post(link)).status_code == 303
    assert await _count(host, valley) == 1
    assert (await visitor.get(f"{link}x")).status_code == 404


async def test_asking_again_tells_nothing_and_mails_once_in_ten_minutes(
    host, valley, subscribe, visit, mailbox, run_jobs, move_clock
):
    email, _ = await subscribe(confirm=False)
    visitor = await visit()
    path = f"/towns/{valley.town.organization.slug}/announcements"
    fields = {"email": email.upper(), "locale": "it"}
    assert (await visitor.post(path, fields)).status_code == 303
    await run_jobs()
    assert len(mailbox.to(email)) == 1
    move_clock(datetime.now(UTC) + timedelta(minutes=11))
    assert (await visitor.post(path, fields)).status_code == 303
    await run_jobs()
    assert len(mailbox.to(email)) == 2


async def test_a_link_is_over_after_seven_days(subscribe, visit, move_clock):
    _, link = await subscribe(confirm=False)
    move_clock(datetime.now(UTC) + timedelta(days=8))
    assert (await (await visit()).post(link)).status_code == 404


async def test_a_wrong_address_is_named_and_kept(valley, visit):
    visitor = await visit()
    path = f"/towns/{valley.town.organization.slug}/announcements"
    answer = await visitor.post(path, {"email": "nobody", "locale": "it"})
    assert answer.status_code == 400
    assert 'value="nobody"' in answer.text


async def test_a_town_without_communications_takes_no_subscribers(host, valley, visit):
    path = f"/towns/{valley.other_town.organization.slug}/announcements"
    visitor = await visit()
    assert (await visitor.get(path)).status_code == 404
    assert (await visitor.post(path, {"email": "a@b.example", "locale": "it"})).status_code == 404
    with pytest.raises(NotActiveError):
        async with host.unit_of_work() as uow:
            await subscriptions.subscribe(
                host, uow, town_id=valley.other_town.id, email="a@b.example", locale="it"
            )


async def test_an_announcement_reaches_each_subscriber_once_in_their_language(
    host, valley, subscribe, officer, mailbox, run_jobs
):
    italian, _ = await subscribe()
    english, _ = await subscribe(locale="en")
    pending, _ = await subscribe(confirm=False)
    async with host.unit_of_work(await officer()) as uow:
        draft = await service.save(uow, organization_id=valley.town.id, words=WORDS)
    async with host.unit_of_work(await officer()) as uow:
        sent = await service.send(uow, organization_id=valley.town.id, announcement_id=draft.id)
        assert sent.recipients == 2
    payload = {"task": str(sent.task_id), "organization": str(valley.town.id)}
    await run_task("communications", sending.SEND, host, payload)
    await run_task("communications", sending.SEND, host, payload)
    for _ in range(2):
        await run_jobs()
    assert [m["subject"] for m in mailbox.to(italian)][1:] == ["Strada chiusa"]
    assert [m["subject"] for m in mailbox.to(english)][1:] == ["Road"]
    assert len(mailbox.to(pending)) == 1
    mail = mailbox.to(italian)[-1]
    assert "/unsubscribe/" in mail["unsubscribe"]
    assert "/unsubscribe/" in mail["text"]
    with pytest.raises(ConflictError):
        async with host.unit_of_work(await officer()) as uow:
            await service.send(uow, organization_id=valley.town.id, announcement_id=draft.id)
    with pytest.raises(ConflictError):
        async with host.unit_of_work(await officer()) as uow:
            await service.save(
                uow, organization_id=valley.town.id, words=WORDS, announcement_id=draft.id
            )


async def test_many_subscribers_are_served_in_batches(
    host, valley, subscribe, officer, monkeypatch, mailbox, run_jobs
):
    monkeypatch.setattr(sending, "BATCH", 2)
    emails = [(await subscribe())[0] for _ in range(5)]
    async with host.unit_of_work(await officer()) as uow:
        draft = await service.save(uow, organization_id=valley.town.id, words=WORDS)
        await service.send(uow, organization_id=valley.town.id, announcement_id=draft.id)
    await run_jobs()
    assert [len(mailbox.to(email)) for email in emails] == [2] * 5
    async with host.unit_of_work(await officer()) as uow:
        assert (await service.get(uow, valley.town.id, draft.id)).state == "sent"


async def _held_up(host):
    """Whether somebody waits for another transaction to end, in this database."""
    waiting = (
        "select count(*) from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock'"
    )
    async with host.unit_of_work() as uow:
        return await uow.session.scalar(text(waiting))


async def test_sending_is_a_task_that_goes_on_after_a_crash_and_can_be_cancelled(
    host, valley, subscribe, officer, monkeypatch, run_jobs, visit
):
    monkeypatch.setattr(sending, "BATCH", 2)
    for _ in range(5):
        await subscribe()
    caller, place = await officer(), valley.town.id

    async def begun():
        async with host.unit_of_work(caller) as uow:
            draft = await service.save(uow, organization_id=place, words=WORDS)
            return await service.send(uow, organization_id=place, announcement_id=draft.id)

    async def written(row):
        async with host.unit_of_work(Caller.program([place])) as uow:
            return await repository.count_messages(uow.session, place, f"announcement:{row.id}:")

    def stopping_after(batches, stop):
        reach = sending.subscriptions.confirmed

        async def confirmed(session, town, after, size):
            nonlocal batches
            if batches == 0:
                await stop(session)
            batches -= 1
            return await reach(session, town, after, size)

        monkeypatch.setattr(sending.subscriptions, "confirmed", confirmed)
        return lambda: monkeypatch.setattr(sending.subscriptions, "confirmed", reach)

    async def crash(_session):
        raise UnavailableError("Sent")

    row = await begun()
    payload = {"task": str(row.task_id), "organization": str(place)}
    mend = stopping_after(1, crash)
    with pytest.raises(UnavailableError):
        await run_task("communications", sending.SEND, host, payload)
    mend()
    assert await written(row) == 2, "one batch is committed"
    await run_task("communications", sending.SEND, host, payload)
    assert await written(row) == 5, "the rest, nobody twice"
    visitor = await visit(valley.town.person)
    over = await visitor.get(f"/office/tasks/{row.task_id}/result")
    assert over.headers["location"] == f"/office/announcements/{row.id}"

    stopped = await begun()
    here = f"/office/announcements/{stopped.id}"
    assert f"/office/tasks/{stopped.task_id}" in (await visitor.get(here)).text
    waiting = []

    async def cancel(session):
        path = f"/office/tasks/{stopped.task_id}/cancel"
        waiting.append(asyncio.create_task(visitor.post(path)))
        await until_waited_for(session)

    mend = stopping_after(1, cancel)
    await run_task(
        "communications",
        sending.SEND,
        host,
        {"task": str(stopped.task_id), "organization": str(place)},
    )
    mend()
    assert (await waiting[0]).status_code == 303
    reached = await written(stopped)
    assert reached in {2, 4}, "whole batches"
    page = (await visitor.get(f"{here}?lang=en")).text
    assert f"cancelled after {reached} subscribers" in page
    await run_jobs()
    assert await written(stopped) == reached


async def test_one_click_leaves_and_the_address_is_deleted(
    host, valley, subscribe, officer, mailbox, run_jobs, visit
):
    email, _ = await subscribe()
    async with host.unit_of_work(await officer()) as uow:
        draft = await service.save(uow, organization_id=valley.town.id, words=WORDS)
        await service.send(uow, organization_id=valley.town.id, announcement_id=draft.id)
    await run_jobs()
    link = mailbox.to(email)[-1]["unsubscribe"].strip("<>")
    path = link[link.index("/unsubscribe/") :]
    client = (await visit()).http
    assert (await client.get(path)).status_code == 200
    assert await _count(host, valley) == 1
    for _ in range(2):  # as a mail program does it: no cookie, no token, no redirect
        done = await client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
    assert await _count(host, valley) == 0
    assert (await client.post(f"{path}x")).status_code == 404
    async with host.unit_of_work(Caller.program([valley.town.id])) as uow:
        left = await uow.session.execute(text("select count(*) from communications.subscription"))
        assert left.scalar_one() == 0


async def test_leaving_works_after_the_service_ended(
    host, valley, subscribe, officer, mailbox, run_jobs, visit
):
    email, _ = await subscribe()
    async with host.unit_of_work(await officer()) as uow:
        draft = await service.save(uow, organization_id=valley.town.id, words=WORDS)
        await service.send(uow, organization_id=valley.town.id, announcement_id=draft.id)
        await uow.session.execute(
            text("delete from core.active_service where organization_id = :town"),
            {"town": valley.town.id},
        )
    await run_jobs()
    link = mailbox.to(email)[-1]["unsubscribe"].strip("<>")
    answer = await (await visit()).http.post(link[link.index("/unsubscribe/") :])
    assert answer.status_code == 200


async def test_subscribers_are_out_of_anybody_elses_reach(host, valley, subscribe, caller_for):
    email, _ = await subscribe()
    for person in (valley.shop.person, valley.other_town.person, valley.consortium.officer):
        async with host.unit_of_work(await caller_for(person)) as uow:
            seen = await uow.session.execute(
                text("select count(*) from communications.subscription")
            )
            assert seen.scalar_one() == 0
    async with host.unit_of_work(Caller.program([valley.town.id])) as uow:
        rows = await uow.session.execute(text("select s::text from communications.subscription s"))
        assert email not in " ".join(rows.scalars())


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (Words("", "Testo"), "subject_it"),
        (Words("Oggetto", "  "), "body_it"),
        (Words("Oggetto", "Testo", "Subject", ""), "body_en"),
        (Words("Oggetto", "Testo", "", "Text"), "subject_en"),
        (Words("x" * 151, "Testo"), "subject_it"),
        (Words("Oggetto", "x" * 20_001), "body_it"),
    ],
)
async def test_words_that_cannot_be_sent_are_refused(host, valley, officer, words, field):
    with pytest.raises(InvalidInputError) as caught:
        async with host.unit_of_work(await officer()) as uow:
            await service.save(uow, organization_id=valley.town.id, words=words)
    assert caught.value.field == field


async def test_only_the_towns_officers_write(host, valley, caller_for):
    for person in (valley.clerk, valley.other_town.person, valley.consortium.officer):
        with pytest.raises(ForbiddenError):
            async with host.unit_of_work(await caller_for(person)) as uow:
                await service.save(uow, organization_id=valley.town.id, words=WORDS)


async def test_an_officer_writes_sees_and_sends_on_the_pages(
    host, valley, subscribe, visit, run_jobs
):
    await subscribe()
    officer = await visit(valley.town.person)
    assert (await officer.get("/office/announcements/new")).status_code == 200
    half = await officer.post("/office/announcements", {"subject_it": "Neve", "body_it": ""})
    assert half.status_code == 400
    assert 'value="Neve"' in half.text
    fields = {"subject_it": "Neve", "body_it": "Molta.", "subject_en": "", "body_en": ""}
    key = new_id().hex
    places = set()
    for _ in range(2):
        made = await officer.post("/office/announcements", {**fields, "idempotency_key": key})
        assert made.status_code == 303
        places.add(made.headers["location"])
    [path] = places
    preview = await officer.get(f"{path}?lang=en")
    assert "It would reach 1 subscriber." in preview.text
    assert (await officer.get(f"{path}/edit")).status_code == 200
    changed = await officer.post(path, {**fields, "body_it": "Moltissima."})
    assert changed.status_code == 303
    assert "Moltissima." in (await officer.get(path)).text
    public = f"/towns/{valley.town.organization.slug}/announcements"
    assert "Moltissima." not in (await (await visit()).get(public)).text
    assert (await officer.post(f"{path}/send")).status_code == 303
    assert "Moltissima." in (await (await visit()).get(public)).text
    assert (await officer.post(f"{path}/send")).status_code == 409
    assert (await officer.post(f"{path}/discard")).status_code == 409
    assert "Neve" in (await officer.get("/office/announcements")).text


async def test_a_draft_can_be_thrown_away(host, valley, officer, visit):
    async with host.unit_of_work(await officer()) as uow:
        draft = await service.save(uow, organization_id=valley.town.id, words=WORDS)
    visitor = await visit(valley.town.person)
    gone = await visitor.post(f"/office/announcements/{draft.id}/discard")
    assert gone.status_code == 303
    assert (await visitor.get(f"/office/announcements/{draft.id}")).status_code == 404


async def test_what_subscribers_agreed_to_is_kept_with_its_words_and_its_end(
    host, valley, subscribe, visit, move_clock
):
    email, _ = await subscribe(locale="en")
    other, _ = await subscribe(confirm=False)
    town = valley.town.organization
    log = await visit(valley.town.person)
    page = (await log.get("/office/consents")).text
    assert email in page
    assert f"Confirm: announcements of {town.name}" in page
    assert other not in page, "who has not confirmed agreed to nothing"
    stranger = await visit(valley.shop.person)
    assert email not in (await stranger.get("/office/consents/csv")).text

    async with host.unit_of_work(Caller.program([valley.town.id])) as uow:
        row = await uow.session.scalar(
            select(Subscription).where(Subscription.confirmed_at.is_not(None))
        )
        url = subscriptions.unsubscribe_url(host, row)
    path = url.removeprefix(host.settings.base_url)
    assert (await (await visit()).post(path)).status_code == 200
    lines = (await log.get("/office/consents/csv")).text.splitlines()
    about = [line for line in lines if email in line]
    assert [("Consenso cessato" in line, "Ha acconsentito" in line) for line in about] == [
        (True, False),
        (False, True),
    ]

    async def kept():
        await clear_over(host, {})
        return email in (await log.get("/office/consents/csv")).text

    assert await kept()
    move_clock(datetime.now(UTC) + timedelta(days=729))
    log = await visit(valley.town.person)
    assert await kept()
    move_clock(datetime.now(UTC) + timedelta(days=731))
    log = await visit(valley.town.person)
    assert not await kept()


async def test_a_subscriber_with_an_account_has_subscriptions_in_the_copy(
    subscribe, visit, make_user
):
    somebody = await make_user()
    await subscribe(email=somebody.email)
    await subscribe()
    copy = (await (await visit(somebody)).get("/account/data")).content
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        held = json.loads(archive.read("communications.json"))
    assert {table: len(kept["rows"]) for table, kept in held.items()} == {
        "subscription": 1,
        "subscription_consent": 1,
    }
    assert "email_digest" not in held["subscription"]["rows"][0]
