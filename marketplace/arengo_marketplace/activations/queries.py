"""GraphQL queries of activations."""

from __future__ import annotations

import base64
from uuid import UUID

import strawberry

from arengo_core.api.connection import (
    Connection,
    connection_of,
    decode_cursor,
    encode_cursor,
    page_size,
)
from arengo_core.api.context import Info
from arengo_core.api.scalars import local_id
from arengo_marketplace.activations import repository, service
from arengo_marketplace.activations.export import export
from arengo_marketplace.activations.preview import preview
from arengo_marketplace.activations.types import (
    ActivationChangeType,
    ActivationPreviewType,
    ActivationType,
    ExpectedUseInput,
    forecast_of,
)


@strawberry.type
class ActivationsQuery:
    """Root queries of activations."""

    @strawberry.field(
        description="Activations that I may see, of a member or a consortium; newest first."
    )
    async def activations(
        self,
        info: Info,
        member_id: strawberry.ID | None = None,
        consortium_id: strawberry.ID | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[ActivationType]:
        """A page of activations."""
        size = page_size(first)
        cursor = decode_cursor(after, 1)
        uow = info.context.uow
        async with uow.lock:
            rows = await repository.page(
                uow.session,
                organization_id=local_id(member_id, "Organization", "member_id")
                if member_id
                else None,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id")
                if consortium_id
                else None,
                after=UUID(cursor[0]) if cursor else None,
                limit=size + 1,
                without=service.out_of_sight(uow),
                governed=uow.scope.governs,
            )
        return connection_of(
            [ActivationType.of(row) for row in rows],
            [encode_cursor(row.id) for row in rows],
            size,
        )

    @strawberry.field(description="One activation that I may see.")
    async def activation(self, info: Info, id: strawberry.ID) -> ActivationType:
        """An activation."""
        uow = info.context.uow
        async with uow.lock:
            return ActivationType.of(await service.activation_of(uow, local_id(id, "Activation")))

    @strawberry.field(description="An activation's changes, oldest first.")
    async def activation_changes(self, info: Info, id: strawberry.ID) -> list[ActivationChangeType]:
        """The dated changes."""
        uow = info.context.uow
        async with uow.lock:
            row = await service.activation_of(uow, local_id(id, "Activation"))
            changes = await repository.changes_of(uow.session, row.organization_id, row.id)
        return [ActivationChangeType.of(change) for change in changes]

    @strawberry.field(
        description="What a member will pay in the year ahead, and what it changes for others."
        " Without `expectedUse`: with what is to be expected from its use or from its like."
    )
    async def preview_activation(
        self,
        info: Info,
        offer_id: strawberry.ID,
        member_id: strawberry.ID,
        expected_use: list[ExpectedUseInput] | None = None,
        leaving: bool = False,
    ) -> ActivationPreviewType:
        """Nothing is written."""
        uow = info.context.uow
        async with uow.lock:
            made = await preview(
                uow,
                info.context.host,
                offer_id=local_id(offer_id, "Offer", "offer_id"),
                member_id=local_id(member_id, "Organization", "member_id"),
                forecast=forecast_of(expected_use) if expected_use is not None else None,
                leaving=leaving,
            )
        return ActivationPreviewType.of(made)

    @strawberry.field(
        description="The member's data of a service: a ZIP file, as base64. For its officers."
    )
    async def activation_export(self, info: Info, id: strawberry.ID) -> str:
        """The export."""
        uow = info.context.uow
        async with uow.lock:
            content = await export(uow, info.context.host, activation_id=local_id(id, "Activation"))
        return base64.b64encode(content).decode()
