"""The second step of the what-if page: another rule or price plan for a service, in fields."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.web.forms import Form
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.costs.what_if import ChangeKind
from arengo_marketplace.offers import price_form, rule_form, rule_view
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.rule_choices import choices_in
from arengo_marketplace.offers.terms import allocation_keys, check_plan, check_rule
from arengo_marketplace.titles import service_title

KINDS = (ChangeKind.RULE, ChangeKind.PLAN)


async def offer_asked(uow: UnitOfWork, form: Form) -> Offer | None:
    """The offer of which another rule or plan is asked; None for other changes.

    InvalidInputError where none is chosen.
    """
    if form["kind"] not in KINDS:
        return None
    return await offers.offer_of(uow, form.uuid("offer_id"))


async def fields(
    uow: UnitOfWork, host: Host, offer: Offer, form: Form, typed: Form | None
) -> dict[str, Any]:
    """What the fields show: what was typed, else what the address asks, else what holds today."""
    values: dict[str, str] = {}
    shown: dict[str, Any] = {
        "kind": form["kind"],
        "offer": offer,
        "title": service_title(host.registry, offer.service),
        "values": values,
        "errors": typed.errors if typed else {},
    }
    if form["kind"] == ChangeKind.RULE:
        choices = await choices_in(uow, host, offer.organization_id, offer.cost_bearers)
        return shown | {"rule": rule_view.shown(choices, _rule(host, offer, form), values, typed)}
    described = offers.service_of(host.registry, offer.service)
    values |= price_form.values_of(_plan(offer, form), described)
    if typed is not None:
        values.clear()
        values |= typed
    return shown | {
        "meters": [(meter.key, gettext(meter.title)) for meter in described.meters],
        "tiers": price_form.choices(described),
    }


async def address_of(uow: UnitOfWork, host: Host, offer: Offer, typed: Form) -> str:
    """The address that asks what the fields say. InvalidInputError naming the field at fault."""
    if typed["kind"] == ChangeKind.RULE:
        choices = await choices_in(uow, host, offer.organization_id, offer.cost_bearers)
        document = rule_form.needed_rule(typed, choices).to_json()
    else:
        described = offers.service_of(host.registry, offer.service)
        document = check_plan(price_form.plan_of(typed, described)).to_json()
    asked = {
        "kind": typed["kind"],
        "offer_id": str(offer.id),
        typed["kind"]: msgspec.json.encode(document).decode(),
    }
    return f"/office/what-if?{urlencode(asked)}"


def _rule(host: Host, offer: Offer, form: Form) -> CostRule:
    """The rule of the address; today's where there is none or it cannot be read."""
    try:
        if form["rule"]:
            return check_rule(form["rule"], host.registry, "rule")
    except InvalidInputError as error:
        form.refuse(error)
    return offer.rule(allocation_keys(host.registry, host.guard))


def _plan(offer: Offer, form: Form) -> PricePlan:
    try:
        if form["plan"]:
            return check_plan(form["plan"], "plan")
    except InvalidInputError as error:
        form.refuse(error)
    return offer.plan
