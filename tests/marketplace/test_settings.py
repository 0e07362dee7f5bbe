"""Settings of a service: read, encrypted, masked, kept."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import text

from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, InvalidInputError, NotActiveError
from arengo_marketplace.activations import service
from arengo_marketplace.contract import Marketplace
from tests.marketplace.conftest import TolkSettings

KEY = "sk_quite_secret"


async def _settings(host, member_id):
    async with host.unit_of_work(read_only=True) as uow:
        return await host.continuing(uow, Marketplace).settings("tolk", member_id)


async def test_settings_come_back_as_the_services_own_type(
    host, make_consortium, make_offer, activate
):
    made = await make_consortium()
    await activate(
        made.lead.id,
        await make_offer(made.id, "tolk"),
        settings={"sender": "Comune", "api_key": KEY, "copies": "3", "rate": "1,25", "loud": "yes"},
    )
    assert await _settings(host, made.lead.id) == TolkSettings(
        sender="Comune", api_key=KEY, tone="plain", copies=3, rate=Decimal("1.25"), loud=True
    )


async def test_secrets_are_encrypted_masked_and_kept_when_left_empty(
    host, make_consortium, make_offer, activate, visit
):
    made = await make_consortium()
    activation = await activate(
        made.lead.id,
        await make_offer(made.id, "tolk"),
        settings={"sender": "Comune", "api_key": KEY},
    )
    async with host.unit_of_work(Caller.program([made.lead.id]), read_only=True) as uow:
        row = await uow.session.execute(
            text("select cast(a as text) from marketplace.activation a where id = :id"),
            {"id": activation.id},
        )
        assert KEY not in row.scalar_one()
    visitor = await visit(made.lead_officer)
    path = f"/office/activations/{activation.id}"
    page = await visitor.get(path)
    assert 'type="password"' in page.text
    assert KEY not in page.text

    saved = await visitor.post(
        f"{path}/settings", {"sender": "Altri", "api_key": "", "copies": "2"}
    )
    assert saved.status_code == 303
    found = await _settings(host, made.lead.id)
    assert (found.sender, found.api_key, found.copies) == ("Altri", KEY, 2)

    wrong = await visitor.post(f"{path}/settings", {"sender": "", "api_key": "new", "copies": "x"})
    assert wrong.status_code == 400
    assert (await _settings(host, made.lead.id)).sender == "Altri"
    assert (await _settings(host, made.lead.id)).api_key == KEY


async def test_the_service_starts_only_with_the_settings_it_needs(
    host, make_consortium, make_offer, caller_for
):
    made = await make_consortium()
    offer = await make_offer(made.id, "tolk")
    caller = await caller_for(made.lead_officer)
    async with host.unit_of_work(caller) as uow:
        activation = await service.request(uow, host, offer_id=offer.id, member_id=made.lead.id)
    assert activation.state == "approved"
    with pytest.raises(NotActiveError):
        await _settings(host, made.lead.id)
    with pytest.raises(ConflictError):
        async with host.unit_of_work(caller) as uow:
            await service.confirm(uow, host, activation_id=activation.id)
    async with host.unit_of_work(caller) as uow:
        await service.change_settings(
            uow,
            host,
            activation_id=activation.id,
            values={"sender": "Comune", "api_key": KEY},
        )
        await service.confirm(uow, host, activation_id=activation.id)
    assert (await _settings(host, made.lead.id)).api_key == KEY


@pytest.mark.parametrize(
    ("field", "value"),
    [("tone", "angry"), ("copies", "many"), ("rate", "nan"), ("sender", "x" * 5000)],
)
async def test_a_wrong_value_names_its_field(host, make_consortium, make_offer, field, value):
    made = await make_consortium()
    offer = await make_offer(made.id, "tolk")
    with pytest.raises(InvalidInputError) as refused:
        async with host.unit_of_work(Caller.program([made.lead.id])) as uow:
            await service.request(
                uow,
                host,
                offer_id=offer.id,
                member_id=made.lead.id,
                settings_values={"sender": "Comune", "api_key": KEY, field: value},
            )
    assert refused.value.field == field


async def test_a_covered_merchant_uses_its_municipalitys_settings(
    host, make_consortium, make_merchant, make_offer, activate
):
    made = await make_consortium()
    shop = await make_merchant(made.id, made.lead.id)
    offer = await make_offer(made.id, "tolk", covers_merchants=True)
    with pytest.raises(NotActiveError):
        await _settings(host, shop.id)
    await activate(made.lead.id, offer, settings={"sender": "Comune", "api_key": KEY})
    assert (await _settings(host, shop.id)).sender == "Comune"
    await activate(shop.id, offer, settings={"sender": "Bottega", "api_key": "own"})
    assert (await _settings(host, shop.id)).sender == "Bottega"
