"""The objects that a plugin's hooks register."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from arengo_core.caller import Permission
from arengo_core.database.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from arengo_core.host import Host


@dataclass(frozen=True, slots=True)
class Capability:
    """An implementation of a contract, made for a unit of work (None: ``host.standalone``).

    Others get it by ``host.capability(uow, Contract, member)``; where ``service`` is named the
    host first checks that the member has it active.
    """

    contract: type[Any]
    make: Callable[[Host, UnitOfWork | None], Any]
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """One of several interchangeable implementations: a gateway, a carrier, a channel.

    ``make`` gets the settings that the deployment holds for it.
    """

    contract: type[Any]
    key: str
    title: str
    make: Callable[[Host, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class FieldExtension:
    """A GraphQL field on another plugin's type, named by its contract type name.

    ``resolve(root, info)`` is typed. With ``service`` the field is in the schema of callers
    alone whose organization has it active; with ``member`` too the host answers null for an
    object that belongs to a member who has not.
    """

    type_name: str
    name: str
    resolve: Callable[..., Any]
    description: str
    service: str | None = None
    member: Callable[[Any], UUID] | None = None


@dataclass(frozen=True, slots=True)
class GraphqlContribution:
    """Root types (Strawberry) and extensions that join the one schema."""

    queries: tuple[type[Any], ...] = ()
    mutations: tuple[type[Any], ...] = ()
    types: tuple[type[Any], ...] = ()
    extensions: tuple[FieldExtension, ...] = ()
    nodes: Mapping[str, Callable[..., Awaitable[Any]]] = field(
        default_factory=dict[str, Callable[..., Awaitable[Any]]]
    )


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """An entry of a face's menu: ``office`` (officers), ``desk`` (merchants), ``market``.

    Shown to callers who act for an organization and have one of ``permissions`` there (empty:
    anybody), with ``service`` active where it is named. Entries of one ``group`` (a msgid) share
    a menu. The entry is marked on the pages under ``path``, and on those under a path of ``also``
    that no other entry of the caller's menu has for its own.
    """

    face: str
    label: str
    path: str
    order: int = 100
    icon: str = ""
    permissions: tuple[Permission, ...] = ()
    service: str | None = None
    group: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a page of this plugin where others show a part of theirs.

    ``key`` begins with the plugin's own (``storefront.order``); ``description`` says where the
    place is and what the part's ``subject`` is there.
    """

    key: str
    description: str


@dataclass(frozen=True, slots=True)
class SlotPart:
    """What a plugin shows in a slot, its own or another's.

    ``values(uow, subject)`` answers what ``template`` shows, or None to show nothing; it reads
    in a transaction of its own, in the caller's scope. With ``service`` the part is there only
    where a member whom the page concerns has it active.
    """

    slot: str
    template: str
    values: Callable[[UnitOfWork, Any], Awaitable[Mapping[str, Any] | None]]
    order: int = 100
    service: str | None = None


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A question to a plugin whether its part works; raises or returns False when not."""

    key: str
    title: str
    check: Callable[[Host], Awaitable[bool]]
    every: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Act:
    """What the log calls an act that the plugin notes: ``Act("tariff.set", N_("Price set"))``."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class DemoStep:
    """A part of the demo data; steps run in ``order`` inside ``arengo demo``."""

    order: int
    title: str
    run: Callable[[Host, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Companion:
    """A process that ``arengo demo`` starts beside the server; never under ``arengo serve``.

    ``arguments`` follow ``python -m``; placeholders ``{port}`` and ``{base_url}`` are filled.
    """

    key: str
    title: str
    arguments: tuple[str, ...]
    ready_path: str = "/"


@dataclass(frozen=True, slots=True)
class Resources:
    """Folders that a plugin ships: templates, locale catalogues, static files, themes."""

    templates: Path | None = None
    locale: Path | None = None
    static: Path | None = None
    themes: tuple[Path, ...] = ()
