"""GraphQL types of subscriptions."""

from __future__ import annotations

import strawberry

from arengo_core.api.payload import Payload


@strawberry.type(name="SubscriptionPayload")
class SubscriptionDone(Payload):
    """Whether it was done."""

    done: bool = False
