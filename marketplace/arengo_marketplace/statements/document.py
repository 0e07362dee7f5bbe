"""A statement as one document: what was issued, in the form whose SHA-256 it carries.

What is paid of it changes later and stands beside, outside the digest.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from arengo_core.organizations.models import Organization
from arengo_marketplace.settlements.bundle import digest_of
from arengo_marketplace.settlements.models import Settlement, Share
from arengo_marketplace.statements.models import Statement, StatementPayment

FORMAT = "arengo-statement/1"


def content(
    statement: Statement, shares: Iterable[Share], settlement_digest: str
) -> dict[str, Any]:
    """What was issued; amounts in minor units, exact figures as texts.

    ``advanced`` is there where the member paid suppliers: so much is taken off the amount.
    """
    return {
        "format": FORMAT,
        "statement": str(statement.id),
        "number": statement.number,
        "consortium": str(statement.consortium_id),
        "member": str(statement.organization_id),
        "settlement": str(statement.settlement_id),
        "settlement_digest": settlement_digest,
        "reverses": str(statement.reverses_id) if statement.reverses_id else None,
        "period": {"from": statement.starts_on.isoformat(), "to": statement.ends_on.isoformat()},
        "due_on": statement.due_on.isoformat(),
        "population": statement.population,
        "currency": statement.currency,
        "amount": statement.amount,
        **({"advanced": statement.advanced} if statement.advanced else {}),
        "shares": [_share(share) for share in sorted(shares, key=_place)],
    }


def _place(share: Share) -> tuple[str, str]:
    return share.service, str(share.offer_id)


def _share(share: Share) -> dict[str, Any]:
    return {
        "service": share.service,
        "offer": str(share.offer_id),
        "days": share.days,
        "population": share.population,
        "amount": share.amount,
        "rounding": f"{share.rounding:.8f}",
        "components": share.components,
        "adjustments": share.adjustments,
    }


def digest(statement: Statement, shares: Iterable[Share], settlement: Settlement) -> str:
    """SHA-256 of the statement: as it was issued, or computed for one from before it was kept."""
    return statement.digest or digest_of(content(statement, shares, settlement.digest))


def written(
    statement: Statement,
    shares: Iterable[Share],
    settlement: Settlement,
    *,
    member: Organization,
    consortium: Organization,
    payments: Iterable[StatementPayment],
    open: int,
) -> dict[str, Any]:
    """The file of a statement: what was issued with its digest, and how it stands now."""
    issued = content(statement, shares, settlement.digest)
    return {
        "statement": issued,
        "digest": statement.digest or digest_of(issued),
        "names": {"member": member.name, "consortium": consortium.name},
        "payments": [
            {
                "amount": payment.amount,
                "paid_on": payment.paid_on.isoformat(),
                "reference": payment.reference,
                "way": payment.way,
                **({"taken_back_because": payment.reason} if payment.reverses_id else {}),
            }
            for payment in payments
        ],
        "open": open,
    }
