"""GraphQL types of members."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from strawberry.scalars import JSON

from arengo_core.api.payload import Payload
from arengo_core.api.scalars import global_id
from arengo_marketplace.contract import Consortium, Member
from arengo_marketplace.members.models import Charter, JoinRequest
from arengo_marketplace.members.payment_terms import PaymentTerms


@strawberry.type(name="Consortium", description="A federation of municipalities.")
class ConsortiumType:
    """GraphQL face of a consortium."""

    id: strawberry.ID
    name: str
    slug: str

    @classmethod
    def of(cls, consortium: Consortium) -> ConsortiumType:
        """From the contract's."""
        return cls(
            id=global_id("Organization", consortium.id),
            name=consortium.name,
            slug=consortium.slug,
        )


@strawberry.type(name="Member", description="An organization's present part in a consortium.")
class MemberType:
    """GraphQL face of a membership; ``id`` is the organization's."""

    id: strawberry.ID
    consortium_id: strawberry.ID
    kind: str
    name: str
    istat_code: str | None
    population: int | None
    seat_id: strawberry.ID | None = strawberry.field(description="A merchant's municipality.")
    starts_on: date
    ends_on: date | None

    @classmethod
    def of(cls, member: Member) -> MemberType:
        """From the contract's."""
        return cls(
            id=global_id("Organization", member.organization_id),
            consortium_id=global_id("Organization", member.consortium_id),
            kind=member.kind.value,
            name=member.name,
            istat_code=member.istat_code,
            population=member.population,
            seat_id=global_id("Organization", member.seat_id) if member.seat_id else None,
            starts_on=member.starts_on,
            ends_on=member.ends_on,
        )


@strawberry.type(name="JoinRequest", description="A merchant's wish to join a consortium.")
class JoinRequestType:
    """GraphQL face of a join request."""

    id: strawberry.ID
    name: str
    vat_number: str
    seat_id: strawberry.ID
    person: str
    email: str
    message: str
    state: str
    reason: str
    created_at: datetime

    @classmethod
    def of(cls, row: JoinRequest) -> JoinRequestType:
        """From its row."""
        return cls(
            id=global_id("JoinRequest", row.id),
            name=row.name,
            vat_number=row.vat_number,
            seat_id=global_id("Organization", row.seat_id),
            person=row.person,
            email=row.email,
            message=row.message,
            state=row.state,
            reason=row.reason,
            created_at=row.created_at,
        )


@strawberry.type(name="PaymentTerms", description="When and where statements are paid.")
class PaymentTermsType:
    """GraphQL face of terms of payment."""

    due_days: int = strawberry.field(description="Days to pay, from the day of issue.")
    holder: str
    iban: str
    bank: str
    note: str
    reminders: list[int] = strawberry.field(
        description="Days past the due day on which a statement is reminded of; empty for none."
    )
    online: bool = strawberry.field(
        description="Whether members may also pay through the service of payments."
    )

    @classmethod
    def of(cls, terms: PaymentTerms) -> PaymentTermsType:
        """From the domain's."""
        return cls(**terms.to_json())


@strawberry.input(description="When and where later statements are paid.")
class PaymentTermsInput:
    """Terms as given."""

    due_days: int
    holder: str = ""
    iban: str = ""
    bank: str = ""
    note: str = ""
    reminders: list[int] = strawberry.field(default_factory=list[int])
    online: bool = False


@strawberry.type(name="Charter", description="What a consortium agreed on.")
class CharterType:
    """GraphQL face of a charter; gateway settings are named, never shown."""

    default_cost_rule: JSON
    lead_id: strawberry.ID | None
    is_illustrative: bool
    collecting_entity_id: strawberry.ID | None
    gateway: str
    payment_terms: PaymentTermsType

    @classmethod
    def of(cls, row: Charter) -> CharterType:
        """From its row."""
        entity = row.collecting_entity_id
        return cls(
            default_cost_rule=JSON(row.default_cost_rule),
            lead_id=global_id("Organization", row.lead_id) if row.lead_id else None,
            is_illustrative=row.is_illustrative,
            collecting_entity_id=global_id("Organization", entity) if entity else None,
            gateway=row.gateway,
            payment_terms=PaymentTermsType.of(PaymentTerms.of(row.payment_terms)),
        )


@strawberry.type(description="A municipality of the public register.")
class RegisteredMunicipality:
    """A record of the register."""

    istat_code: str
    name: str
    province: str
    region: str
    population: int | None


@strawberry.input(description="A named value; an empty secret keeps the stored one.")
class NamedValue:
    """One setting."""

    name: str
    value: str


@strawberry.input(description="A merchant who asks to join.")
class JoinInput:
    """The fields of the public form."""

    consortium_id: strawberry.ID
    name: str
    vat_number: str
    street: str
    postcode: str
    seat_id: strawberry.ID
    person: str
    email: str
    phone: str = ""
    message: str = ""


@strawberry.type
class MemberPayload(Payload):
    """A membership."""

    member: MemberType | None = None


@strawberry.type
class JoinRequestPayload(Payload):
    """A join request."""

    join_request: JoinRequestType | None = None


@strawberry.type
class CharterPayload(Payload):
    """A charter."""

    charter: CharterType | None = None


@strawberry.type
class PaymentTermsPayload(Payload):
    """Terms of payment."""

    terms: PaymentTermsType | None = None


@strawberry.type
class SetUpPayload(Payload):
    """The first officer's session, for ``Authorization: Bearer``."""

    token: str | None = None
