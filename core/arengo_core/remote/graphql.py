"""GraphQL for remote plugins: what they are let do, and by whom."""

from __future__ import annotations

import strawberry

from arengo_core.api.context import Info
from arengo_core.identity.graphql import OrganizationType
from arengo_core.organizations import repository as organizations
from arengo_core.plugins.contributions import GraphqlContribution
from arengo_core.remote import access


@strawberry.type(description="A member that has services of the calling plugin active.")
class PluginMember:
    """GraphQL face of what a member lets the plugin do."""

    organization: OrganizationType
    services: list[str] = strawberry.field(description="The plugin's own that it has active.")
    grants: list[str] = strawberry.field(description="What it lets them read and write.")


@strawberry.type
class RemoteQuery:
    """Root query of remote plugins."""

    @strawberry.field(
        description="Whom the calling plugin serves, and what they let it do; by a plugin's token."
    )
    async def plugin_members(self, info: Info) -> list[PluginMember]:
        """The members within the token's reach."""
        caller = info.context.caller
        plugin = caller.require_plugin()
        uow = info.context.uow
        async with uow.lock:
            reached = await access.of_plugin(
                uow.session, info.context.host.registry, plugin, caller.member_id
            )
            places = await organizations.by_ids(
                uow.session, [one.organization_id for one in reached]
            )
        return [
            PluginMember(
                organization=OrganizationType.of(places[one.organization_id]),
                services=sorted(one.services),
                grants=sorted(one.grants),
            )
            for one in reached
        ]


CONTRIBUTION = GraphqlContribution(queries=(RemoteQuery,))
