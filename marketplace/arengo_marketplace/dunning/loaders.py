"""What GraphQL looks up of dunning for many statements at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from arengo_core.api.loader import Loader
from arengo_marketplace.dunning import repository, service
from arengo_marketplace.dunning.models import Pause
from arengo_marketplace.statements.service import Standing

StatementKey = tuple[UUID, UUID]
"""Member and statement: look-ups lead with the tenant."""


class PausesOf(Loader[StatementKey, Sequence[Pause]]):
    """The pauses of statements."""

    async def fetch(self, keys: Sequence[StatementKey]) -> Mapping[StatementKey, Sequence[Pause]]:
        """Pauses by member and statement, oldest first."""
        rows = await repository.pauses(
            self.context.uow.session, [key for _, key in keys], [member for member, _ in keys]
        )
        found: dict[StatementKey, list[Pause]] = {}
        for row in rows:
            found.setdefault((row.organization_id, row.statement_id), []).append(row)
        return found


class DunningOf(Loader[Standing, service.Dunning]):
    """Where the reminders of statements stand."""

    async def fetch(self, keys: Sequence[Standing]) -> Mapping[Standing, service.Dunning]:
        """By standing."""
        found: dict[Standing, service.Dunning] = {}
        for consortium_id in {one.statement.consortium_id for one in keys}:
            own = [one for one in keys if one.statement.consortium_id == consortium_id]
            made = await service.dunnings(self.context.uow, consortium_id, own)
            found |= {one: made[one.statement.id] for one in own}
        return found
