"""The request parameters that the stand-in takes; others are refused by name, as Stripe does."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from arengo_payments.standin.errors import ApiError, invalid
from arengo_payments.standin.forms import Json

Metadata = dict[Annotated[str, Meta(max_length=40)], Annotated[str, Meta(max_length=500)]]
Currency = Annotated[str, Meta(pattern="^[A-Za-z]{3}$")]
Positive = Annotated[int, Meta(ge=1)]
Url = Annotated[str, Meta(pattern="^https?://", max_length=5000)]


class Params(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What any request may carry."""

    expand: list[str] = msgspec.field(default_factory=list[str])


class Part(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A nested parameter."""


class ProductData(Part):
    name: Annotated[str, Meta(min_length=1)]
    description: str | None = None
    metadata: Metadata = {}


class PriceData(Part):
    currency: Currency
    unit_amount: Annotated[int, Meta(ge=0)]
    product_data: ProductData
    tax_behavior: Literal["inclusive", "exclusive", "unspecified"] = "unspecified"


class LineItem(Part):
    price_data: PriceData
    quantity: Positive


class PaymentIntentData(Part):
    description: str | None = None
    metadata: Metadata = {}
    transfer_group: str | None = None
    statement_descriptor_suffix: str | None = None


class CreateSession(Params):
    mode: Literal["payment"]
    line_items: Annotated[list[LineItem], Meta(min_length=1, max_length=100)]
    success_url: Url
    cancel_url: Url | None = None
    client_reference_id: Annotated[str, Meta(max_length=200)] | None = None
    customer: str | None = None
    customer_email: Annotated[str, Meta(pattern="^[^@\\s]+@[^@\\s]+$")] | None = None
    expires_at: int | None = None
    locale: Literal["auto", "en", "it"] | None = None
    metadata: Metadata = {}
    payment_intent_data: PaymentIntentData = msgspec.field(default_factory=PaymentIntentData)
    payment_method_types: list[Literal["card"]] = msgspec.field(
        default_factory=lambda: list[Literal["card"]](["card"])
    )


class CreateIntent(Params):
    amount: Positive
    currency: Currency
    confirm: bool = False
    customer: str | None = None
    description: str | None = None
    metadata: Metadata = {}
    payment_method: str | None = None
    payment_method_types: list[Literal["card"]] | None = None
    receipt_email: str | None = None
    return_url: Url | None = None
    transfer_group: str | None = None


class ConfirmIntent(Params):
    payment_method: str | None = None
    return_url: Url | None = None


class CancelIntent(Params):
    cancellation_reason: (
        Literal["abandoned", "duplicate", "fraudulent", "requested_by_customer"] | None
    ) = None


class CreateRefund(Params):
    amount: Positive | None = None
    charge: str | None = None
    payment_intent: str | None = None
    metadata: Metadata = {}
    reason: Literal["duplicate", "fraudulent", "requested_by_customer"] | None = None


class CreateCustomer(Params):
    email: str | None = None
    name: str | None = None
    description: str | None = None
    metadata: Metadata = {}


class CreateAccount(Params):
    type: Literal["custom", "express", "standard"] = "standard"
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] = "IT"
    email: str | None = None
    business_type: Literal["company", "government_entity", "individual", "non_profit"] | None = None
    metadata: Metadata = {}


class CreateTransfer(Params):
    amount: Positive
    currency: Currency
    destination: str
    description: str | None = None
    metadata: Metadata = {}
    source_transaction: str | None = None
    transfer_group: str | None = None


class Range(Part):
    gt: int | None = None
    gte: int | None = None
    lt: int | None = None
    lte: int | None = None


class Listing(Params):
    """Paging, and the filters that some lists know."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 10
    starting_after: str | None = None
    created: Range | None = None
    charge: str | None = None
    payment_intent: str | None = None
    transfer_group: str | None = None
    type: str | None = None


ParamsType = TypeVar("ParamsType", bound=Params)

_FIELD = re.compile(r"`(?P<name>[^`]+)`(?: - at `\$\.?(?P<path>[^`]*)`)?$")
_PATH = re.compile(r" - at `(?:key in )?\$\.?(?P<path>[^`]*)`$")


def read(data: Json, kind: type[ParamsType]) -> ParamsType:
    """Typed parameters. Raises ApiError (400) naming the parameter."""
    try:
        return msgspec.convert(data, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _refusal(str(error)) from None


def _refusal(text: str) -> ApiError:
    field = _FIELD.search(text)
    if field is not None and "unknown field" in text:
        name = _bracketed(field["path"], field["name"])
        message = f"Received unknown parameter: {name}, or one that this stand-in lacks"
        return invalid(message, name, "parameter_unknown")
    if field is not None and "missing required field" in text:
        name = _bracketed(field["path"], field["name"])
        return invalid(f"Missing required param: {name}.", name, "parameter_missing")
    place = _PATH.search(text)
    name = _bracketed(place["path"]) if place else None
    fault = _PATH.sub("", text)
    return invalid(f"Invalid {name or 'request'}: {fault}", name, "parameter_invalid")


def _bracketed(path: str | None, *more: Any) -> str:
    parts = [*re.findall(r"[^.\[\]]+", path or ""), *more]
    return parts[0] + "".join(f"[{'0' if part == '...' else part}]" for part in parts[1:])
