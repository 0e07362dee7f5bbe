"""GraphQL mutations of usage."""

from __future__ import annotations

import io
from collections.abc import Iterable

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import UserError, answers
from arengo_core.api.scalars import local_id
from arengo_core.errors import ForbiddenError
from arengo_core.i18n import error_text
from arengo_marketplace.metering import batch_lines, by_plugins, correcting
from arengo_marketplace.metering.batch import BatchRefusedError, Terms, ingest
from arengo_marketplace.metering.batch_lines import Line
from arengo_marketplace.metering.types import (
    UsageBatchPayload,
    UsageCorrectionPayload,
    UsageEntryInput,
    UsagePayload,
    UsageReadingInput,
)


@strawberry.type
class MeteringMutation:
    """Root mutations of usage."""

    @strawberry.mutation(
        description="Report use by the calling plugin's meters, 500 readings at most; all or none."
    )
    @answers(UsagePayload)
    async def report_usage(self, info: Info, readings: list[UsageReadingInput]) -> UsagePayload:
        """Store what the plugin counted."""
        context = info.context
        plugin, only = context.caller.require_plugin(), context.caller.member_id
        reported = [one.as_contract() for one in readings]
        if only is not None and {one.organization_id for one in reported} - {only}:
            raise ForbiddenError("This token is of another member.")
        return UsagePayload(new=await by_plugins.report(context.host, plugin, reported))

    @strawberry.mutation(
        description="Enter use that others counted, for a consortium; all lines or the good ones."
    )
    @answers(UsageBatchPayload)
    async def enter_usage(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        source: str,
        readings: list[UsageEntryInput],
        atomic: bool = True,
        refuse_late: bool = False,
    ) -> UsageBatchPayload:
        """Take readings in."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        terms = Terms(consortium, source, atomic, refuse_late)
        lines = (Line(number, one.as_line()) for number, one in enumerate(readings, 1))
        return await _taken_in(info, terms, lines)

    @strawberry.mutation(
        description="Enter use from a CSV file, for a consortium; all lines or the good ones."
    )
    @answers(UsageBatchPayload)
    async def import_usage(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        source: str,
        csv: str,
        atomic: bool = True,
        refuse_late: bool = False,
    ) -> UsageBatchPayload:
        """Take a file in."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        terms = Terms(consortium, source, atomic, refuse_late)
        return await _taken_in(info, terms, batch_lines.csv(io.BytesIO(csv.encode())))

    @strawberry.mutation(
        description="Take a reading back, once, by its source and key; a plugin's reading by its"
        " member, meter and key, with an empty source."
    )
    @answers(UsageCorrectionPayload)
    async def take_back_usage(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        source: str,
        key: str,
        organization_id: strawberry.ID | None = None,
        meter: str = "",
    ) -> UsageCorrectionPayload:
        """Correct by negation."""
        member = None
        if organization_id is not None:
            member = local_id(organization_id, "Organization", "organization_id")
        async with info.context.writing() as uow:
            day = await correcting.take_back(
                uow,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                source=source,
                key=key,
                organization_id=member,
                meter=meter,
            )
            return UsageCorrectionPayload(counts_on=day)


async def _taken_in(info: Info, terms: Terms, lines: Iterable[Line]) -> UsageBatchPayload:
    try:
        async with info.context.writing() as uow:
            return UsageBatchPayload.of(await ingest(uow, info.context.host, terms, lines))
    except BatchRefusedError as refusal:
        answer = UsageBatchPayload.of(refusal.report)
        answer.user_errors = [UserError(code=refusal.code, message=error_text(refusal))]
        return answer
