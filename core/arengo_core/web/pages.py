"""Rendering of pages: the theme, the menu, the person, and the formats of the locale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader
from litestar import Response
from litestar.utils.scope.state import ScopeState

import arengo_themes
from arengo_core import clock, i18n, tracing
from arengo_core.caller import Caller, OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ForbiddenError
from arengo_core.host import Host
from arengo_core.identity.models import Person
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_core.organizations.models import Organization
from arengo_core.plugins import gate
from arengo_core.plugins.contributions import NavigationItem
from arengo_core.plugins.registry import Plugin
from arengo_core.web import flashes
from arengo_core.web.context import ArengoRequest, host_of
from arengo_core.web.slots import SlotAt, fill
from arengo_themes.environment import new_environment
from arengo_themes.registry import ThemeRegistry

FACE_THEMES = {"office": "civic", "desk": "civic", "market": "bottega"}
_NONE = (0, False)


def _format_cents(amount: int, currency: str = "EUR") -> str:
    return i18n.format_money(Money(amount, currency))


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A menu entry as templates show it."""

    label: str
    url: str
    active: bool
    icon: str = ""
    children: tuple[MenuEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """The name above the page, and the consortium behind it."""

    name: str
    consortium: str = ""


class Pages:
    """The themes and their template environments; one a process."""

    def __init__(self, host: Host, plugins: Sequence[Plugin]) -> None:
        self.host = host
        resources = [plugin.resources for plugin in plugins]
        folders = [path for item in resources for path in item.themes]
        self.themes = ThemeRegistry([arengo_themes.FOLDER, *folders], arengo_themes.VENDOR)
        self._loaders = [FileSystemLoader(r.templates) for r in resources if r.templates]
        self._environments: dict[str, Environment] = {}

    def environment(self, theme: str) -> Environment:
        """The Jinja environment of a theme."""
        if theme not in self._environments:
            environment = new_environment(self.themes.loader(theme, self._loaders))
            environment.install_gettext_callables(  # pyright: ignore[reportAttributeAccessIssue]
                i18n.catalogue.gettext, i18n.catalogue.ngettext, newstyle=True
            )
            formats: dict[str, Any] = {
                "money": i18n.format_money,
                "number": i18n.format_number,
                "percent": i18n.format_percent,
                "date": i18n.format_date,
                "datetime": i18n.format_datetime,
                "month": i18n.format_month,
                "cents": _format_cents,
            }
            known: dict[str, Any] = {
                "static": partial(self.static, theme),
                "theme": self.themes.get(theme),
                "languages": i18n.LOCALES,
                "now": clock.now,
                "demo": self.host.settings.demo,
                "demo_links": self.host.settings.demo_links,
            }
            environment.filters.update(formats)
            environment.globals.update(formats | known)
            self._environments[theme] = environment
        return self._environments[theme]

    def static(self, theme: str, path: str) -> str:
        """The address of a static file as a theme sees it; ``<plugin>:<path>`` a plugin's own."""
        plugin, colon, rest = path.partition(":")
        if colon:
            return f"/static/plugins/{plugin}/{rest}"
        return self.themes.static_url(theme, path)

    def theme_for(self, face: str, chosen: str | None) -> str:
        """The theme of a face, or the one an organization chose where it exists."""
        if chosen and chosen in self.themes:
            return chosen
        return FACE_THEMES[face]


def _shown(item: NavigationItem, caller: Caller, active: frozenset[str]) -> bool:
    if item.service is not None and item.service not in active:
        return False
    if not item.permissions:
        return True
    return caller.acting_id is not None and caller.may(caller.acting_id, *item.permissions)


def _claim(item: NavigationItem, path: str) -> tuple[int, bool]:
    """How closely a page is an entry's: by its longest path above it, its own before others."""
    above = [own for own in (item.path, *item.also) if path == own or path.startswith(own + "/")]
    return max(((len(own), own == item.path) for own in above), default=_NONE)


def menu(
    host: Host, face: str, caller: Caller, active: frozenset[str], path: str
) -> list[MenuEntry]:
    """The menu of a face for a caller."""
    items = [item for plugin in host.registry.plugins for item in plugin.navigation]
    fitting = [item for item in items if item.face == face and _shown(item, caller, active)]
    claims = [_claim(item, path) for item in fitting]
    closest = max(claims, default=_NONE)
    entries: list[MenuEntry] = []
    groups: dict[str, list[MenuEntry]] = {}
    for item, claim in sorted(zip(fitting, claims, strict=True), key=lambda pair: pair[0].order):
        is_here = claim == closest != _NONE
        entry = MenuEntry(i18n.gettext(item.label), item.path, is_here, item.icon)
        if not item.group:
            entries.append(entry)
            continue
        if item.group not in groups:
            entries.append(MenuEntry(item.group, "", False))
        groups.setdefault(item.group, []).append(entry)
    return [_with_children(entry, groups) for entry in entries]


def _with_children(entry: MenuEntry, groups: dict[str, list[MenuEntry]]) -> MenuEntry:
    """A group's entry with what belongs to it; a group of one is that one."""
    children = groups.get(entry.label, []) if not entry.url else []
    if len(children) < 2:
        return children[0] if children else entry
    active = any(child.active for child in children)
    return MenuEntry(i18n.gettext(entry.label), "", active, children=tuple(children))


@dataclass(frozen=True, slots=True)
class Acting:
    """The organization that the caller acts for, with its active services."""

    organization: Organization | None
    active: frozenset[str]
    person: Person | None


async def _acting(uow: UnitOfWork) -> Acting:
    caller = uow.caller
    person = await uow.session.get(Person, caller.user_id) if caller.user_id else None
    if caller.acting_id is None:
        return Acting(None, frozenset(), person)
    organization = await organizations.get(uow.session, caller.acting_id)
    return Acting(organization, await gate.active_services(uow.session, caller.acting_id), person)


async def page(
    request: ArengoRequest,
    uow: UnitOfWork,
    template: str,
    *,
    face: str,
    status: int = 200,
    theme: str | None = None,
    site: SiteInfo | None = None,
    slots: Sequence[SlotAt] = (),
    **context: Any,
) -> Response[str]:
    """Render a page inside its unit of work.

    ``face`` is ``office``, ``desk`` or ``market``; ``theme`` one an organization chose;
    ``slots`` are those that the template fills with ``slot(key)``.
    """
    host = host_of(request)
    pages: Pages = host.state["pages"]
    acting = await _acting(uow)
    path = request.scope["path"]
    come = flashes.read(request)
    values: dict[str, Any] = {
        "locale": i18n.current_locale(),
        "user": acting.person,
        "acting": acting.organization,
        "caller": uow.caller,
        "active_services": acting.active,
        "navigation": menu(host, face, uow.caller, acting.active, path),
        "face": face,
        "flashes": come,
        "csrf_token": _csrf_token(request),
        "site": site or SiteInfo(acting.organization.name if acting.organization else "Arengo"),
        "cart_count": 0,
        "trace_id": tracing.current(),
        "path": path,
        "status": status,
        "query": request.url.query,
        **context,
    }
    own = acting.organization.theme if acting.organization and face != "market" else None
    environment = pages.environment(pages.theme_for(face, theme or own))
    values["slot"] = await fill(host, uow.caller, environment, slots, values)
    text = environment.get_template(template).render(values)
    answer: Response[str] = Response(text, status_code=status, media_type="text/html")
    answer.headers["cache-control"] = "no-store" if acting.person else "private, max-age=0"
    if come:
        answer.delete_cookie(flashes.COOKIE)
    return answer


def _csrf_token(request: ArengoRequest) -> str:
    token = ScopeState.from_scope(request.scope).csrf_token
    return token if isinstance(token, str) else request.cookies.get("arengo_csrf", "")


def face_of(caller: Caller) -> str:
    """The face of the caller's own work: a merchant's desk, or the office."""
    kinds = {g.kind for g in caller.grants if g.organization_id == caller.acting_id}
    return "desk" if OrganizationKind.MERCHANT in kinds else "office"


def allow_form_to(request: ArengoRequest, origin: str) -> None:
    """Let this page's forms lead on to another origin, such as a gateway's hosted page."""
    state: dict[str, Any] = request.scope.setdefault("state", {})
    state["arengo_form_origins"] = (*state.get("arengo_form_origins", ()), origin)


def allow_frame_of(request: ArengoRequest, origin: str) -> None:
    """Let this page frame one of another origin: a remote plugin's."""
    state: dict[str, Any] = request.scope.setdefault("state", {})
    state["arengo_frame_origins"] = (*state.get("arengo_frame_origins", ()), origin)


def acting_for(caller: Caller) -> UUID:
    """The organization that the caller acts for; sign-in needed."""
    caller.require_signed_in()
    if caller.acting_id is None:
        raise ForbiddenError("Your account has no role in any organization yet.")
    return caller.acting_id
