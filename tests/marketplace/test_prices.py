"""Versions of a price: valid from a month to come, told to members by how much."""

from __future__ import annotations

from datetime import date

import pytest

from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, ForbiddenError, InvalidInputError
from arengo_core.money import Money
from arengo_core.organizations import service as organizations
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.offers import prices, repository, service
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.pools import planned

EQUAL = {"parts": [{"key": "equal", "weight": 100}]}
DEARER = PricePlan.yearly("Canone", 180_000)


@pytest.fixture
async def offered(make_consortium, make_offer, activate):
    made = await make_consortium()
    offer = await make_offer(made.id, "bell", cost_rule=EQUAL)
    for town in made.municipalities[:2]:
        await activate(town.id, offer)
    return made, offer


def _office(made):
    return Caller.program([made.id], [made.id])


async def _change(host, made, offer, plan=DEARER, month=None, **more):
    async with host.unit_of_work(_office(made)) as uow:
        return await prices.change(
            uow,
            host,
            offer_id=offer.id,
            price_plan=plan.to_json(),
            month=month or prices.next_month(),
            **more,
        )


async def _stored(host, made, offer):
    async with host.unit_of_work(_office(made), read_only=True) as uow:
        return await repository.get(uow.session, offer.id)


async def test_a_change_holds_from_its_month_and_not_before(host, offered):
    made, offer = offered
    month = prices.next_month()
    effect = await _change(host, made, offer)
    assert [(c.today, c.afterwards) for c in effect.changes] == [(Money(60_000), Money(90_000))] * 2
    stored = await _stored(host, made, offer)
    assert stored.plan == PricePlan.yearly("Canone", 120_000)
    assert stored.plan_at(month.start) == DEARER
    assert stored.plan_at(month.previous().start) == stored.plan
    async with host.unit_of_work(_office(made), read_only=True) as uow:
        for when, each in ((month.previous(), 10_000), (month, 15_000)):
            lines = await planned.planned(uow, stored, when)
            assert [abs(line.amount.amount - each) <= 1 for line in lines] == [True], when


async def test_a_forecast_that_crosses_the_change_counts_both(host, offered):
    made, offer = offered
    later = Period.months_from(prices.next_month().end, 1)
    await _change(host, made, offer, month=later)
    effect = (await _coming(host, made, offer))[0]
    assert effect.valid_from == later.start
    cheaper = PricePlan.yearly("Canone", 60_000)
    crossing = await _change(host, made, offer, cheaper)
    # one month at the new price, eleven and more at the dearer one that was announced before
    assert crossing.figures.today.cost == Money(10_000 + 165_000)
    assert crossing.figures.afterwards.cost == Money(5_000 + 165_000)


async def _coming(host, made, offer):
    async with host.unit_of_work(_office(made), read_only=True) as uow:
        return await prices.coming(uow, host, await repository.get(uow.session, offer.id))


async def test_members_are_told_by_how_much(host, offered, run_jobs, mailbox):
    made, offer = offered

    async def told():
        await run_jobs()
        return [m for m in mailbox.to(made.lead_officer.email) if "Bell" in m["subject"]]

    before = len(await told())
    await _change(host, made, offer, note="Nuova gara")
    mails = await told()
    assert len(mails) == before + 1
    text = mails[-1]["text"]
    assert all(part in text for part in ("900", "600", "300", "Nuova gara")), text
    async with host.unit_of_work(_office(made)) as uow:
        await prices.withdraw(uow, host, offer_id=offer.id, month=prices.next_month())
    mails = await told()
    assert len(mails) == before + 2
    assert "600" in mails[-1]["text"]
    assert await _coming(host, made, offer) == []


async def test_members_that_pay_the_same_are_not_written_to_unless_they_were_told_otherwise(
    host, offered, run_jobs, mailbox
):
    made, offer = offered

    async def told():
        await run_jobs()
        return len(mailbox.to(made.lead_officer.email))

    before = await told()
    renamed = PricePlan.yearly("Canone, nuova gara", 120_000)
    effect = await _change(host, made, offer, renamed)
    assert [one.difference for one in effect.changes] == [Money(0)] * 2
    async with host.unit_of_work(_office(made)) as uow:
        await prices.withdraw(uow, host, offer_id=offer.id, month=prices.next_month())
    assert await told() == before
    await _change(host, made, offer)
    assert await told() == before + 1
    await _change(host, made, offer, renamed)
    assert await told() == before + 2


async def test_the_letter_is_in_the_members_language(host, offered, run_jobs, mailbox):
    made, offer = offered
    await run_jobs()
    before = len(mailbox.to(made.lead_officer.email))
    for locale in ("en", "it"):
        async with host.unit_of_work(Caller.program([made.lead.id])) as uow:
            (await organizations.get(uow, made.lead.id)).locale = locale
        plan = PricePlan.yearly("Canone", 180_000 if locale == "en" else 240_000)
        await _change(host, made, offer, plan)
        await run_jobs()
    english, italian = mailbox.to(made.lead_officer.email)[before:]
    assert "Bell: the price changes from" in english["subject"]
    assert (
        f"{made.lead.name} pays about €900.00, where it would pay €600.00 without the change: the"
        " difference is +€300.00" in english["text"]
    )
    assert "Bell: il prezzo cambia dal" in italian["subject"]
    text = italian["text"].replace("\u00a0", " ")
    assert all(part in text for part in ("1.200,00 €", "600,00 €", "+600,00 €")), text


async def test_a_month_that_has_begun_keeps_its_price(host, offered, caller_for):
    made, offer = offered
    begun = prices.next_month().previous()
    with pytest.raises(InvalidInputError) as refused:
        await _change(host, made, offer, month=begun)
    assert refused.value.field == "month"
    with pytest.raises(InvalidInputError):
        await _change(host, made, offer, PricePlan.yearly("Canone", 120_000))
    with pytest.raises(ConflictError):
        async with host.unit_of_work(_office(made)) as uow:
            await service.change(uow, host, offer_id=offer.id, price_plan=DEARER.to_json())
    with pytest.raises(ForbiddenError):
        async with host.unit_of_work(await caller_for(made.lead_officer)) as uow:
            await prices.withdraw(uow, host, offer_id=offer.id, month=prices.next_month())
    assert len((await _stored(host, made, offer)).prices) == 1


def test_before_the_first_version_that_one_counts():
    plan = PricePlan.yearly("Canone", 1_200)
    offer = Offer(prices=[{"valid_from": "2026-05-01", "plan": plan.to_json(), "note": ""}])
    assert offer.plan_at(date(2026, 4, 30)) == plan


async def test_the_office_sees_what_changes_before_it_confirms(host, offered, visit):
    made, offer = offered
    office = await visit(made.officer)
    path = f"/office/offers/{offer.id}/prices"
    typed = {"month": f"{prices.next_month().start:%Y-%m}", "yearly": "1800,00", "note": "Gara"}
    shown = await office.post(path, typed)
    assert shown.status_code == 200
    assert "900,00" in shown.text
    assert "600,00" in shown.text
    assert len((await _stored(host, made, offer)).prices) == 1, "nothing is saved by looking"
    wrong = await office.post(path, typed | {"month": "2020-01", "confirmed": "yes"})
    assert wrong.status_code == 400
    assert "1800,00" in wrong.text
    done = await office.post(path, typed | {"confirmed": "yes"})
    assert done.status_code == 303
    assert len((await _stored(host, made, offer)).prices) == 2
    town = await visit(made.lead_officer)
    answer = await town.graphql(
        "query($o: ID!, $m: ID!) { comingPrices(offerId: $o, memberId: $m)"
        " { validFrom note members { difference { amount } } } }",
        o=str(global_id("Offer", offer.id)),
        m=str(global_id("Organization", made.municipalities[0].id)),
    )
    (coming,) = answer["data"]["comingPrices"]
    assert coming["note"] == "Gara"
    assert [one["difference"]["amount"] for one in coming["members"]] == [30_000, 30_000]
    back = await office.post(f"{path}/withdraw", {"month": typed["month"]})
    assert back.status_code == 303
    assert len((await _stored(host, made, offer)).prices) == 1


async def test_other_terms_of_an_offer_in_use_change_without_its_price(host, offered, visit):
    made, offer = offered
    office = await visit(made.officer)
    form = await office.get(f"/office/offers/{offer.id}")
    assert f"/office/offers/{offer.id}/prices" in form.text
    assert 'name="yearly"' not in form.text
    equal = {"part:all:1:key": "equal", "part:all:1:weight": "100"}
    done = await office.post(f"/office/offers/{offer.id}", {"note": "Nuovo", **equal})
    assert done.status_code == 303
    stored = await _stored(host, made, offer)
    assert (stored.note, stored.plan) == ("Nuovo", offer.plan)


async def test_prices_follow_an_index_from_the_form_to_the_month_and_the_forecast(
    host, offered, visit
):
    made, offer = offered
    office = await visit(made.officer)
    path = f"/office/offers/{offer.id}/prices"
    first = prices.next_month()
    base = Period.months_from(first.start, 1).previous()
    year = Period.months_from(first.start, 12)
    typed = {
        "month": f"{first.start:%Y-%m}",
        "yearly": "1200,00",
        "index_name": "ISTAT FOI",
        "index_first": f"{first.start:%Y-%m}",
        "index_base": f"{base.start:%Y-%m}",
        "index_share": "75",
        "index_cap": "5",
        "index_figures": f"{base.start:%Y-%m}; 120,0; ISTAT; 2026-01-15",
        "confirmed": "yes",
    }
    for wrong, beside in (
        ({"index_figures": "2026-01; 120"}, "index_figures"),
        ({"index_figures": "2026-13; 120; ISTAT; 2026-01-15"}, "index_figures"),
        ({"index_figures": ""}, "index_figures"),
        ({"index_share": "lots"}, "index_share"),
        ({"index_share": "200"}, "index_share"),
        ({"index_cap": "200"}, "index_cap"),
        ({"index_name": ""}, "index_name"),
        ({"index_base": "2099-01"}, "index_base"),
        ({"yearly": "-5"}, "yearly"),
        ({"per_inhabitant": "-0,5"}, "per_inhabitant"),
        ({"vat_rate": "lots"}, "vat_rate"),
    ):
        refused = await office.post(path, typed | {"yearly": "1200,00"} | wrong)
        assert refused.status_code == 400
        assert f'id="f-{beside}-error"' in refused.text, wrong
        assert all(value in refused.text for value in wrong.values()), "what was typed stays"
        assert "index." not in refused.text
    assert (await office.post(path, typed)).status_code == 303
    stored = await _stored(host, made, offer)
    link = stored.plan_at(first.start).index
    assert link.figure_for(base.start).source == "ISTAT"
    next_figure = base.start.replace(year=base.start.year + 1)
    shown = (await office.get(path)).text
    assert Period.months_from(next_figure, 1).label("it") in shown, "what is not known is said"

    later = Period.months_from(year.end, 1)
    figures = f"{typed['index_figures']}\r\n{next_figure:%Y-%m}; 126; ISTAT; 2027-01-15"
    again = typed | {"index_figures": figures, "confirmed": ""}
    again["month"] = f"{later.previous().start:%Y-%m}"
    preview = await office.post(path, again)
    assert preview.status_code == 200
    assert (await office.post(path, again | {"confirmed": "yes"})).status_code == 303
    stored = await _stored(host, made, offer)
    async with host.unit_of_work(_office(made), read_only=True) as uow:
        for month, monthly in ((first, 10_000), (later, 10_375)):
            (line,) = await planned.planned(uow, stored, month)
            assert abs(line.amount.amount - monthly) <= 1, month
