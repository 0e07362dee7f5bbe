"""Secret links of subscribers: signed, so that nothing of them needs to be stored."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from arengo_core.errors import NotFoundError

CONFIRM = "communications.confirm"
UNSUBSCRIBE = "communications.unsubscribe"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Whom a link stands for."""

    organization_id: UUID
    subscription_id: UUID


def sign(secret: bytes, purpose: str, subscriber: Subscriber) -> str:
    """The secret part of a link."""
    return URLSafeSerializer(secret, salt=purpose).dumps(
        [subscriber.organization_id.hex, subscriber.subscription_id.hex]
    )


def read(secret: bytes, purpose: str, token: str) -> Subscriber:
    """Whom a link stands for. NotFoundError when we did not make it."""
    try:
        organization, subscription = URLSafeSerializer(secret, salt=purpose).loads(token)
        return Subscriber(UUID(organization), UUID(subscription))
    except (BadSignature, ValueError, TypeError):
        raise NotFoundError(
            "This link is not complete. Copy the whole of it from the mail."
        ) from None
