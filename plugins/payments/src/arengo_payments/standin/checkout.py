"""Checkout Sessions: made, paid, expired."""

from __future__ import annotations

from arengo_payments.standin.cards import TestCard
from arengo_payments.standin.errors import invalid
from arengo_payments.standin.forms import Json
from arengo_payments.standin.params import CreateIntent, CreateSession, LineItem
from arengo_payments.standin.payments import Payer, attempt, cancel_intent, create_intent
from arengo_payments.standin.world import Checkout, World, metadata, new_id

SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60
SMALLEST_AMOUNT = 50


def create_session(world: World, params: CreateSession) -> Json:
    """An open session with its page. Raises ApiError."""
    expires_at = world.now() + LONGEST if params.expires_at is None else params.expires_at
    if not SHORTEST <= expires_at - world.now() <= LONGEST:
        raise invalid(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout"
            " Session creation.",
            "expires_at",
        )
    if params.customer is not None:
        world.get("customer", params.customer, "customer")
    currencies = {item.price_data.currency.lower() for item in params.line_items}
    if len(currencies) > 1:
        raise invalid("All line items must have the same currency.", "line_items")
    items = [_item(world, item) for item in params.line_items]
    amount = sum(item["amount_total"] for item in items)
    if amount < SMALLEST_AMOUNT:
        raise invalid(
            "The Checkout Session's total amount due must add up to at least 0.50.",
            code="amount_too_small",
        )
    session = world.new(
        "checkout.session",
        "cs_test_",
        adaptive_pricing=None,
        after_expiration=None,
        allow_promotion_codes=None,
        amount_subtotal=amount,
        amount_total=amount,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        billing_address_collection=None,
        cancel_url=params.cancel_url,
        client_reference_id=params.client_reference_id,
        client_secret=None,
        collected_information=None,
        consent=None,
        consent_collection=None,
        currency=currencies.pop(),
        currency_conversion=None,
        custom_fields=[],
        custom_text={
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        customer=params.customer,
        customer_creation="if_required",
        customer_details=None,
        customer_email=params.customer_email,
        discounts=[],
        expires_at=expires_at,
        invoice=None,
        livemode=False,
        locale=params.locale,
        metadata=metadata(params.metadata),
        mode="payment",
        payment_intent=None,
        payment_link=None,
        payment_method_collection="if_required",
        payment_method_configuration_details=None,
        payment_method_options={},
        payment_method_types=["card"],
        payment_status="unpaid",
        permissions=None,
        recovered_from=None,
        saved_payment_method_options=None,
        setup_intent=None,
        shipping_address_collection=None,
        shipping_cost=None,
        shipping_options=[],
        status="open",
        submit_type=None,
        subscription=None,
        success_url=params.success_url,
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        ui_mode="hosted_page",
    )
    session["url"] = f"{world.origin}/c/pay/{session['id']}"
    world.checkouts[session["id"]] = Checkout(items, params.payment_intent_data)
    return session


def expire_session(world: World, session: Json) -> Json:
    """Close an open session. Raises ApiError for one that is closed."""
    if session["status"] != "open":
        raise invalid(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of {session['status']}."
        )
    session.update(status="expired", url=None)
    if session["payment_intent"] is not None:
        cancel_intent(world, world.get("payment_intent", session["payment_intent"]), "abandoned")
    world.emit("checkout.session.expired", session)
    return session


def expire_due(world: World) -> None:
    """Close the open sessions whose time has come."""
    for session in world.all("checkout.session"):
        if session["status"] == "open" and session["expires_at"] <= world.now():
            expire_session(world, session)


def pay(world: World, session: Json, card: TestCard, payer: Payer) -> None:
    """One attempt on the page; the payment is made at the first. Raises ApiError when declined."""
    if session["payment_intent"] is None:
        data = world.checkouts[session["id"]].intent_data
        intent = create_intent(
            world,
            CreateIntent(
                amount=session["amount_total"],
                currency=session["currency"],
                customer=session["customer"],
                description=data.description,
                metadata=data.metadata,
                transfer_group=data.transfer_group,
            ),
        )
        session["payment_intent"] = intent["id"]
    intent = world.get("payment_intent", session["payment_intent"])
    session["customer_details"] = {
        "address": None,
        "business_name": None,
        "email": payer.email,
        "individual_name": None,
        "name": payer.name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    attempt(world, intent, card, payer, session["url"])
    complete_if_paid(world, session)


def complete_if_paid(world: World, session: Json) -> None:
    """Complete the session when its payment has succeeded."""
    intent = world.get("payment_intent", session["payment_intent"])
    if intent["status"] == "succeeded" and session["status"] == "open":
        session.update(status="complete", payment_status="paid", url=None)
        world.emit("checkout.session.completed", session)


def session_of(world: World, intent: Json) -> Json | None:
    """The session that made a payment."""
    sessions = world.all("checkout.session")
    return next((item for item in sessions if item["payment_intent"] == intent["id"]), None)


def success_url(session: Json) -> str:
    """Where the payer goes after paying."""
    return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])


def _item(world: World, item: LineItem) -> Json:
    data = item.price_data
    amount = data.unit_amount * item.quantity
    price = world.new(
        "price",
        "price_",
        active=False,
        billing_scheme="per_unit",
        currency=data.currency.lower(),
        custom_unit_amount=None,
        livemode=False,
        lookup_key=None,
        metadata={},
        nickname=None,
        product=new_id("prod_"),
        recurring=None,
        tax_behavior=data.tax_behavior,
        tiers_mode=None,
        transform_quantity=None,
        type="one_time",
        unit_amount=data.unit_amount,
        unit_amount_decimal=str(data.unit_amount),
    )
    return {
        "id": new_id("li_"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": data.product_data.name,
        "metadata": {},
        "price": price,
        "quantity": item.quantity,
    }
