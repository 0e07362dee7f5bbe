"""Demo step: services on offer, and who has switched them on since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from arengo_core.caller import Caller, OrganizationKind
from arengo_core.host import Host
from arengo_core.i18n import current_locale, gettext
from arengo_core.ids import new_id
from arengo_core.organizations import repository as organizations
from arengo_core.plugins.grants import DataGrant, wording
from arengo_core.plugins.models import ActiveService, BegunService
from arengo_marketplace.activations.models import Activation, ActivationChange
from arengo_marketplace.consents.models import Consent
from arengo_marketplace.contract import Member
from arengo_marketplace.demo.timeline import month_back, morning_of, services_since
from arengo_marketplace.members import directory
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.models import Offer

_LANZADA = "014036"
_SPRIANA = "014062"


@dataclass(frozen=True, slots=True)
class DemoOffer:
    """An offer of the demo: amounts in euro, rule in per cent, usage by the meter.

    ``a_head`` is how many units a month an inhabitant is expected to use; ``indexed`` lets the
    prices follow an index of invented figures.
    """

    service: str
    yearly: int
    rule: dict[str, int]
    meter: str = ""
    rate: str = ""
    fee: str = ""
    a_head: str = "0"
    per_inhabitant: str = ""
    indexed: bool = False


OFFERS = (
    DemoOffer(
        "payments",
        yearly=600,
        rule={"equal": 40, "population": 30, "usage": 30},
        meter="payments.transactions",
        rate="0.18",
        fee="0.05",
        a_head="0.02",
    ),
    DemoOffer(
        "delivery",
        yearly=1800,
        rule={"equal": 30, "population": 30, "usage": 40},
        meter="delivery.parcels",
        rate="1.10",
        fee="0.40",
        a_head="0.01",
        indexed=True,
    ),
    DemoOffer(
        "storefront", yearly=900, rule={"equal": 50, "population": 50}, per_inhabitant="0.12"
    ),
    DemoOffer(
        "communications",
        yearly=360,
        rule={"equal": 30, "population": 70},
        meter="messages.sent",
        rate="0.002",
        a_head="0.2",
    ),
)


def _plan(offer: DemoOffer) -> dict[str, Any]:
    charges: list[dict[str, Any]] = [
        {
            "type": "fixed",
            "label": "Canone annuo",
            "amount": offer.yearly * 100,
            "every": "year",
        }
    ]
    if offer.per_inhabitant:
        charges.append(
            {
                "type": "tiered",
                "label": "Quota per abitante",
                "over": "inhabitants",
                "tiers": [{"rate": offer.per_inhabitant}],
            }
        )
    if offer.rate:
        charges.append(
            {"type": "unit", "label": "A consumo", "meter": offer.meter, "rate": offer.rate}
        )
    return {"charges": charges} | ({"index": _index()} if offer.indexed else {})


def _index() -> dict[str, Any]:
    base = month_back(6).start
    figure = {
        "month": f"{base:%Y-%m}",
        "value": "121.4",
        "source": "inventato (demo)",
        "published_on": month_back(5).start.isoformat(),
    }
    return {
        "name": "ISTAT FOI (demo)",
        "first": f"{services_since():%Y-%m}",
        "base": f"{base:%Y-%m}",
        "share": "75",
        "cap": "3",
        "figures": [figure],
    }


def _rule(offer: DemoOffer) -> dict[str, Any]:
    return {
        "parts": [
            {"key": key, "weight": weight, **({"meter": offer.meter} if key == "usage" else {})}
            for key, weight in offer.rule.items()
        ]
    }


async def load(host: Host, slug: str) -> None:
    """Put the installed services on offer; municipalities have them for some months.

    Lanzada has no card payments yet: switching them on is left to whoever tries the demo.
    """
    async with host.unit_of_work() as uow:
        consortium = await organizations.by_slug(uow.session, slug)
        assert consortium is not None, "the step before made it"
        towns = await directory.members(uow, consortium.id, OrganizationKind.MUNICIPALITY)
        shops = await directory.members(uow, consortium.id, OrganizationKind.MERCHANT)
    scope = [consortium.id, *(town.organization_id for town in towns)]
    async with host.unit_of_work(Caller.program(scope)) as uow:
        for terms in OFFERS:
            if terms.service not in host.registry.services:
                continue
            offer = await offers.create(
                uow,
                host,
                consortium_id=consortium.id,
                service=terms.service,
                price_plan=_plan(terms),
                cost_rule=_rule(terms),
                covers_merchants=True,
                fees=[{"meter": terms.meter, "label": "Contributo", "rate": terms.fee}]
                if terms.fee
                else [],
                valid_from=services_since(),
            )
            started = [town for town in towns if _takes_part(terms.service, town)]
            asked = host.registry.asked_by(terms.service)
            agreed = [grant.key for grant in asked]
            rows = [_activation(offer, terms, town, agreed) for town in started]
            await uow.session.execute(insert(Activation), rows)
            await uow.session.execute(
                insert(ActivationChange),
                [
                    change
                    for row, town in zip(rows, started, strict=True)
                    for change in _changes(row, _since(terms.service, town))
                ],
            )
            if asked:
                version = host.registry.plugin(
                    host.registry.services[terms.service].plugin
                ).manifest.version
                await uow.session.execute(
                    insert(Consent), [_consent(row, version, asked) for row in rows]
                )
            gates = _gates(rows, shops)
            await uow.session.execute(insert(ActiveService), gates)
            await uow.session.execute(insert(BegunService), [_begun(gate) for gate in gates])


def _takes_part(service: str, town: Member) -> bool:
    return not (service == "payments" and town.istat_code == _LANZADA)


def _since(service: str, town: Member) -> date:
    """Spriana joined delivery later, in the middle of a month."""
    late = service == "delivery" and town.istat_code == _SPRIANA
    return month_back(2).start + timedelta(days=9) if late else services_since()


def _activation(offer: Offer, terms: DemoOffer, town: Member, agreed: list[str]) -> dict[str, Any]:
    units = round(Decimal(terms.a_head) * (town.population or 0))
    return {
        "id": new_id(),
        "organization_id": town.organization_id,
        "consortium_id": offer.organization_id,
        "offer_id": offer.id,
        "service": offer.service,
        "state": "active",
        "settings": {},
        "secrets": None,
        "forecast": {terms.meter: str(units)} if terms.meter else {},
        "created_at": morning_of(_since(terms.service, town)),
        "agreed": agreed,
    }


def _consent(row: dict[str, Any], version: str, asked: Sequence[DataGrant]) -> dict[str, Any]:
    """What the demo's towns agreed to; by the program, as all that the demo invents."""
    return {
        "id": new_id(),
        "organization_id": row["organization_id"],
        "consortium_id": row["consortium_id"],
        "activation_id": row["id"],
        "service": row["service"],
        "version": version,
        "act": "given",
        "grants": {grant.key: gettext(grant.title) for grant in asked},
        "wording": wording(asked),
        "locale": current_locale(),
        "at": row["created_at"],
        "by": None,
        "acting_for": row["organization_id"],
    }


def _changes(row: dict[str, Any], day: date) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(),
            "organization_id": row["organization_id"],
            "consortium_id": row["consortium_id"],
            "activation_id": row["id"],
            "state": state,
            "at": morning_of(day, minutes=minutes),
            "by": None,
            "why": "",
        }
        for minutes, state in enumerate(("requested", "approved", "active"))
    ]


def _gates(rows: Sequence[dict[str, Any]], shops: Sequence[Member]) -> list[dict[str, Any]]:
    """The gates of the members and of the merchants whom they cover."""
    by_town: dict[UUID, dict[str, Any]] = {row["organization_id"]: row for row in rows}
    gates = [_gate(row, row["organization_id"], None) for row in rows]
    gates += [
        _gate(by_town[shop.seat_id], shop.organization_id, shop.seat_id)
        for shop in shops
        if shop.seat_id is not None and shop.seat_id in by_town
    ]
    return gates


def _gate(row: dict[str, Any], organization_id: UUID, covered_by: UUID | None) -> dict[str, Any]:
    return {
        "organization_id": organization_id,
        "service": row["service"],
        "activation_id": row["id"],
        "consortium_id": row["consortium_id"],
        "covered_by": covered_by,
        "grants": row["agreed"],
    }


def _begun(gate: dict[str, Any]) -> dict[str, Any]:
    return {"organization_id": gate["organization_id"], "service": gate["service"]}
