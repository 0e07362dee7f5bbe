"""The office's pages, as each role sees them."""

from __future__ import annotations

import re

import pytest

from arengo_core.caller import Caller
from arengo_marketplace.activations import repository


async def _current(host, member_id, key):
    async with host.unit_of_work(Caller.program([member_id]), read_only=True) as uow:
        return await repository.current(uow.session, member_id, key)


PAGES = ["/office", "/office/services", "/office/members"]
OFFICE_PAGES = ["/office/offers", "/office/offers/new/bell", "/office/charter", "/office/plugins"]


@pytest.mark.parametrize("path", PAGES)
async def test_officers_of_office_and_municipality_see(make_consortium, make_offer, visit, path):
    made = await make_consortium()
    await make_offer(made.id, "bell")
    for person in (made.officer, made.lead_officer):
        answer = await (await visit(person)).get(path)
        assert answer.status_code == 200, answer.text[-600:]
        assert "Chiesa in Valmalenco" in answer.text or path != "/office/members"
    anonymous = await (await visit()).get(path)
    assert anonymous.status_code == 303
    assert anonymous.headers["location"].startswith(("/sign-in", "/setup"))


@pytest.mark.parametrize("path", OFFICE_PAGES)
async def test_only_the_office_sees(make_consortium, visit, path):
    made = await make_consortium()
    assert (await (await visit(made.officer)).get(path)).status_code == 200
    assert (await (await visit(made.lead_officer)).get(path)).status_code == 403
    assert (await (await visit()).get(path)).status_code == 303


def _marked(answer):
    assert answer.status_code == 200, answer.text[-600:]
    menu = answer.text.partition('id="ar-navigation"')[2].partition("</nav>")[0]
    return re.findall(r'href="([^"]+)" aria-current="page"', menu)


async def test_the_menu_marks_where_a_member_is_and_where_the_office_is(
    host, make_consortium, make_offer, activate, visit
):
    made = await make_consortium()
    offer = await make_offer(made.id, "bell")
    await activate(made.lead.id, offer)
    row = await _current(host, made.lead.id, "bell")
    of_the_offer = (f"/office/offers/{offer.id}/pledges", f"/office/offers/{offer.id}/activate")
    town, office = await visit(made.lead_officer), await visit(made.officer)
    for path in (*of_the_offer, f"/office/activations/{row.id}"):
        assert _marked(await town.get(path)) == ["/office/services"], path
    assert _marked(await town.get("/office")) == ["/office"]
    assert _marked(await office.get(of_the_offer[0])) == ["/office/offers"], "its own entry is"
    assert _marked(await office.get(f"/office/activations/{row.id}")) == ["/office/services"]


async def test_a_merchant_sees_services_at_the_desk(
    make_consortium, make_merchant, make_offer, visit
):
    made = await make_consortium()
    shop = await make_merchant(made.id, made.lead.id)
    await make_offer(made.id, "bell")
    await make_offer(made.id, "choir")
    visitor = await visit(shop.person)
    answer = await visitor.get("/office/services")
    assert answer.status_code == 200
    assert "Bell" in answer.text
    assert "Choir" not in answer.text
    assert (await visitor.get("/office")).headers["location"] == "/desk"


async def test_the_price_is_seen_before_switching_on_and_leaving_is_as_short(
    host, make_consortium, make_offer, activate, visit
):
    made = await make_consortium()
    offer = await make_offer(
        made.id, "bell", cost_rule={"parts": [{"key": "equal", "weight": 100}]}
    )
    await activate(made.municipalities[1].id, offer)
    visitor = await visit(made.lead_officer)
    assert f'href="/office/offers/{offer.id}/activate"' in (await _services(visitor))

    before = await visitor.get(f"/office/offers/{offer.id}/activate?bell.strokes=5")
    assert before.status_code == 200
    assert "600,00" in before.text
    assert re.search(r"Caspoggio.*?1\.200,00.*?600,00.*?-600,00", before.text, re.S)
    assert await _current(host, made.lead.id, "bell") is None

    done = await visitor.post(f"/office/offers/{offer.id}/activate", {"bell.strokes": "5"})
    assert done.status_code == 303
    activation = await _current(host, made.lead.id, "bell")
    assert activation is not None
    assert activation.forecast == {"bell.strokes": "5"}
    page = await visitor.get(done.headers["location"])
    assert "600,00" in page.text

    assert f'href="/office/activations/{activation.id}/end"' in (await _services(visitor))
    leaving = await visitor.get(f"/office/activations/{activation.id}/end")
    assert re.search(r"Caspoggio.*?600,00.*?1\.200,00.*?\+600,00", leaving.text, re.S)
    ended = await visitor.post(f"/office/activations/{activation.id}/end", {"why": ""})
    assert ended.status_code == 303
    assert await _current(host, made.lead.id, "bell") is None
    assert (await visitor.get(done.headers["location"])).status_code == 200


async def _services(visitor):
    """Where both ways begin: one step from each."""
    return (await visitor.get("/office/services")).text


async def test_the_office_sees_what_a_request_costs_before_it_decides(
    host, make_consortium, make_offer, activate, visit
):
    made = await make_consortium()
    offer = await make_offer(
        made.id,
        "bell",
        cost_rule={"parts": [{"key": "equal", "weight": 100}]},
        needs_approval=True,
    )
    await activate(made.municipalities[1].id, offer)
    town = await visit(made.lead_officer)
    form = await town.get(f"/office/offers/{offer.id}/activate")
    assert 'hx-target="closest .ar-dialog"' in form.text, "it recalculates in its place"
    asked = await town.post(f"/office/offers/{offer.id}/activate", {"bell.strokes": "5"})
    place = asked.headers["location"]
    assert "Ritira la richiesta" in (await town.get(place)).text
    shown = (await (await visit(made.officer)).get(place)).text
    assert "Chiesa in Valmalenco paga all" in shown
    assert re.search(r"Caspoggio.*?1\.200,00.*?600,00.*?-600,00", shown, re.S)
    done = await (await visit(made.officer)).post(f"{place}/approve", {"why": ""})
    assert done.status_code == 303
    assert (await _current(host, made.lead.id, "bell")).state == "approved"


async def test_a_wrong_forecast_is_named_and_kept(make_consortium, make_offer, visit, host):
    made = await make_consortium()
    offer = await make_offer(made.id, "bell")
    visitor = await visit(made.lead_officer)
    answer = await visitor.post(f"/office/offers/{offer.id}/activate", {"bell.strokes": "many"})
    assert answer.status_code == 400
    assert "many" in answer.text
    assert await _current(host, made.lead.id, "bell") is None


async def test_another_municipality_cannot_open_an_activation(
    make_consortium, make_municipality, make_offer, activate, visit
):
    made = await make_consortium(("014019",))
    other = await make_municipality(made.id, "014036")
    activation = await activate(made.lead.id, await make_offer(made.id, "bell"))
    visitor = await visit(other.person)
    for path in ("", "/end", "/export"):
        answer = await visitor.get(f"/office/activations/{activation.id}{path}")
        assert answer.status_code == 404
    answer = await visitor.post(f"/office/activations/{activation.id}/end", {"why": "no"})
    assert answer.status_code == 404


async def test_the_office_puts_a_service_on_offer_and_changes_it(host, make_consortium, visit):
    made = await make_consortium()
    visitor = await visit(made.officer)
    terms = {
        "yearly": "1.200,00",
        "rate:bell.strokes": "0,35",
        "part:all:1:key": "equal",
        "part:all:1:weight": "50",
        "part:all:2:key": "usage:bell.strokes",
        "part:all:2:weight": "50",
        "cost_bearers": "municipalities",
        "fee:bell.strokes": "0,10",
        "covers_merchants": "yes",
    }
    wrong = await visitor.post("/office/offers/new/bell", {**terms, "part:all:1:weight": "40"})
    assert wrong.status_code == 400
    assert "1.200,00" in wrong.text
    done = await visitor.post("/office/offers/new/bell", terms)
    assert done.status_code == 303, done.text
    listed = await visitor.get("/office/offers")
    assert "1.200,00" in listed.text
    path = re.search(r'/office/offers/[0-9a-f-]{36}(?=")', listed.text)
    assert path is not None
    form = await visitor.get(path.group())
    assert 'value="1200,00"' in form.text
    assert 'value="0,35"' in form.text
    changed = await visitor.post(path.group(), {**terms, "yearly": "900"})
    assert changed.status_code == 303
    assert "900,00" in (await visitor.get("/office/offers")).text
    withdrawn = await visitor.post(f"{path.group()}/withdraw")
    assert withdrawn.status_code == 303
    assert path.group() not in (await visitor.get("/office/offers")).text


async def test_the_office_admits_from_the_register(make_consortium, visit):
    made = await make_consortium(("014019",))
    visitor = await visit(made.officer)
    found = await visitor.get("/office/members?search=lanzada")
    assert 'value="014036"' in found.text
    done = await visitor.post(
        "/office/members", {"istat_code": "014036", "name": "Ada", "email": "ada@example.it"}
    )
    assert done.status_code == 303
    again = await visitor.post("/office/members", {"istat_code": "014036"})
    assert again.status_code == 400
    page = done.headers["location"]
    assert "014036" in (await visitor.get(page)).text
    pinned = await visitor.post(f"{page}/population", {"population": "-3"})
    assert pinned.status_code == 400
    pinned = await visitor.post(f"{page}/population", {"population": "1300"})
    assert pinned.status_code == 303
    assert "1.300" in (await visitor.get(page)).text
    assert (await visitor.post(f"{page}/leave")).status_code == 303
    assert (await visitor.get(page)).status_code == 404


async def test_the_charter_says_how_costs_are_divided_and_who_collects(make_consortium, visit):
    made = await make_consortium(
        collecting=True, gateway="stripe", gateway_settings={"secret_key": "sk_very_secret"}
    )
    visitor = await visit(made.officer)
    shown = await visitor.get("/office/charter")
    assert "Servizi della Prova" in shown.text
    assert "sk_very_secret" not in shown.text
    rule = {
        "part:all:1:key": "equal",
        "part:all:1:weight": "10",
        "part:all:2:key": "population",
        "part:all:2:weight": "80",
    }
    wrong = await visitor.post("/office/charter", rule)
    assert wrong.status_code == 400
    assert 'value="80"' in wrong.text
    fine = await visitor.post("/office/charter", {**rule, "part:all:2:weight": "90"})
    assert fine.status_code == 303
    assert "90 %" in (await visitor.get("/office/charter")).text
