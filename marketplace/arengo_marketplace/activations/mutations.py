"""GraphQL mutations of activations."""

from __future__ import annotations

from typing import Annotated

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_core.tasks.graphql import TaskPayload, TaskType
from arengo_marketplace.activations import export, service
from arengo_marketplace.activations.types import (
    ActivationPayload,
    ActivationType,
    ExpectedUseInput,
    forecast_of,
)
from arengo_marketplace.members.types import NamedValue

_ACCEPTED = strawberry.argument(
    description="Keys of the data grants that the member agrees to: all that the service has"
    " under `grants`. `CONSENT_NEEDED` names those that are missing."
)


@strawberry.type
class ActivationsMutation:
    """Root mutations of activations."""

    @strawberry.mutation(description="Opt in to an offer for a member.")
    @answers(ActivationPayload)
    async def request_activation(
        self,
        info: Info,
        offer_id: strawberry.ID,
        member_id: strawberry.ID,
        settings: list[NamedValue] | None = None,
        expected_use: list[ExpectedUseInput] | None = None,
        accepts: Annotated[list[str] | None, _ACCEPTED] = None,
        idempotency_key: str | None = None,
    ) -> ActivationPayload:
        """Active at once, unless approval or settings are missing."""
        async with info.context.writing() as uow:
            row = await service.request(
                uow,
                info.context.host,
                offer_id=local_id(offer_id, "Offer", "offer_id"),
                member_id=local_id(member_id, "Organization", "member_id"),
                settings_values={one.name: one.value for one in settings or []},
                forecast=forecast_of(expected_use),
                accepts=accepts or (),
                idempotency_key=idempotency_key,
            )
            return ActivationPayload(activation=ActivationType.of(row))

    @strawberry.mutation(description="Approve a request, as the consortium's office.")
    @answers(ActivationPayload)
    async def approve_activation(
        self, info: Info, id: strawberry.ID, why: str = ""
    ) -> ActivationPayload:
        """Approve."""
        async with info.context.writing() as uow:
            row = await service.approve(
                uow, info.context.host, activation_id=local_id(id, "Activation"), why=why
            )
            return ActivationPayload(activation=ActivationType.of(row))

    @strawberry.mutation(description="Start what was approved, as the member.")
    @answers(ActivationPayload)
    async def confirm_activation(self, info: Info, id: strawberry.ID) -> ActivationPayload:
        """Confirm."""
        async with info.context.writing() as uow:
            row = await service.confirm(
                uow, info.context.host, activation_id=local_id(id, "Activation")
            )
            return ActivationPayload(activation=ActivationType.of(row))

    @strawberry.mutation(description="Agree to what a service asks to read and write now.")
    @answers(ActivationPayload)
    async def agree_to_grants(
        self, info: Info, id: strawberry.ID, accepts: Annotated[list[str], _ACCEPTED]
    ) -> ActivationPayload:
        """Agree."""
        async with info.context.writing() as uow:
            row = await service.agree(
                uow,
                info.context.host,
                activation_id=local_id(id, "Activation"),
                accepts=accepts,
            )
            return ActivationPayload(activation=ActivationType.of(row))

    @strawberry.mutation(description="Suspend, as the consortium's office, saying why.")
    @answers(ActivationPayload)
    async def suspend_activation(
        self, info: Info, id: strawberry.ID, why: str
    ) -> ActivationPayload:
        """Suspend."""
        async with info.context.writing() as uow:
            row = await service.suspend(
                uow, info.context.host, activation_id=local_id(id, "Activation"), why=why
            )
            return ActivationPayload(activation=ActivationType.of(row))

    @strawberry.mutation(description="Let a suspended activation go on, as the office.")
    @answers(ActivationPayload)
    async def resume_activation(
        self, info: Info, id: strawberry.ID, why: str = ""
    ) -> ActivationPayload:
        """Resume."""
        async with info.context.writing() as uow:
            row = await service.resume(
                uow, info.context.host, activation_id=local_id(id, "Activation"), why=why
            )
            return ActivationPayload(activation=ActivationType.of(row))

    @strawberry.mutation(description="Opt out, as the member; the office says why.")
    @answers(ActivationPayload)
    async def end_activation(
        self, info: Info, id: strawberry.ID, why: str = ""
    ) -> ActivationPayload:
        """End."""
        async with info.context.writing() as uow:
            row = await service.end(
                uow, info.context.host, activation_id=local_id(id, "Activation"), why=why
            )
            return ActivationPayload(activation=ActivationType.of(row))

    @strawberry.mutation(description="Change settings; an empty secret keeps its value.")
    @answers(ActivationPayload)
    async def update_activation_settings(
        self, info: Info, id: strawberry.ID, settings: list[NamedValue]
    ) -> ActivationPayload:
        """Save settings."""
        async with info.context.writing() as uow:
            row = await service.change_settings(
                uow,
                info.context.host,
                activation_id=local_id(id, "Activation"),
                values={one.name: one.value for one in settings},
            )
            return ActivationPayload(activation=ActivationType.of(row))

    @strawberry.mutation(description="State anew what is expected to be used a month.")
    @answers(ActivationPayload)
    async def update_forecast(
        self, info: Info, id: strawberry.ID, expected_use: list[ExpectedUseInput]
    ) -> ActivationPayload:
        """Save the forecast."""
        async with info.context.writing() as uow:
            row = await service.change_forecast(
                uow,
                info.context.host,
                activation_id=local_id(id, "Activation"),
                forecast=forecast_of(expected_use),
            )
            return ActivationPayload(activation=ActivationType.of(row))

    @strawberry.mutation(
        description="Begin to gather a member's data of a service; the task leads to a ZIP file."
    )
    @answers(TaskPayload)
    async def begin_activation_export(self, info: Info, id: strawberry.ID) -> TaskPayload:
        """Begin to gather the file."""
        async with info.context.writing() as uow:
            task = await export.begin(uow, activation_id=local_id(id, "Activation"))
        return TaskPayload(task=TaskType.of(info.context.host.registry, task))
