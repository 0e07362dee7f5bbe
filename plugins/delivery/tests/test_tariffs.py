"""What the courier asks, and who may say so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arengo_core.errors import ForbiddenError, InvalidInputError, NotActiveError
from arengo_delivery.contract import Delivery
from arengo_delivery.tariffs import service
from arengo_delivery.tariffs.schedule import DEFAULTS, ELSEWHERE, VALLEY, Band, Schedule, check

_bands = st.lists(
    st.builds(Band, st.integers(1, 50_000), st.integers(0, 50_000)),
    max_size=8,
    unique_by=lambda band: band.up_to_grams,
)


@given(_bands, st.integers(0, 60_000))
def test_the_price_is_that_of_the_lightest_band_that_holds_the_weight(bands, weight):
    schedule = Schedule({VALLEY: check(tuple(bands))}, frozenset({"014036"}))
    price = schedule.price(weight, "014036")
    holding = [band for band in bands if band.up_to_grams >= weight]
    if not holding:
        assert price is None
    else:
        assert price == min(holding, key=lambda band: band.up_to_grams).price


def test_a_municipality_has_its_own_prices_then_those_of_its_zone():
    own = (Band(1_000, 111),)
    schedule = Schedule({"014036": own}, frozenset({"014036", "014013"}))
    assert schedule.price(900, "014036") == 111
    assert schedule.price(1_001, "014036") is None
    assert schedule.price(900, "014013") == DEFAULTS[VALLEY][0].price
    assert schedule.price(900, "015146") == DEFAULTS[ELSEWHERE][0].price


@pytest.mark.parametrize(
    "bands",
    [
        (Band(1_000, 100), Band(1_000, 200)),
        (Band(0, 100),),
        (Band(1_000, -1),),
        (Band(1_000, 50_001),),
        (Band(50_001, 100),),
    ],
)
def test_impossible_bands_are_refused_naming_the_field(bands):
    with pytest.raises(InvalidInputError) as caught:
        check(bands)
    assert caught.value.field == "bands"


async def _options(host, valley, weight=1_200, istat="014036", merchant=None):
    shop = merchant or valley.shop.id
    async with host.unit_of_work(read_only=True) as uow:
        delivery = await host.capability(uow, Delivery, shop)
        return (await delivery.options({shop: weight}, valley.consortium.id, istat))[shop]


async def test_a_checkout_is_offered_the_courier_and_the_points(host, valley):
    courier, pick_up = await _options(host, valley)
    assert (courier.key, courier.price.amount) == ("valley-courier:standard", 390)
    assert (pick_up.key, pick_up.price.amount) == ("pick-up-point:counter", 0)
    assert [point.name for point in pick_up.points] == ["Municipio"]
    assert courier.points == ()


async def test_without_a_destination_or_with_too_much_weight_no_courier_comes(host, valley):
    assert [o.kind for o in await _options(host, valley, istat=None)] == ["pick_up"]
    assert [o.kind for o in await _options(host, valley, weight=30_001)] == ["pick_up"]


async def test_without_active_delivery_nothing_is_offered(host, valley, make_merchant):
    stranger = await make_merchant(valley.consortium.id, valley.other_town.id)
    with pytest.raises(NotActiveError):
        await _options(host, valley, merchant=stranger.id)


async def test_the_office_sets_prices_and_nobody_else(host, valley, caller_for):
    bands = (Band(5_000, 250), Band(1_000, 150))
    for person in (valley.town.person, valley.shop.person, valley.clerk):
        caller = await caller_for(person)
        with pytest.raises(ForbiddenError):
            async with host.unit_of_work(caller) as uow:
                await service.put(
                    host,
                    uow,
                    consortium_id=valley.consortium.id,
                    destination="014036",
                    bands=bands,
                )
    assert (await _options(host, valley))[0].price.amount == 390
    officer = await caller_for(valley.consortium.officer)
    async with host.unit_of_work(officer) as uow:
        await service.put(
            host, uow, consortium_id=valley.consortium.id, destination="014036", bands=bands
        )
    assert (await _options(host, valley))[0].price.amount == 250
    assert (await _options(host, valley, istat="014019"))[0].price.amount == 390
    async with host.unit_of_work(officer) as uow:
        await service.put(
            host, uow, consortium_id=valley.consortium.id, destination=ELSEWHERE, bands=()
        )
    assert [o.kind for o in await _options(host, valley, istat="015146")] == ["pick_up"]
    async with host.unit_of_work(officer) as uow:
        await service.remove(uow, consortium_id=valley.consortium.id, destination="014036")
    assert (await _options(host, valley))[0].price.amount == 390


async def test_a_destination_outside_the_consortium_is_refused(host, valley, caller_for):
    officer = await caller_for(valley.consortium.officer)
    async with host.unit_of_work(officer) as uow:
        with pytest.raises(InvalidInputError) as caught:
            await service.put(
                host, uow, consortium_id=valley.consortium.id, destination="015146", bands=()
            )
    assert caught.value.field == "destination"


async def test_a_points_keeper_without_delivery_offers_no_point(host, valley, make_consortium):
    other = await make_consortium(("014013",))
    async with host.unit_of_work(read_only=True) as uow:
        delivery = host.continuing(uow, Delivery)
        options = await delivery.options({valley.shop.id: 1_000}, other.id, "014036")
        found = options[valley.shop.id]
    assert [option.kind for option in found] == ["courier"]


async def test_the_office_edits_prices_on_its_page(host, valley, visit):
    officer = await visit(valley.consortium.officer)
    listed = await officer.get("/office/delivery")
    assert listed.status_code == 200
    assert "Municipio" in listed.text
    form = await officer.get("/office/delivery/tariffs/014036")
    assert form.status_code == 200
    assert 'value="3,90"' in form.text
    wrong = await officer.post(
        "/office/delivery/tariffs/014036", {"kg_0": "2", "price_0": "quattro"}
    )
    assert wrong.status_code == 400
    assert "quattro" in wrong.text
    done = await officer.post("/office/delivery/tariffs/014036", {"kg_0": "2,5", "price_0": "4,20"})
    assert done.status_code == 303
    assert (await _options(host, valley, weight=2_500))[0].price.amount == 420
    assert [o.kind for o in await _options(host, valley, weight=2_501)] == ["pick_up"]
    merchant = await visit(valley.shop.person)
    assert (await merchant.get("/office/delivery")).status_code == 403


async def test_anonymous_visitors_cannot_reach_the_office(valley, visit):
    answer = await (await visit()).get("/office/delivery")
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")
