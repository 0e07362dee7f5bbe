"""The schema that a caller sees: of all fields, those whose service is active for it."""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

import strawberry
from strawberry.federation import Schema as FederatedSchema
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from arengo_core.api.context import ApiContext
from arengo_core.api.gating import FINISHES, SERVICE
from arengo_core.caller import Services
from arengo_core.plugins import gate
from arengo_core.web.context import ArengoRequest, site_of

MAX_SCHEMAS = 64
ROUTER_HEADER = "x-arengo-router"

Build = Callable[[Services], strawberry.Schema]


def service_of(field: StrawberryField) -> str | None:
    """The service without which a field does not exist."""
    return field.metadata.get(SERVICE)


def is_seen(field: StrawberryField, services: Services) -> bool:
    """Whether a field exists for callers with these services."""
    service = service_of(field)
    return (
        service is None
        or service in services.active
        or (service in services.begun and bool(field.metadata.get(FINISHES)))
    )


class MemberSchema(strawberry.Schema):
    """The schema without the fields of services other than these.

    It knows nothing of federation: a router composes the whole schema, with its token.
    """

    def __init__(self, services: Services, **arguments: object) -> None:
        self._services = services
        super().__init__(**arguments)  # pyright: ignore[reportArgumentType]

    def get_fields(self, type_definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        """The fields of a type that exist for these services."""
        return [field for field in type_definition.fields if is_seen(field, self._services)]


class Schemas:
    """The whole schema, and one for each set of services that callers came with.

    At most ``MAX_SCHEMAS`` are kept, the least recently used goes first.
    """

    def __init__(self, whole: FederatedSchema, build: Build, router_token: str | None) -> None:
        self.whole = whole
        self._build = build
        self._router_token = router_token
        self._known: OrderedDict[Services, strawberry.Schema] = OrderedDict()
        self._building = asyncio.Lock()
        self._gating = frozenset(_services_in(whole))

    def is_router(self, request: ArengoRequest | None) -> bool:
        """Whether the request carries the token of the deployment's federation router."""
        given = request.headers.get(ROUTER_HEADER) if request is not None else None
        return bool(
            given
            and self._router_token
            and hmac.compare_digest(given.encode(), self._router_token.encode())
        )

    async def for_caller(self, context: ApiContext) -> strawberry.Schema:
        """The schema of the caller's organizations, and of the shop that the host addresses."""
        if self.is_router(context.request):
            return self.whole
        if not self._gating:
            return await self.for_services(Services())
        caller = context.caller
        shop = site_of(context.request).organization_id if context.request is not None else None
        known = caller.services
        own = {grant.organization_id for grant in caller.grants} if known is None else set[UUID]()
        organizations = own | {shop} if shop is not None else own
        governs = caller.scope.governs if known is None else frozenset[UUID]()
        services = known or Services()
        if organizations or governs:
            session = context.uow.session
            services = services | await gate.seen_by(session, organizations, governs)
        return await self.for_services(services)

    async def for_services(self, services: Services) -> strawberry.Schema:
        """The schema of sets of active and begun services, built when it is first asked for."""
        active = services.active & self._gating
        services = Services(active, (services.begun | active) & self._gating)
        if services in self._known:
            self._known.move_to_end(services)
            return self._known[services]
        async with self._building:
            if services not in self._known:
                self._known[services] = await asyncio.to_thread(self._build, services)
                if len(self._known) > MAX_SCHEMAS:
                    self._known.popitem(last=False)
            return self._known[services]


def _services_in(schema: FederatedSchema) -> set[str]:
    found: set[str] = set()
    for known in schema.schema_converter.type_map.values():
        if isinstance(known.definition, StrawberryObjectDefinition):
            services = (service_of(field) for field in known.definition.fields)
            found.update(service for service in services if service is not None)
    return found
