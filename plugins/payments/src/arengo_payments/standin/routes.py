"""The API's endpoints: path, parameters and what each does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from arengo_payments.standin import checkout, connect, payments
from arengo_payments.standin.errors import ApiError
from arengo_payments.standin.forms import Json
from arengo_payments.standin.params import (
    CancelIntent,
    ConfirmIntent,
    CreateAccount,
    CreateCustomer,
    CreateIntent,
    CreateRefund,
    CreateSession,
    CreateTransfer,
    Listing,
    Params,
    ParamsType,
    read,
)
from arengo_payments.standin.world import World, expanded, listing


class Route(NamedTuple):
    """An endpoint; `act` gets the world, the id in the path and the parameters."""

    method: str
    path: str
    params: type[Params]
    act: Callable[[World, str, Any], Json]

    @property
    def pattern(self) -> re.Pattern[str]:
        """The path with its id as a group."""
        return re.compile(self.path.replace("{id}", r"(?P<id>[^/]+)") + "$")


def perform(world: World, method: str, path: str, data: Json) -> Json:
    """Do what a request asks. Raises ApiError."""
    for route in ROUTES:
        match = route.pattern.match(path)
        if match is not None and route.method == method:
            params = read(data, route.params)
            reference = match.groupdict().get("id", "")
            return expanded(world, route.act(world, reference, params), params.expand)
    raise ApiError(404, f"Unrecognized request URL ({method}: {path}).")


def _create_intent(world: World, _: str, params: CreateIntent) -> Json:
    intent = payments.create_intent(world, params)
    if params.confirm:
        card = payments.card_of(params.payment_method)
        payments.attempt(world, intent, card, payments.Payer(), params.return_url)
    return intent


def _confirm_intent(world: World, reference: str, params: ConfirmIntent) -> Json:
    intent = world.get("payment_intent", reference, "intent")
    card = payments.card_of(params.payment_method)
    payments.attempt(world, intent, card, payments.Payer(), params.return_url)
    return intent


def _cancel_intent(world: World, reference: str, params: CancelIntent) -> Json:
    intent = world.get("payment_intent", reference, "intent")
    return payments.cancel_intent(world, intent, params.cancellation_reason)


def _line_items(world: World, reference: str, params: Listing) -> Json:
    session = world.get("checkout.session", reference, "session")
    items = world.checkouts[session["id"]].items
    return listing(items, f"/v1/checkout/sessions/{reference}/line_items", params)


def _balance(world: World, _: str, _params: Params) -> Json:
    return connect.balance(world)


def _create(path: str, kind: type[ParamsType], make: Callable[[World, ParamsType], Json]) -> Route:
    def act(world: World, _: str, params: ParamsType) -> Json:
        return make(world, params)

    return Route("POST", path, kind, act)


def _retrieve(path: str, kind: str) -> Route:
    def act(world: World, reference: str, _: Params) -> Json:
        return world.get(kind, reference)

    return Route("GET", f"{path}/{{id}}", Params, act)


def _list(path: str, kind: str) -> Route:
    def act(world: World, _: str, params: Listing) -> Json:
        return listing(world.all(kind), path, params)

    return Route("GET", path, Listing, act)


def _expire(world: World, reference: str, _: Params) -> Json:
    return checkout.expire_session(world, world.get("checkout.session", reference, "session"))


SESSIONS, INTENTS = "/v1/checkout/sessions", "/v1/payment_intents"

ROUTES: tuple[Route, ...] = (
    _create(SESSIONS, CreateSession, checkout.create_session),
    _list(SESSIONS, "checkout.session"),
    _retrieve(SESSIONS, "checkout.session"),
    Route("POST", f"{SESSIONS}/{{id}}/expire", Params, _expire),
    Route("GET", f"{SESSIONS}/{{id}}/line_items", Listing, _line_items),
    Route("POST", INTENTS, CreateIntent, _create_intent),
    _list(INTENTS, "payment_intent"),
    _retrieve(INTENTS, "payment_intent"),
    Route("POST", f"{INTENTS}/{{id}}/confirm", ConfirmIntent, _confirm_intent),
    Route("POST", f"{INTENTS}/{{id}}/cancel", CancelIntent, _cancel_intent),
    _list("/v1/charges", "charge"),
    _retrieve("/v1/charges", "charge"),
    _create("/v1/refunds", CreateRefund, payments.create_refund),
    _list("/v1/refunds", "refund"),
    _retrieve("/v1/refunds", "refund"),
    _create("/v1/customers", CreateCustomer, connect.create_customer),
    _retrieve("/v1/customers", "customer"),
    _create("/v1/accounts", CreateAccount, connect.create_account),
    _list("/v1/accounts", "account"),
    _retrieve("/v1/accounts", "account"),
    _create("/v1/transfers", CreateTransfer, connect.create_transfer),
    _list("/v1/transfers", "transfer"),
    _retrieve("/v1/transfers", "transfer"),
    Route("GET", "/v1/balance", Params, _balance),
    _list("/v1/events", "event"),
    _retrieve("/v1/events", "event"),
)
