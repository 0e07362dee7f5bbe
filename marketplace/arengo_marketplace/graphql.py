"""The marketplace's part of the schema."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arengo_core.api.context import Info
from arengo_core.errors import NotFoundError
from arengo_core.plugins.contributions import GraphqlContribution
from arengo_marketplace import accounting
from arengo_marketplace.activations import service as activations
from arengo_marketplace.activations.mutations import ActivationsMutation
from arengo_marketplace.activations.queries import ActivationsQuery
from arengo_marketplace.activations.types import ActivationType
from arengo_marketplace.health.mutations import HealthMutation
from arengo_marketplace.health.queries import HealthQuery
from arengo_marketplace.members.mutations import MembersMutation
from arengo_marketplace.members.queries import MembersQuery
from arengo_marketplace.offers import repository as offers
from arengo_marketplace.offers.index_graphql import IndicesMutation, IndicesQuery
from arengo_marketplace.offers.mutations import OffersMutation
from arengo_marketplace.offers.price_mutations import PricesMutation
from arengo_marketplace.offers.price_queries import PricesQuery
from arengo_marketplace.offers.queries import OffersQuery
from arengo_marketplace.offers.types import OfferType
from arengo_marketplace.pledges import service as pledges
from arengo_marketplace.pledges.mutations import PledgesMutation
from arengo_marketplace.pledges.queries import PledgesQuery
from arengo_marketplace.pledges.types import PledgeType
from arengo_marketplace.votes import reading as votes
from arengo_marketplace.votes.mutations import VotesMutation
from arengo_marketplace.votes.queries import VotesQuery
from arengo_marketplace.votes.types import VoteType

QUERIES: tuple[type[Any], ...] = (
    MembersQuery,
    OffersQuery,
    PricesQuery,
    IndicesQuery,
    ActivationsQuery,
    PledgesQuery,
    VotesQuery,
    HealthQuery,
)
MUTATIONS: tuple[type[Any], ...] = (
    MembersMutation,
    OffersMutation,
    PricesMutation,
    IndicesMutation,
    ActivationsMutation,
    PledgesMutation,
    VotesMutation,
    HealthMutation,
)


async def _offer(info: Info, offer_id: UUID) -> OfferType | None:
    async with info.context.uow.lock:
        row = await offers.get(info.context.uow.session, offer_id)
    return OfferType.of(row) if row else None


async def _activation(info: Info, activation_id: UUID) -> ActivationType | None:
    async with info.context.uow.lock:
        try:
            row = await activations.activation_of(info.context.uow, activation_id)
        except NotFoundError:
            return None
    return ActivationType.of(row)


async def _pledge(info: Info, pledge_id: UUID) -> PledgeType | None:
    async with info.context.uow.lock:
        try:
            row = await pledges.pledge_of(info.context.uow, pledge_id)
        except NotFoundError:
            return None
        offer = await offers.get(info.context.uow.session, row.offer_id)
    return PledgeType.of(row, offer) if offer else None


async def _vote(info: Info, vote_id: UUID) -> VoteType | None:
    async with info.context.uow.lock:
        try:
            row = await votes.vote_of(info.context.uow, vote_id)
        except NotFoundError:
            return None
        counts = await votes.counts_of(info.context.uow, [row])
    return VoteType.of(row, counts.get(row.id))


CONTRIBUTION = GraphqlContribution(
    queries=(*QUERIES, *accounting.QUERIES),
    mutations=(*MUTATIONS, *accounting.MUTATIONS),
    nodes={"Offer": _offer, "Activation": _activation, "Pledge": _pledge, "Vote": _vote},
)
