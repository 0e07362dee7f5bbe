"""The demo's consortia: real municipalities, right numbers, one activation left to try."""

from __future__ import annotations

import pytest

from arengo_core.caller import OrganizationKind
from arengo_core.plugins import gate
from arengo_marketplace.demo import members, offers
from arengo_marketplace.demo.consortia import CONSORTIA
from arengo_marketplace.members import charter, directory
from arengo_marketplace.offers import repository

PROVINCES = {
    "valmalenco": (4, {"SO"}),
    "canavese": (162, {"TO"}),
    "marche-sud": (64, {"AP", "FM"}),
    "piemonte": (553, {"TO", "CN", "AT", "AL", "BI", "NO", "VB", "VC"}),
}


@pytest.mark.parametrize("slug", PROVINCES)
def test_each_consortium_has_the_programmes_number_of_real_municipalities(slug):
    count, provinces = PROVINCES[slug]
    towns = CONSORTIA[slug].towns()
    assert len({town.istat_code for town in towns}) == count
    assert {town.province_code for town in towns} <= provinces
    assert CONSORTIA[slug].is_illustrative == (slug != "valmalenco")


async def test_the_valley_stands_with_lanzadas_card_payments_left_to_try(fresh_host):
    host = fresh_host
    await members.load(host, "valmalenco")
    await offers.load(host, "valmalenco")
    async with host.unit_of_work(read_only=True) as uow:
        [consortium] = await directory.consortia(uow)
        towns = await directory.members(uow, consortium.id, OrganizationKind.MUNICIPALITY)
        shops = await directory.members(uow, consortium.id, OrganizationKind.MERCHANT)
        agreed = await charter.charter_of(uow, consortium.id)
        offered = await repository.of_consortium(uow.session, consortium.id)
        paying = await gate.active_members(uow.session, "payments", consortium.id)
    assert sum(town.population or 0 for town in towns) == 5002
    assert len(shops) >= 12
    assert {shop.seat_id for shop in shops} == {town.organization_id for town in towns}
    lanzada = next(town.organization_id for town in towns if town.name == "Lanzada")
    expected = {town.organization_id for town in towns} - {lanzada}
    expected |= {shop.organization_id for shop in shops if shop.seat_id != lanzada}
    assert set(paying) == expected
    assert "payments" in {offer.service for offer in offered}
    lead = next(town for town in towns if town.organization_id == agreed.lead_id)
    assert lead.name == "Chiesa in Valmalenco"
    async with host.unit_of_work() as uow:
        for email in ("office@valmalenco.example", "officer@lanzada.example"):
            assert await host.identity.sign_in(uow, email=email, password=members.PASSWORD)
