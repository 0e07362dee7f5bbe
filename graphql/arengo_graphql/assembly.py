"""Assembling the one schema from what core, marketplace and plugins contribute."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.extensions import AddValidationRules, MaxTokensLimiter, ParserCache, ValidationCache
from strawberry.federation import Schema
from strawberry.types.base import StrawberryObjectDefinition

from arengo_core.api.context import Info
from arengo_core.api.gating import only_with
from arengo_core.api.ids import node_query
from arengo_core.api.scalars import CONFIG
from arengo_core.caller import Services
from arengo_core.database.limits import statements_within
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.plugins import gate
from arengo_core.plugins.contributions import FieldExtension
from arengo_core.plugins.registry import ESSENTIAL, Plugin, PluginError, Registry
from arengo_graphql.limits import limits_rule
from arengo_graphql.schemas import MemberSchema, Schemas

_FEDERATION = "2.9"


def _fields(kind: type[Any]) -> list[str]:
    return [field.python_name for field in kind.__strawberry_definition__.fields]


def _root(name: str, plugins: Sequence[Plugin], attribute: str) -> type[Any]:
    """Merge root types; a field that two plugins define is refused, naming both."""
    owner: dict[str, str] = {}
    parts: list[type[Any]] = []
    for plugin in plugins:
        for part in getattr(plugin.graphql, attribute):
            for field in _fields(part):
                if field in owner:
                    raise PluginError(
                        plugin.name,
                        "arengo_graphql",
                        f"{name}.{field} is already defined by plugin {owner[field]!r}",
                        "rename one of the two",
                    )
                owner[field] = plugin.name
            parts.append(part)
    return strawberry.type(type(name, tuple(parts), {}))


@dataclass(frozen=True, slots=True)
class _Parts:
    """What every schema of a host is made of."""

    query: type[Any]
    mutation: type[Any]
    types: list[type[Any]]
    extensions: list[Callable[[], Any]]

    def whole(self) -> Schema:
        """All fields, for the router."""
        return Schema(**self._arguments(), federation_version=_FEDERATION)

    def narrowed(self, services: Services) -> MemberSchema:
        """The fields that exist with these services."""
        return MemberSchema(services, **self._arguments())

    def _arguments(self) -> dict[str, Any]:
        return {
            "query": self.query,
            "mutation": self.mutation,
            "types": self.types,
            "extensions": self.extensions,
            "config": CONFIG,
        }


def _parts(host: Host, plugins: Sequence[Plugin]) -> _Parts:
    rule = limits_rule(host.settings.graphql_max_depth)
    return _Parts(
        query=_root("Query", plugins, "queries"),
        mutation=_root("Mutation", plugins, "mutations"),
        types=[kind for plugin in plugins for kind in plugin.graphql.types],
        extensions=[
            lambda: MaxTokensLimiter(max_token_count=host.settings.graphql_max_tokens),
            lambda: AddValidationRules([rule]),
            lambda: ParserCache(maxsize=512),
            lambda: ValidationCache(maxsize=512),
        ],
    )


def _build(host: Host, plugins: Sequence[Plugin], last: str) -> Schema:
    try:
        return _parts(host, plugins).whole()
    except PluginError:
        raise
    except Exception as error:
        raise PluginError(last, "graphql", f"{type(error).__name__}: {error}") from error


def _guarded(plugin: str, extension: FieldExtension) -> Callable[..., Any]:
    """The extender's resolver, gated for the member and contained by the host."""

    @functools.wraps(extension.resolve)
    async def resolve(root: Any, info: Info, **arguments: Any) -> Any:
        context = info.context
        host = context.host
        try:
            with statements_within(host.guard.time_limit / 2):
                async with context.apart():
                    if extension.service is not None and extension.member is not None:
                        member = extension.member(root)
                        if not await gate.is_active(context.uow.session, extension.service, member):
                            return None
                    return await host.guard.call(
                        plugin,
                        f"field {extension.type_name}.{extension.name}",
                        lambda: extension.resolve(root, info, **arguments),
                    )
        except Exception as error:
            # The field is the extender's alone: its fault must not fail the owner's object.
            if not isinstance(error, ArengoError):
                await host.guard.record(
                    plugin, f"field {extension.type_name}.{extension.name}", error
                )
            return None

    return resolve


def _attach(schema: Schema, plugin: str, extension: FieldExtension) -> None:
    """Put a field on another plugin's type; a clash is refused, naming both sides."""
    if extension.type_name in {"Query", "Mutation"}:
        raise PluginError(
            plugin,
            "arengo_graphql",
            f"{extension.type_name} is no type to extend",
            "bring a root type under queries or mutations",
        )
    definition = schema.get_type_by_name(extension.type_name)
    if not isinstance(definition, StrawberryObjectDefinition):
        raise PluginError(
            plugin,
            "arengo_graphql",
            f"there is no type {extension.type_name!r} to extend",
            "look it up in graphql/schema.graphql",
        )
    existing = {field.python_name: field for field in definition.fields}
    if extension.name in existing:
        known = existing[extension.name].metadata.get("arengo_plugin", "its owner")
        if known == plugin:
            return
        raise PluginError(
            plugin,
            "arengo_graphql",
            f"{extension.type_name}.{extension.name} is already defined by {known!r}",
            "rename one of the two",
        )
    field = strawberry.field(
        resolver=_guarded(plugin, extension),
        description=extension.description,
        metadata={
            "arengo_plugin": plugin,
            **(only_with(extension.service) if extension.service else {}),
        },
    )
    field.python_name = extension.name
    field.origin = definition.origin
    definition.fields.append(field)


def assemble(host: Host) -> Schemas:
    """The schemas of all loaded plugins; one that does not fit is set aside, the rest serves."""
    while True:
        try:
            return _assemble(host, host.registry)
        except PluginError as error:
            if error.plugin in ESSENTIAL:
                raise
            host.registry = host.registry.without(error.plugin, error)


def _assemble(host: Host, registry: Registry) -> Schemas:
    nodes = {key: load for p in registry.plugins for key, load in p.graphql.nodes.items()}
    node_plugin = Plugin("graphql", registry.plugin("graphql").manifest, graphql=node_query(nodes))
    chosen = [*registry.plugins, node_plugin]
    try:
        schema = _build(host, chosen, "graphql")
    except PluginError as error:
        if error.plugin != "graphql":
            raise
        _blame(host, registry)
        raise
    if registry.extensions:
        for plugin, extension in registry.extensions:
            _attach(schema, plugin, extension)
        schema = _build(host, chosen, registry.extensions[-1][0])
    token = host.settings.router_token
    return Schemas(
        schema,
        _parts(host, chosen).narrowed,
        token.get_secret_value() if token is not None else None,
    )


def _blame(host: Host, registry: Registry) -> None:
    """Find the plugin without which the schema builds: add them one at a time."""
    for count in range(1, len(registry.plugins) + 1):
        _build(host, registry.plugins[:count], registry.plugins[count - 1].name)
