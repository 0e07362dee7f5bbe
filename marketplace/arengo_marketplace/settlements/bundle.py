"""A settlement as one file, from which anybody recomputes it without database or network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from arengo_core.errors import InvalidInputError
from arengo_core.money import Money
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.frozen import Frozen
from arengo_marketplace.costs.grants import Costs, Purse, cover
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostPool
from arengo_marketplace.costs.spreading import Spread
from arengo_marketplace.costs.vat import Taxed
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.pools.service import pool_of_lines
from arengo_marketplace.settlements.models import SettledLine, SettledOffer, Settlement, Share

FORMAT = "arengo-settlement/1"


@dataclass(frozen=True, slots=True)
class Recomputed:
    """One member's share of one service, as the file says and as it comes out again."""

    service: str
    member: str
    stated: int
    computed: int | None

    @property
    def is_equal(self) -> bool:
        """Whether both are the same to the cent."""
        return self.stated == self.computed


@dataclass(frozen=True, slots=True)
class Verdict:
    """What recomputing a file gives; ``faults`` are in words."""

    digest: str
    shares: tuple[Recomputed, ...]
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every share is equal, and nothing else is amiss."""
        return not self.faults and all(share.is_equal for share in self.shares)


def content(
    settlement: Settlement,
    offers: Iterable[SettledOffer],
    lines: Iterable[SettledLine],
    shares: Iterable[Share],
    advanced: Mapping[UUID, int],
) -> dict[str, Any]:
    """The content of the file, without its digest; ``advanced`` is what members are credited."""
    by_offer: dict[UUID, list[dict[str, Any]]] = {}
    for line in sorted(lines, key=lambda one: (one.kind, one.line_id)):
        by_offer.setdefault(line.offer_id, []).append(_line(line))
    amounts: dict[UUID, dict[str, int]] = {}
    for share in shares:
        amounts.setdefault(share.offer_id, {})[str(share.organization_id)] = share.amount
    return {
        "format": FORMAT,
        "settlement": str(settlement.id),
        "consortium": str(settlement.organization_id),
        "period": {
            "from": settlement.starts_on.isoformat(),
            "to": settlement.ends_on.isoformat(),
        },
        "revision": settlement.revision,
        "currency": settlement.currency,
        "total": settlement.net,
        **({"advanced": {str(one): advanced[one] for one in advanced}} if advanced else {}),
        **({"grants": settlement.grants} if settlement.grants else {}),
        **({"usage_batches": settlement.usage_batches} if settlement.usage_batches else {}),
        "services": [
            {
                "service": offer.service,
                "offer": str(offer.offer_id),
                "lines": by_offer.get(offer.offer_id, []),
                **offer.inputs,
                "shares": amounts.get(offer.offer_id, {}),
            }
            for offer in sorted(offers, key=lambda one: (one.service, one.offer_id))
        ],
    }


def _line(line: SettledLine) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "description": line.description,
        "supplier": line.supplier,
        "document_number": line.document_number,
        "document_date": line.document_date.isoformat() if line.document_date else None,
        "amount": line.amount,
        **({"spread": line.spread} if line.spread else {}),
        **({"vat": line.vat} if line.vat else {}),
        **({"paid_by": str(line.paid_by)} if line.paid_by else {}),
        "evidence_name": line.evidence_name,
        "evidence_digest": line.evidence_digest,
        **({"grant": str(line.funding_id)} if line.funding_id else {}),
    }


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content as JSON: keys in order, no spaces, UTF-8."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def verify(document: Mapping[str, Any], keys: KeyRegistry) -> Verdict:
    """Recompute every share of a file. InvalidInputError for what is no such file."""
    if document.get("format") != FORMAT:
        raise InvalidInputError(
            "This is not a settlement's file of the format {format}.", format=FORMAT
        )
    try:
        return _verify(document, keys)
    except CostError as error:
        raise InvalidInputError("The file cannot be recomputed: {fault}", fault=error) from None
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise InvalidInputError(
            "The file is incomplete or damaged: {fault}", fault=repr(error)
        ) from None


def _verify(document: Mapping[str, Any], keys: KeyRegistry) -> Verdict:
    period = Period(
        date.fromisoformat(document["period"]["from"]), date.fromisoformat(document["period"]["to"])
    )
    currency = document["currency"]
    shares: list[Recomputed] = []
    faults = _wrong_grants(document, period) + _wrong_parts(document, period)
    faults += _wrong_taxes(document) + _wrong_advances(document)
    for offer in document["services"]:
        pool = _pool(offer["lines"], period, currency)
        stated: dict[str, int] = dict(offer["shares"])
        names = {one["id"]: one["name"] for one in offer["members"]}
        frozen = Frozen.from_json(offer, period, keys)
        computed = {
            str(share.bearer.organization_id): share.amount.amount
            for share in frozen.divide(pool, keys).shares
            if share.days
        }
        for member in sorted(stated.keys() | computed.keys(), key=lambda one: names.get(one, one)):
            shares.append(
                Recomputed(
                    offer["service"],
                    names.get(member, member),
                    stated.get(member, 0),
                    computed.get(member),
                )
            )
    total = sum(share.stated for share in shares)
    if total != document["total"]:
        faults.append(f"The shares add up to {total}, and the total is {document['total']}.")
    digest = digest_of({name: value for name, value in document.items() if name != "digest"})
    if digest != document.get("digest"):
        said = document.get("digest")
        faults.append(f"The content's SHA-256 is {digest}, and the file says {said}.")
    return Verdict(digest, tuple(shares), tuple(faults))


def _pool(lines: Iterable[Mapping[str, Any]], period: Period, currency: str) -> CostPool:
    plain = (
        (LineKind(line["kind"]), line["description"], Money(line["amount"], currency))
        for line in lines
    )
    return pool_of_lines(plain, period, currency)


def _wrong_parts(document: Mapping[str, Any], period: Period) -> list[str]:
    """Costs of several months of which another part is taken than falls due in this one."""
    return [
        f"The part of {line['description']} is said to be {line['amount']}, and by its months is"
        f" {due}."
        for offer in document["services"]
        for line in offer["lines"]
        if "spread" in line
        for due in [Spread.from_json(line["spread"]).part(period.start)]
        if due != line["amount"]
    ]


def _wrong_taxes(document: Mapping[str, Any]) -> list[str]:
    """Costs that are not what their price and its VAT give."""
    return [
        f"The cost of {line['description']} is said to be {whole}, and by its VAT is {due}."
        for offer in document["services"]
        for line in offer["lines"]
        if "vat" in line
        for whole in [line.get("spread", line)["amount"]]
        for due in [Taxed.from_json(line["vat"]).cost]
        if due != whole
    ]


def _wrong_advances(document: Mapping[str, Any]) -> list[str]:
    """Members that are credited another amount than they paid to suppliers."""
    stated: Mapping[str, int] = document.get("advanced", {})
    paid: dict[str, int] = {}
    for offer in document["services"]:
        for line in offer["lines"]:
            if "paid_by" in line:
                paid[line["paid_by"]] = paid.get(line["paid_by"], 0) + line["amount"]
    return [
        f"The member {member} is credited {stated.get(member, 0)}, and by the lines it paid"
        f" {paid.get(member, 0)}."
        for member in sorted(stated.keys() | paid.keys())
        if stated.get(member, 0) != paid.get(member, 0)
    ]


def _wrong_grants(document: Mapping[str, Any], period: Period) -> list[str]:
    """What grants are said to cover and do not by their terms, or the other way round."""
    purses = [Purse.from_json(one) for one in document.get("grants", [])]
    titles = {str(purse.grant.id): purse.grant.title for purse in purses}
    costs: list[Costs] = []
    services: dict[str, str] = {}
    stated: dict[tuple[str, str], int] = {}
    for offer in document["services"]:
        services[offer["offer"]] = offer["service"]
        entered: list[Mapping[str, Any]] = []
        for line in offer["lines"]:
            if "grant" in line:
                key = (line["grant"], offer["offer"])
                stated[key] = stated.get(key, 0) + line["amount"]
            else:
                entered.append(line)
        pool = _pool(entered, period, document["currency"])
        costs.append(Costs.of(UUID(offer["offer"]), offer["service"], pool))
    inside = [purse for purse in purses if purse.grant.covers(period)]
    due = {(str(one.grant.id), str(one.offer_id)): one.amount for one in cover(costs, inside)}
    return [
        f"The grant {titles.get(grant, grant)} is said to cover {stated.get(key, 0)} of"
        f" {services[offer]}, and by its terms covers {due.get(key, 0)}."
        for key in sorted(stated.keys() | due.keys())
        if stated.get(key, 0) != due.get(key, 0)
        for grant, offer in [key]
    ]
