"""GraphQL of privacy."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import Payload, answers
from arengo_core.i18n import gettext
from arengo_core.plugins.contributions import GraphqlContribution
from arengo_core.privacy import service
from arengo_core.privacy.register import Holding, holdings
from arengo_core.privacy.service import Outcome


@strawberry.type(description="Personal data that a table holds.")
class PersonalData:
    """GraphQL face of an entry of the register."""

    plugin: str
    table: str
    columns: list[str]
    whose: str
    why: str
    kept: str
    on_erasure: str = strawberry.field(description="`delete`, `blank` or `keep`.")

    @classmethod
    def of(cls, holding: Holding) -> PersonalData:
        """From the domain's."""
        personal = holding.personal
        return cls(
            plugin=str(holding.plugin),
            table=str(holding.table.name),
            columns=[str(name) for name in personal.columns],
            whose=gettext(personal.whose),
            why=gettext(personal.why),
            kept=gettext(personal.kept),
            on_erasure=personal.erasure.value,
        )


@strawberry.type
class PrivacyQuery:
    """Root query on privacy."""

    @strawberry.field(description="The register of personal data: whose, why, how long.")
    def personal_data(self, info: Info) -> list[PersonalData]:
        """Every table that holds some."""
        return [PersonalData.of(holding) for holding in holdings(info.context.host.registry)]


@strawberry.type(description="What became of my rows in a table.")
class ErasureOutcome:
    """One table."""

    data: PersonalData
    rows: int
    is_kept: bool

    @classmethod
    def of(cls, outcome: Outcome) -> ErasureOutcome:
        """From the domain's."""
        return cls(
            data=PersonalData.of(outcome.holding), rows=outcome.rows, is_kept=outcome.is_kept
        )


@strawberry.type
class ErasurePayload(Payload):
    """What was erased and what the law keeps."""

    outcomes: list[ErasureOutcome] | None = None


@strawberry.type
class PrivacyMutation:
    """Mutation on privacy."""

    @strawberry.mutation(description="Erase my account and data; type the e-mail address again.")
    @answers(ErasurePayload)
    async def erase_my_account(self, info: Info, email: str) -> ErasurePayload:
        """For a session, not a token."""
        async with info.context.writing() as uow:
            outcomes = await service.erase(uow, info.context.host, email=email)
        return ErasurePayload(outcomes=[ErasureOutcome.of(one) for one in outcomes])


CONTRIBUTION = GraphqlContribution(queries=(PrivacyQuery,), mutations=(PrivacyMutation,))
