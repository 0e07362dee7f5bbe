"""The page of a month that is to be closed: all at once for few members, in two steps for many."""

from __future__ import annotations

import pytest

from arengo_marketplace.settlements import closing
from arengo_marketplace.testing import VALMALENCO
from tests.settlements.html import links_in
from tests.settlements.valley import AUGUST, IN_OCTOBER, OPENING, PLAN, RULE, SEPTEMBER, Valley

PAGE = "/office/settlements/preview?month=2026-09"
WHOLE = f"{PAGE}&whole=yes"


@pytest.fixture
def make_month(host, make_consortium, make_offer, activate, move_clock):
    """``await make_month(3)``: so many towns with a cost each in August, settled, and September."""

    async def make(count: int, *, closed: bool = True) -> Valley:
        move_clock(OPENING)
        made = await make_consortium(VALMALENCO[:count], starts_on=OPENING.date())
        terms = {"price_plan": PLAN.to_json(), "cost_rule": RULE.to_json()}
        offer = await make_offer(made.id, "bell", **terms)
        for town in made.municipalities:
            await activate(town.id, offer)
        valley = Valley(host, made.id, made.municipalities, offer, made.officer, made.lead_officer)
        for place in range(count):
            await valley.enter(10_000 + place)
            await valley.enter(20_000 + place, month=SEPTEMBER)
        move_clock(IN_OCTOBER)
        if closed:
            await valley.close(AUGUST, notify=False)
        return valley

    return make


@pytest.mark.parametrize(
    ("most", "path", "literal"), [(30, PAGE, 25), (0, PAGE, 16), (0, WHOLE, 25)]
)
async def test_the_page_takes_the_same_statements_however_many_members_there_are(
    make_month, visit, count_statements, monkeypatch, most, path, literal
):
    monkeypatch.setattr(closing, "AT_ONCE", most)
    for count in (1, 3):
        valley = await make_month(count)
        office = await visit(valley.officer)
        await office.get(path)
        with count_statements() as seen:
            page = await office.get(path)
        assert page.status_code == 200
        assert len(seen) == literal, (count, seen)


async def test_few_members_are_shown_all_at_once(make_month, visit):
    valley = await make_month(3)
    page = (await (await visit(valley.officer)).get(PAGE)).text
    assert 'id="beside"' in page
    assert 'id="warnings"' in page
    assert "hx-get" not in page
    assert WHOLE not in links_in(page)


async def test_many_members_see_first_what_each_pays_and_then_the_rest(
    make_month, visit, monkeypatch
):
    monkeypatch.setattr(closing, "AT_ONCE", 2)
    valley = await make_month(3)
    office = await visit(valley.officer)
    first = (await office.get(PAGE)).text
    assert "600,03" in first, "what is to be divided"
    assert all(town.name in first for town in valley.towns)
    assert 'action="/office/settlements"' in first
    assert 'id="beside"' not in first
    assert f'hx-get="{WHOLE.replace("&", "&amp;")}"' in first
    assert WHOLE in links_in(first), "without JavaScript"
    whole = (await office.get(WHOLE)).text
    assert 'id="beside"' in whole
    assert "25 %" in whole, "the warning of shares that changed"
    assert "hx-get" not in whole
    assert 'action="/office/settlements"' in whole
    own = f"{PAGE}&member={valley.towns[0].id}"
    assert own in links_in(first)
    assert 'id="member"' in (await office.get(own)).text


async def test_of_a_first_month_each_of_many_members_has_its_services_too(
    make_month, visit, monkeypatch
):
    monkeypatch.setattr(closing, "AT_ONCE", 2)
    valley = await make_month(3, closed=False)
    office = await visit(valley.officer)
    page = (await office.get(f"{PAGE}&member={valley.towns[0].id}")).text
    assert 'id="beside"' not in page
    table = page[page.index('id="member"') :]
    assert "Bell" in table[: table.index("</section>")]


async def test_why_a_month_cannot_be_closed_is_said_in_the_first_answer(
    make_month, visit, monkeypatch
):
    monkeypatch.setattr(closing, "AT_ONCE", 2)
    valley = await make_month(3)
    await valley.close(SEPTEMBER, notify=False)
    office = await visit(valley.officer)
    first = await office.get(PAGE)
    assert "ar-alert-warning" in first.text
    assert 'action="/office/settlements"' not in first.text
    assert WHOLE in links_in(first.text)
