"""GraphQL of the indices that prices follow."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import Payload, answers
from arengo_core.api.scalars import global_id, local_id
from arengo_marketplace.offers import index_figures
from arengo_marketplace.offers.index_figures import Index
from arengo_marketplace.offers.price_types import PriceChangeType
from arengo_marketplace.pools.service import month_named


@strawberry.type(description="A published value of an index.")
class IndexFigure:
    """GraphQL face of a figure."""

    month: str
    value: Decimal
    source: str
    published_on: date


@strawberry.type(description="A figure that prices use and that is not known.")
class WantedFigure:
    """GraphQL face of a wanted figure."""

    month: str
    used_from: date = strawberry.field(
        description="From this month prices use it; until it is entered, the last one known counts."
    )
    overdue: bool = strawberry.field(description="Whether it should be published by now.")


@strawberry.type(name="PriceIndex", description="An index that prices of a consortium follow.")
class PriceIndexType:
    """GraphQL face of an index."""

    name: str
    offer_ids: list[strawberry.ID]
    figures: list[IndexFigure]
    wanted: list[WantedFigure]

    @classmethod
    def of(cls, found: Index) -> PriceIndexType:
        """From the domain's."""
        return cls(
            name=found.name,
            offer_ids=[global_id("Offer", offer.id) for offer in found.offers],
            figures=[
                IndexFigure(
                    month=f"{one.month:%Y-%m}",
                    value=one.value,
                    source=one.source,
                    published_on=one.published_on,
                )
                for one in found.figures
            ],
            wanted=[
                WantedFigure(
                    month=f"{one.month:%Y-%m}", used_from=one.used_from, overdue=one.overdue
                )
                for one in found.wanted
            ],
        )


@strawberry.type
class IndexFigurePayload(Payload):
    """What a figure changes, for each offer that follows the index."""

    price_changes: list[PriceChangeType] = strawberry.field(default_factory=list[PriceChangeType])


@strawberry.type
class IndicesQuery:
    """Root queries of indices."""

    @strawberry.field(description="The indices that a consortium's prices follow, by name.")
    async def price_indices(self, info: Info, consortium_id: strawberry.ID) -> list[PriceIndexType]:
        """The indices."""
        uow = info.context.uow
        async with uow.lock:
            found = await index_figures.indices(
                uow, local_id(consortium_id, "Organization", "consortium_id")
            )
        return [PriceIndexType.of(one) for one in found]


@strawberry.type
class IndicesMutation:
    """Root mutations of indices."""

    @strawberry.mutation(
        description="Enter a figure of an index into every price that uses it and tell the members"
        " by how much; a dry run only says what it would change."
    )
    @answers(IndexFigurePayload)
    async def enter_index_figure(
        self,
        info: Info,
        consortium_id: strawberry.ID,
        index: str,
        month: str,
        value: Decimal,
        source: str,
        published_on: date,
        dry_run: bool = False,
    ) -> IndexFigurePayload:
        """Enter a figure."""
        async with info.context.writing() as uow:
            made = await index_figures.enter(
                uow,
                info.context.host,
                consortium_id=local_id(consortium_id, "Organization", "consortium_id"),
                name=index,
                month=month_named(month),
                value=value,
                source=source,
                published_on=published_on,
                dry_run=dry_run,
            )
            return IndexFigurePayload(price_changes=[PriceChangeType.of(one) for one in made])
