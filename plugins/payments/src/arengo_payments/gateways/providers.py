"""The gateways as providers, and how a consortium's own is reached."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

from arengo_core.errors import SettingsError, UnavailableError
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.plugins.contributions import Provider
from arengo_marketplace.contract import CollectingEntity
from arengo_payments.base import COUNTER
from arengo_payments.contract import OutcomeUnknown, PaymentGateway
from arengo_payments.gateways.counter import CounterGateway
from arengo_payments.gateways.stripe_gateway import StripeGateway, StripeSettings

STRIPE = "stripe"
STANDIN = "demo"  # the API base that stands for the demo's own stand-in
LIVE_API = "https://api.stripe.com"
TIME_LIMIT = 25.0

_Outcome = TypeVar("_Outcome")


def _api_base(host: Host, value: str) -> str:
    """The address of Stripe's API; the demo's stand-in has another one at each start."""
    if value != STANDIN:
        return (value or LIVE_API).rstrip("/")
    address = host.settings.demo_links.get(STRIPE) if host.settings.demo else None
    if address is None:
        raise SettingsError("The stand-in for Stripe runs in the demo alone: enter real keys.")
    return address


def make_stripe(host: Host, settings: Mapping[str, Any]) -> StripeGateway:
    """Stripe with an account's keys; one instance an event loop, for it keeps connections."""
    wanted = StripeSettings(
        secret_key=settings.get("secret_key", ""),
        webhook_secret=settings.get("webhook_secret", ""),
        api_base=_api_base(host, settings.get("api_base", "")),
    )
    kept: dict[tuple[int, StripeSettings], StripeGateway] = host.state.setdefault(
        "payments.stripe", {}
    )
    key = (id(asyncio.get_running_loop()), wanted)
    if key not in kept:
        kept[key] = StripeGateway(wanted, host.outbound.transport(time_limit=wanted.time_limit))
    return kept[key]


def _make_counter(_host: Host, _settings: Mapping[str, Any]) -> CounterGateway:
    return CounterGateway()


PROVIDERS = [
    Provider(PaymentGateway, STRIPE, N_("Stripe"), make_stripe),
    Provider(PaymentGateway, COUNTER, N_("Pay at the counter"), _make_counter),
]


def gateway_named(host: Host, key: str, settings: Mapping[str, str]) -> PaymentGateway:
    """A gateway with an account's settings. SettingsError when no plugin brings it."""
    # Without the cast pyright takes a Protocol for a class that cannot be made.
    contract: Any = PaymentGateway
    return host.provider(contract, key, dict(settings), time_limit=TIME_LIMIT)


def gateway_of(host: Host, entity: CollectingEntity | None, key: str) -> PaymentGateway | None:
    """The gateway that holds a payment; None where the consortium has it no more."""
    if key == COUNTER:
        return gateway_named(host, COUNTER, {})
    if entity is None or entity.gateway != key:
        return None
    return gateway_named(host, key, entity.gateway_settings)


async def outcome_of(call: Awaitable[_Outcome]) -> _Outcome | OutcomeUnknown:
    """A gateway's answer; one that broke or came too late is an unknown outcome."""
    try:
        return await call
    except UnavailableError as error:
        return OutcomeUnknown(str(error))
