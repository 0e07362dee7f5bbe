"""The demo's part: past payments can be refunded at a stand-in that remembers them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arengo_core import clock
from arengo_marketplace.contract import Marketplace
from arengo_payments.contract import PastPayment, Payments, PaymentState
from arengo_payments.demo import loading
from arengo_payments.demo.standin import config_of
from arengo_payments.gateways.providers import STANDIN
from arengo_payments.refunds.models import RefundState
from arengo_payments.standin.server import ThreadedServer, bind


@pytest.fixture
async def demo(valley, host, tmp_path):
    """The valley as the demo makes it, its stand-in's port chosen at the start."""
    before = host.settings
    listener = bind()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    host.settings = before.model_copy(
        update={"demo": True, "demo_links": {"stripe": address}, "data_dir": tmp_path}
    )
    async with host.unit_of_work(read_only=True) as uow:
        slug = (await host.continuing(uow, Marketplace).consortium(valley.id)).slug
    loading.COMPANIES[slug] = loading.COMPANIES["valmalenco"]
    await loading.name_collecting_entity(host, slug)
    yield valley, slug, listener
    del loading.COMPANIES[slug]
    host.settings = before
    listener.close()


async def _past(valley, days: int, method: str = "card", paid: bool = True) -> PastPayment:
    made = clock.now() - timedelta(days=days)
    return PastPayment(valley.request(method=method), made, made if paid else None)


async def test_past_payments_are_booked_told_to_nobody_and_refundable(demo, host, run_jobs):
    valley, slug, listener = demo
    past = [
        await _past(valley, 40),
        await _past(valley, 30),
        await _past(valley, 20, method="counter"),
        await _past(valley, 10, method="counter", paid=False),
    ]
    async with host.unit_of_work() as uow:
        ids = await host.continuing(uow, Payments).record_past(past)
    found = [await valley.payment(payment_id) for payment_id in ids]
    assert [payment.state for payment in found] == [
        PaymentState.PAID,
        PaymentState.PAID,
        PaymentState.PAID,
        PaymentState.DUE,
    ]
    assert await valley.balances() == {"gateway": 4000, "bakery": -2500, "dairy": -1500}
    assert await valley.names_told(found[0].order_id) == []

    await loading.tell_standin(host, slug)
    config = config_of(host.settings.data_dir, listener.getsockname()[1], "http://localhost")
    assert config.webhook_url == f"http://localhost{valley.webhook_path}"
    with ThreadedServer(config, listener):
        refund = await valley.refund(found[0], 500)
        await run_jobs()
        assert (await valley.refund_row(refund)).state == RefundState.DONE
        fresh, opened = await valley.checkout()
    assert (await valley.balances())["gateway"] == 3500
    assert opened.url is not None

    again = bind()
    config = config_of(host.settings.data_dir, again.getsockname()[1], "http://localhost")
    host.settings = host.settings.model_copy(update={"demo_links": {"stripe": config.origin}})
    with ThreadedServer(config, again):
        rest = await valley.refund(found[0], 750)
        await run_jobs()
        assert (await valley.refund_row(rest)).state == RefundState.DONE
        await valley.desk.close(fresh.id)
    assert (await valley.payment(fresh.id)).state is PaymentState.EXPIRED


async def test_outside_the_demo_the_stand_in_is_nobodys_gateway(demo, host):
    valley, _, _ = demo
    async with host.unit_of_work(valley.officer, read_only=True) as uow:
        entity = await host.continuing(uow, Marketplace).collecting_entity(valley.id)
    assert entity is not None
    assert entity.gateway_settings["api_base"] == STANDIN
    payment = await valley.prepare()
    host.settings = host.settings.model_copy(update={"demo": False})
    from arengo_core.errors import SettingsError

    with pytest.raises(SettingsError):
        await valley.desk.open(payment.id)
    assert (await valley.payment(payment.id)).state is PaymentState.PENDING


async def test_a_companion_is_never_a_part_of_serving():
    import inspect

    from arengo_core.cli import serve

    assert "companion" not in inspect.getsource(serve).lower()
