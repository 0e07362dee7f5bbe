"""From a manifest to a plugin as every other: services, providers, event handlers, pages."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from arengo_core.caller import OrganizationKind
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import N_, catalogue
from arengo_core.outbox.events import EventHandler
from arengo_core.plugins.contributions import HealthCheck, NavigationItem, Provider
from arengo_core.plugins.grants import owner_of
from arengo_core.plugins.manager import check_requirements
from arengo_core.plugins.manifest import Manifest, Meter, Service, setting
from arengo_core.plugins.registry import Plugin, PluginError, Registry
from arengo_core.remote import events, framing, manifest
from arengo_core.remote.calling import Remote
from arengo_core.remote.manifest import (
    RemoteManifest,
    RemoteProvider,
    RemoteService,
    RemoteSetting,
    Text,
)
from arengo_core.remote.models import RemotePlugin

_TYPES: dict[str, type[Any]] = {"text": str, "boolean": bool, "integer": int, "decimal": Decimal}


def said(text: Text) -> str:
    """The message id of a text, translated from now on."""
    catalogue.translate("it", text.en, text.it)
    return text.en


def joined(registry: Registry, rows: Iterable[RemotePlugin]) -> Registry:
    """The registry with the registered plugins; one that does not fit is set aside."""
    for row in rows:
        try:
            read = manifest.of(row.manifest)
        except InvalidInputError as error:
            registry.set_aside.append(PluginError(row.key, "manifest", str(error)))
            continue
        try:
            registry = with_plugin(registry, read, row.base_url)
        except PluginError as error:
            registry.set_aside.append(error)
    return registry


def with_plugin(registry: Registry, read: RemoteManifest, base_url: str) -> Registry:
    """The registry with one plugin more. PluginError where it does not fit."""
    known = {plugin.name: plugin for plugin in registry.plugins}
    if read.key in known:
        raise PluginError(
            read.key, "manifest", f"a plugin {read.key!r} is installed", "give it another key"
        )
    plugin = _assembled(registry, read, base_url)
    check_requirements(plugin, known)
    made = Registry([*registry.plugins, plugin], registry.set_aside)
    for error in made.unknown_grants():
        if error.plugin == read.key:
            raise error
    return made


def _assembled(registry: Registry, read: RemoteManifest, base_url: str) -> Plugin:
    return Plugin(
        name=read.key,
        manifest=Manifest(
            key=read.key,
            title=said(read.title),
            description=said(read.description),
            version=read.version,
            arengo=read.arengo,
            requires=read.requires,
            uses=read.uses,
            author=read.author,
            licence=read.licence,
        ),
        file=base_url,
        remote_url=base_url,
        services=[_service(one) for one in read.services],
        providers=[_provider(registry, read, base_url, one) for one in read.providers],
        event_handlers=_handlers(registry, read),
        routes=[framing.route(read.key, base_url, page) for page in read.pages],
        navigation=[
            NavigationItem(
                page.face,
                said(page.title),
                framing.path_of(read.key, page),
                order=500,
                service=page.service,
            )
            for page in read.pages
        ],
        health_checks=[
            HealthCheck(f"{read.key}.answers", N_("It answers"), _check(read.key, base_url))
        ],
    )


def _check(key: str, base_url: str) -> Any:
    async def answers(host: Host) -> bool:
        return await Remote(host, key, base_url, time_limit=2.0).answers()

    return answers


def _service(read: RemoteService) -> Service:
    return Service(
        key=read.key,
        title=said(read.title),
        description=said(read.description),
        serves=frozenset(OrganizationKind(kind) for kind in read.serves),
        settings=_settings(read.key, read.settings) if read.settings else None,
        meters=tuple(Meter(one.key, said(one.title), said(one.unit)) for one in read.meters),
        rests_on=tuple(read.rests_on),
        icon=read.icon,
        grants=tuple(read.grants),
    )


def _settings(service: str, fields: Sequence[RemoteSetting]) -> type[Any]:
    """A settings type as a plugin in Python would write it."""
    return dataclasses.make_dataclass(
        f"SettingsOf_{service.replace('.', '_')}",
        [(one.name, _TYPES[one.type], _field(one)) for one in fields],
        frozen=True,
        kw_only=True,
    )


def _field(read: RemoteSetting) -> Any:
    default: Any = dataclasses.MISSING if read.default is None else read.default
    if read.type == "decimal" and isinstance(default, str):
        try:
            default = Decimal(default)
        except InvalidOperation:
            raise PluginError(
                read.name, "manifest", f"{default!r} is no number", "write one as 12.50"
            ) from None
    return setting(
        said(read.label),
        help=said(read.help) if read.help else "",
        default=default,
        secret=read.secret,
        choices={value: said(text) for value, text in read.choices.items()}
        if read.choices
        else None,
        pattern=read.pattern,
    )


def _provider(
    registry: Registry, read: RemoteManifest, base_url: str, provider: RemoteProvider
) -> Provider:
    owned = registry.remote_kinds.get(provider.kind)
    if owned is None:
        known = ", ".join(sorted(registry.remote_kinds))
        raise PluginError(
            read.key,
            "providers",
            f"no installed plugin has a kind {provider.kind!r}",
            f"use one of: {known}",
        )
    kind = owned.value
    if provider.options.keys() != kind.options:
        expected = ", ".join(sorted(kind.options)) or "none"
        raise PluginError(
            read.key,
            "providers",
            f"{provider.key!r} has the options {sorted(provider.options)}",
            f"a {kind.key} has: {expected}",
        )

    def make(host: Host, settings: Mapping[str, Any]) -> Any:
        remote = Remote(host, read.key, base_url)
        return kind.adapt(remote, provider.key, provider.options, settings)

    return Provider(kind.contract, provider.key, said(provider.title), make)


def _handlers(registry: Registry, read: RemoteManifest) -> list[EventHandler]:
    """One handler for each event of each service, called where the member has it active."""
    found: list[EventHandler] = []
    for service in read.services:
        for name in service.events:
            owned = registry.published.get(name)
            if owned is None:
                known = ", ".join(sorted(registry.published))
                raise PluginError(
                    read.key, "events", f"there is no event {name!r}", f"known are: {known}"
                )
            reading = frozenset(
                grant
                for grant in service.grants
                if owner_of(grant) == owned.plugin and grant.endswith(":read")
            )
            if not reading:
                raise PluginError(
                    read.key,
                    "events",
                    f"service {service.key!r} is told of {name!r}, and asks to read nothing of"
                    f" plugin {owned.plugin!r}",
                    f"name a data grant of that plugin in its grants, such as"
                    f" {_grants_of(registry, owned.plugin)}",
                )
            key = f"{service.key}.{name}"
            handler = events.handler_for(read.key, service.key, reading)
            found.append(EventHandler(owned.value, handler, key, service=service.key))
    return found


def _grants_of(registry: Registry, plugin: str) -> str:
    keys = sorted(key for key in registry.data_grants if owner_of(key) == plugin)
    return ", ".join(key for key in keys if key.endswith(":read"))
