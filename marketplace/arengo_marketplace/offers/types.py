"""GraphQL types of services and offers."""

from __future__ import annotations

from datetime import date

import strawberry
from strawberry.scalars import JSON

from arengo_core.api.context import Info
from arengo_core.api.ids import Node
from arengo_core.api.payload import Payload
from arengo_core.api.scalars import global_id
from arengo_core.i18n import gettext
from arengo_core.plugins.grants import DataGrant
from arengo_core.plugins.manifest import Service
from arengo_marketplace.activations.settings import fields_of
from arengo_marketplace.offers.models import CostRuleVersion, Offer


@strawberry.type(name="Meter", description="A counter that a service reports.")
class MeterType:
    """GraphQL face of a meter."""

    key: str
    title: str
    unit: str


@strawberry.type(name="SettingField", description="A field of a service's settings.")
class SettingFieldType:
    """GraphQL face of a setting."""

    name: str
    label: str
    help: str
    kind: str
    required: bool
    secret: bool
    choices: list[str]


@strawberry.type(name="DataGrant", description="Something that a service reads or writes.")
class DataGrantType:
    """GraphQL face of a data grant."""

    key: str
    words: str = strawberry.field(description="What members are asked to agree to.")
    writes: bool

    @classmethod
    def of(cls, grant: DataGrant) -> DataGrantType:
        """From the registry's."""
        return cls(key=grant.key, words=gettext(grant.title), writes=grant.writes)


@strawberry.type(name="Service", description="A capability that an installed plugin brings.")
class ServiceType:
    """GraphQL face of a service."""

    key: str
    title: str
    description: str
    serves: list[str]
    rests_on: list[str]
    meters: list[MeterType]
    settings: list[SettingFieldType]

    @strawberry.field(description="What it reads and writes of a member's, which it agrees to.")
    def grants(self, info: Info) -> list[DataGrantType]:
        """What the installed version asks for."""
        return [DataGrantType.of(grant) for grant in info.context.host.registry.asked_by(self.key)]

    @classmethod
    def of(cls, service: Service) -> ServiceType:
        """From the manifest's."""
        return cls(
            key=service.key,
            title=gettext(service.title),
            description=gettext(service.description),
            serves=sorted(kind.value for kind in service.serves),
            rests_on=list(service.rests_on),
            meters=[
                MeterType(key=m.key, title=gettext(m.title), unit=gettext(m.unit))
                for m in service.meters
            ],
            settings=[
                SettingFieldType(
                    name=field.name,
                    label=gettext(field.label),
                    help=gettext(field.help) if field.help else "",
                    kind=field.kind.__name__,
                    required=field.required,
                    secret=field.secret,
                    choices=list(field.choices or ()),
                )
                for field in fields_of(service)
            ],
        )


@strawberry.type(name="PriceVersion", description="A price plan and the day it is valid from.")
class PriceVersionType:
    """GraphQL face of a version."""

    valid_from: date
    plan: JSON
    note: str


@strawberry.type(name="RuleVersion", description="A cost rule and the first month it divides.")
class RuleVersionType:
    """GraphQL face of a version of the rule."""

    valid_from: date
    rule: JSON
    vote_id: strawberry.ID | None = strawberry.field(
        description="The members' vote that passed it; null of what the office published."
    )

    @classmethod
    def of(cls, row: CostRuleVersion) -> RuleVersionType:
        """From its row."""
        return cls(
            valid_from=row.valid_from,
            rule=JSON(row.rule),
            vote_id=global_id("Vote", row.vote_id) if row.vote_id else None,
        )


@strawberry.type(name="Offer", description="A service put up by a consortium, with its terms.")
class OfferType(Node):
    """GraphQL face of an offer."""

    consortium_id: strawberry.ID
    service: str
    price_plan: JSON = strawberry.field(description="The one that is valid today.")
    prices: list[PriceVersionType] = strawberry.field(description="The earliest first.")
    cost_rule: JSON = strawberry.field(description="The one that divides this month.")
    rules: list[RuleVersionType] = strawberry.field(description="The earliest first.")
    cost_bearers: str
    needs_approval: bool
    covers_merchants: bool
    fees: JSON
    note: str
    published: bool
    valid_from: date

    @classmethod
    def of(cls, row: Offer) -> OfferType:
        """From its row."""
        return cls(
            id=global_id("Offer", row.id),
            consortium_id=global_id("Organization", row.organization_id),
            service=row.service,
            price_plan=JSON(row.price_plan),
            prices=[
                PriceVersionType(
                    valid_from=date.fromisoformat(one["valid_from"]),
                    plan=JSON(one["plan"]),
                    note=one["note"],
                )
                for one in row.prices
            ],
            cost_rule=JSON(row.cost_rule),
            rules=[RuleVersionType.of(version) for version in row.rules],
            cost_bearers=row.cost_bearers,
            needs_approval=row.needs_approval,
            covers_merchants=row.covers_merchants,
            fees=JSON(row.fees),
            note=row.note,
            published=row.published,
            valid_from=row.valid_from,
        )


@strawberry.input(description="A fee per unit of a meter; the rate in major units.")
class FeeInput:
    """One fee."""

    meter: str
    rate: str
    label: str = ""


@strawberry.input(description="What an offer says. Without a rule the charter's holds.")
class OfferTerms:
    """Terms of an offer."""

    price_plan: JSON
    cost_rule: JSON | None = None
    cost_bearers: str = "municipalities"
    needs_approval: bool = False
    covers_merchants: bool = False
    fees: list[FeeInput] = strawberry.field(default_factory=list[FeeInput])
    note: str = ""


@strawberry.type
class OfferPayload(Payload):
    """An offer."""

    offer: OfferType | None = None
