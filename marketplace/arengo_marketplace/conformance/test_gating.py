"""Installed is not enabled: nothing of a service answers for a member without an Activation."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from strawberry.utils.str_converters import to_camel_case

from arengo_core.api.gating import FINISHES, SERVICE
from arengo_core.caller import Caller
from arengo_core.errors import NotActiveError
from arengo_core.host import Host
from arengo_core.plugins.manifest import Service
from arengo_core.plugins.registry import Plugin
from arengo_core.testing.fixtures import Visitor
from arengo_core.testing.messages import folder
from arengo_core.web.pages import menu
from arengo_marketplace.activations import service as activations
from arengo_marketplace.conformance.kit import Pair, jobs_of, told_by

_PLACE = re.compile(r"{\w+(:\w+)?}")
_GATE = "gate.require_active("
MakePair = Callable[[Service], Awaitable[Pair]]
_TYPES = "{ __schema { types { name fields { name } } } }"


def _routes(app: Any, plugin: Plugin, service: str) -> Iterator[tuple[str, str]]:
    for route in app.routes:
        for handler in route.route_handlers:
            module = getattr(getattr(handler, "fn", None), "__module__", "")
            if module.partition(".")[0] != plugin.package or handler.opt.get("service") != service:
                continue
            for method in sorted(handler.http_methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
                yield method, _PLACE.sub("00000000-0000-7000-8000-000000000000", route.path)


def _fields(host: Host, service: str, *, finishing: bool = False) -> set[tuple[str, str]]:
    """The fields of a service, or those alone that finish what was begun."""
    schema = host.state["schemas"].whole
    return {
        (kind.name, name)
        for kind in schema._schema.type_map.values()  # the schema that graphql-core executes
        for name, field in getattr(kind, "fields", {}).items()
        if (definition := field.extensions.get("strawberry-definition")) is not None
        and (metadata := getattr(definition, "metadata", {})).get(SERVICE) == service
        and (metadata[FINISHES] or not finishing)
    }


def test_a_service_has_an_entrance_that_the_host_guards(
    service: Service, subject: Plugin, host: Host, app: Any
) -> None:
    """Or whose own rules ask the gate, as one must that concerns several members at once."""
    guarded = (
        list(_routes(app, subject, service.key)),
        _fields(host, service.key),
        [item for item in subject.navigation if item.service == service.key],
        [handler for handler in subject.event_handlers if handler.service == service.key],
        [job for job in jobs_of(subject) if job.service == service.key and job.is_gated],
        [item for item in subject.capabilities if item.service == service.key],
        [
            path
            for path in folder(subject.package).rglob("*.py")
            if _GATE in path.read_text("utf-8")
        ],
    )
    assert any(guarded), f"nothing asks whether a member has {service.key} active"


def _open(app: Any, plugin: Plugin) -> Iterator[str]:
    """Each entrance of the plugin that names no service."""
    for route in app.routes:
        for handler in route.route_handlers:
            module = getattr(getattr(handler, "fn", None), "__module__", "")
            if module.partition(".")[0] == plugin.package and not handler.opt.get("service"):
                yield route.path_format
    for root, kinds in (("Query", plugin.graphql.queries), ("Mutation", plugin.graphql.mutations)):
        for field in (field for kind in kinds for field in kind.__strawberry_definition__.fields):
            if SERVICE not in field.metadata:
                yield f"{root}.{to_camel_case(field.python_name)}"
    named = (
        ((f"{one.type_name}.{one.name}", one.service) for one in plugin.graphql.extensions),
        ((f"menu {one.path}", one.service) for one in plugin.navigation),
        ((f"event {one.key}", one.service) for one in plugin.event_handlers),
        ((f"job {one.name}", one.service) for one in jobs_of(plugin)),
        ((f"slot {one.slot}", one.service) for one in plugin.slot_parts),
        ((f"capability {one.contract.__name__}", one.service) for one in plugin.capabilities),
    )
    yield from (name for kind in named for name, service in kind if service is None)


def test_what_names_no_service_is_said_to_be_open(subject: Plugin, app: Any) -> None:
    """``OPEN`` in the plugin's module ``conformance``: why, and patterns of what it is."""
    if not subject.services:
        pytest.skip("it brings no service")
    module = f"{subject.package}.conformance"
    patterns = [one for some in told_by(subject, "OPEN").values() for one in some]
    found = sorted({*_open(app, subject)})
    closed = [name for name in found if not any(fnmatchcase(name, one) for one in patterns)]
    assert not closed, f"name a service, or say in {module}.OPEN why not: {', '.join(closed)}"
    stale = [one for one in patterns if not any(fnmatchcase(name, one) for name in found)]
    assert not stale, f"{module}.OPEN speaks of what is not there: {', '.join(stale)}"


async def test_routes_answer_members_with_the_service_alone(
    service: Service,
    subject: Plugin,
    app: Any,
    make_pair: MakePair,
    visit: Callable[..., Awaitable[Visitor]],
) -> None:
    routes = list(_routes(app, subject, service.key))
    if not routes:
        pytest.skip("no route names the service")
    pair = await make_pair(service)
    without = await visit(pair.without.person)
    await without.get("/account")
    token = without.http.cookies["arengo_csrf"]
    for method, path in routes:
        answer = await without.http.request(method, path, headers={"X-CSRF-Token": token})
        assert answer.status_code == 404, f"{method} {path} answers {answer.status_code}"
    having = await visit(pair.having.person)
    for method, path in routes:
        if method == "GET" and "00000000" not in path:
            answer = await having.get(path)
            assert answer.status_code < 400, f"{path} answers {answer.status_code} with the service"


async def test_fields_are_in_the_schema_of_members_with_the_service_alone(
    service: Service,
    host: Host,
    app: Any,
    make_pair: MakePair,
    visit: Callable[..., Awaitable[Visitor]],
) -> None:
    fields = _fields(host, service.key)
    if not fields:
        pytest.skip("no GraphQL field names the service")
    pair = await make_pair(service)
    assert fields <= await _seen(await visit(pair.having.person))
    for person in (pair.without.person, None):
        assert not fields & await _seen(await visit(person)), "a member without it sees fields"


async def test_fields_that_finish_begun_work_outlive_a_suspension(
    service: Service,
    host: Host,
    app: Any,
    make_pair: MakePair,
    caller_for: Callable[..., Awaitable[Caller]],
    visit: Callable[..., Awaitable[Visitor]],
) -> None:
    fields = _fields(host, service.key)
    if not fields:
        pytest.skip("no GraphQL field names the service")
    pair = await make_pair(service)
    async with host.unit_of_work(await caller_for(pair.consortium.officer)) as uow:
        await activations.suspend(uow, host, activation_id=pair.activation_id, why="-")
    seen = fields & await _seen(await visit(pair.having.person))
    assert seen == _fields(host, service.key, finishing=True)


async def _seen(visitor: Visitor) -> set[tuple[str, str]]:
    answer = await visitor.graphql(_TYPES)
    return {
        (kind["name"], field["name"])
        for kind in answer["data"]["__schema"]["types"]
        for field in kind["fields"] or []
    }


async def test_menus_show_it_to_members_with_the_service_alone(
    service: Service,
    subject: Plugin,
    host: Host,
    app: Any,
    make_pair: MakePair,
    caller_for: Callable[..., Awaitable[Caller]],
) -> None:
    items = [item for item in subject.navigation if item.service == service.key]
    if not items:
        pytest.skip("no menu entry names the service")
    pair = await make_pair(service)
    caller = await caller_for(pair.without.person)
    for item in items:
        shown = menu(host, item.face, caller, frozenset(), "/")
        paths = {entry.url for top in shown for entry in (top, *top.children)}
        assert item.path not in paths, f"the menu leads to {item.path} without the service"


async def test_capabilities_refuse_members_without_the_service(
    service: Service, subject: Plugin, host: Host, make_pair: MakePair
) -> None:
    capabilities = [item for item in subject.capabilities if item.service == service.key]
    if not capabilities:
        pytest.skip("no capability names the service")
    pair = await make_pair(service)
    async with host.unit_of_work(Caller.program([pair.having.id, pair.without.id])) as uow:
        for capability in capabilities:
            await host.capability(uow, capability.contract, pair.having.id)
            with pytest.raises(NotActiveError):
                await host.capability(uow, capability.contract, pair.without.id)
