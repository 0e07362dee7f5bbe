"""GraphQL mutations on subscriptions."""

from __future__ import annotations

import strawberry

from arengo_communications.subscriptions import service
from arengo_communications.subscriptions.types import SubscriptionDone
from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import Locale, local_id


@strawberry.type
class SubscriptionsMutation:
    """Root mutations on subscriptions."""

    @strawberry.mutation(
        description="Ask for a municipality's announcements; a mail asks for confirmation."
    )
    @answers(SubscriptionDone)
    async def subscribe_to_announcements(
        self, info: Info, municipality_id: strawberry.ID, email: str, locale: Locale
    ) -> SubscriptionDone:
        """Subscribe."""
        async with info.context.writing() as uow:
            await service.subscribe(
                info.context.host,
                uow,
                town_id=local_id(municipality_id, "Organization", "municipality_id"),
                email=email,
                locale=locale,
            )
        return SubscriptionDone(done=True)

    @strawberry.mutation(description="Confirm a subscription by the secret of the mailed link.")
    @answers(SubscriptionDone)
    async def confirm_subscription(self, info: Info, token: str) -> SubscriptionDone:
        """Confirm."""
        async with info.context.writing() as uow:
            await service.confirm(info.context.host, uow, token)
        return SubscriptionDone(done=True)

    @strawberry.mutation(description="End a subscription by the secret of a mail's link.")
    @answers(SubscriptionDone)
    async def unsubscribe(self, info: Info, token: str) -> SubscriptionDone:
        """Unsubscribe."""
        async with info.context.writing() as uow:
            await service.unsubscribe(info.context.host, uow, token)
        return SubscriptionDone(done=True)
