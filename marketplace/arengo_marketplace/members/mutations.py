"""GraphQL mutations of members."""

from __future__ import annotations

import strawberry
from strawberry.scalars import JSON

from arengo_core.api.context import Info
from arengo_core.api.payload import answers
from arengo_core.api.scalars import local_id
from arengo_marketplace.members import charter as charters
from arengo_marketplace.members import directory, founding, joining
from arengo_marketplace.members import service as members
from arengo_marketplace.members.types import (
    CharterPayload,
    CharterType,
    JoinInput,
    JoinRequestPayload,
    JoinRequestType,
    MemberPayload,
    MemberType,
    NamedValue,
    PaymentTermsInput,
    PaymentTermsPayload,
    PaymentTermsType,
    SetUpPayload,
)


@strawberry.type
class MembersMutation:
    """Root mutations of members."""

    @strawberry.mutation(description="First run only: consortium, members, first officer.")
    @answers(SetUpPayload)
    async def set_up_consortium(
        self,
        info: Info,
        name: str,
        lead_istat_code: str,
        istat_codes: list[str],
        officer_name: str,
        email: str,
        password: str,
    ) -> SetUpPayload:
        """Set an installation up."""
        host = info.context.host
        async with info.context.writing() as uow:
            user_id = await founding.set_up(
                uow,
                host,
                name=name,
                lead_istat_code=lead_istat_code,
                istat_codes=istat_codes,
                officer_name=officer_name,
                officer_email=email,
                officer_password=password,
            )
            token = await host.identity.open_session(uow, user_id)
        return SetUpPayload(token=token)

    @strawberry.mutation(description="Admit a municipality of the register.")
    @answers(MemberPayload)
    async def admit_member(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        istat_code: str,
        population: int | None = None,
        officer_name: str = "",
        email: str = "",
    ) -> MemberPayload:
        """Admit a municipality."""
        async with info.context.writing() as uow:
            membership = await members.admit_municipality(
                uow,
                info.context.host,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                istat_code=istat_code,
                population=population,
                officer_name=officer_name,
                officer_email=email,
            )
            found = await directory.member(
                uow, membership.organization_id, membership.consortium_id
            )
            return MemberPayload(member=MemberType.of(found))

    @strawberry.mutation(description="Pin a municipality's inhabitants as of today.")
    @answers(MemberPayload)
    async def set_population(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        member_id: strawberry.ID,
        population: int,
    ) -> MemberPayload:
        """Pin the inhabitants."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        member = local_id(member_id, "Organization", "member_id")
        async with info.context.writing() as uow:
            await members.set_population(
                uow, consortium_id=consortium, organization_id=member, population=population
            )
            found = await directory.member(uow, member, consortium)
            return MemberPayload(member=MemberType.of(found))

    @strawberry.mutation(
        description="Set a member's figures and words for cost rules, such as its altitude; those"
        " not named go."
    )
    @answers(MemberPayload)
    async def set_member_attributes(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        member_id: strawberry.ID,
        attributes: list[NamedValue],
    ) -> MemberPayload:
        """Set the figures."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        member = local_id(member_id, "Organization", "member_id")
        async with info.context.writing() as uow:
            await members.set_attributes(
                uow,
                consortium_id=consortium,
                organization_id=member,
                attributes={one.name: one.value for one in attributes},
            )
            found = await directory.member(uow, member, consortium)
            return MemberPayload(member=MemberType.of(found))

    @strawberry.mutation(description="Move a merchant's seat to another member municipality.")
    @answers(MemberPayload)
    async def move_seat(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        member_id: strawberry.ID,
        seat_id: strawberry.ID,
    ) -> MemberPayload:
        """Move a seat."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        member = local_id(member_id, "Organization", "member_id")
        async with info.context.writing() as uow:
            await members.move_seat(
                uow,
                consortium_id=consortium,
                organization_id=member,
                seat_id=local_id(seat_id, "Organization", "seat_id"),
            )
            found = await directory.member(uow, member, consortium)
            return MemberPayload(member=MemberType.of(found))

    @strawberry.mutation(description="End a membership and its activations today.")
    @answers(MemberPayload)
    async def end_membership(
        self, info: Info, consortium_id: strawberry.ID, member_id: strawberry.ID
    ) -> MemberPayload:
        """Leave."""
        consortium = local_id(consortium_id, "Organization", "consortium_id")
        member = local_id(member_id, "Organization", "member_id")
        async with info.context.writing() as uow:
            before = await directory.member(uow, member, consortium)
            await members.leave(
                uow, info.context.host, consortium_id=consortium, organization_id=member
            )
            return MemberPayload(member=MemberType.of(before))

    @strawberry.mutation(description="Ask to join with a shop; anybody may.")
    @answers(JoinRequestPayload)
    async def request_to_join(
        self, info: Info, input: JoinInput, idempotency_key: str | None = None
    ) -> JoinRequestPayload:
        """Ask to join."""
        async with info.context.writing() as uow:
            request = await joining.ask(
                uow,
                consortium_id=local_id(input.consortium_id, "Organization", "consortium_id"),
                name=input.name,
                vat_number=input.vat_number,
                street=input.street,
                postcode=input.postcode,
                seat_id=local_id(input.seat_id, "Organization", "seat_id"),
                person=input.person,
                email=input.email,
                phone=input.phone,
                message=input.message,
                idempotency_key=idempotency_key,
            )
            return JoinRequestPayload(join_request=JoinRequestType.of(request))

    @strawberry.mutation(description="Admit a merchant who asked, or decline with a reason.")
    @answers(JoinRequestPayload)
    async def decide_join_request(
        self, info: Info, id: strawberry.ID, admit: bool, reason: str = ""
    ) -> JoinRequestPayload:
        """Decide a request."""
        async with info.context.writing() as uow:
            request = await joining.decide(
                uow,
                info.context.host,
                request_id=local_id(id, "JoinRequest"),
                admit=admit,
                reason=reason,
            )
            return JoinRequestPayload(join_request=JoinRequestType.of(request))

    @strawberry.mutation(description="Change a consortium's default cost rule and host name.")
    @answers(CharterPayload)
    async def change_charter(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        default_cost_rule: JSON,
        host_name: str | None = None,
    ) -> CharterPayload:
        """Change the charter."""
        async with info.context.writing() as uow:
            charter = await charters.change(
                uow,
                info.context.host,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                default_cost_rule=default_cost_rule,
                host_name=host_name,
            )
            return CharterPayload(charter=CharterType.of(charter))

    @strawberry.mutation(description="Change when and where a consortium's statements are paid.")
    @answers(PaymentTermsPayload)
    async def change_payment_terms(
        self, info: Info, consortium_id: strawberry.ID, terms: PaymentTermsInput
    ) -> PaymentTermsPayload:
        """Change the terms."""
        async with info.context.writing() as uow:
            agreed = await charters.change_payment_terms(
                uow,
                info.context.host,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                terms=strawberry.asdict(terms),
            )
            return PaymentTermsPayload(terms=PaymentTermsType.of(agreed))
