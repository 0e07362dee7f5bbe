"""The application factory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Litestar, Response, get
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import Provide

from arengo_core.caller import ANONYMOUS
from arengo_core.host import Host
from arengo_core.limits.requests import request_limit
from arengo_core.organizations import repository as organizations
from arengo_core.plugins.containment import from_those_that_fit, set_aside
from arengo_core.plugins.registry import Plugin
from arengo_core.plugins.watchdog import watchdog_of_this_process
from arengo_core.web.context import ArengoRequest, FromHost, provide_caller, provide_host
from arengo_core.web.errors import HANDLERS
from arengo_core.web.gating import service_gate
from arengo_core.web.middleware import UNCOMPRESSED, around_requests, in_time
from arengo_core.web.pages import Pages, page
from arengo_core.web.static import static_file
from arengo_themes.environment import DEFAULT_LINKS

CSRF_COOKIE = "arengo_csrf"


@get("/unknown-host", opt={"exclude_from_csrf": True}, name="unknown-host")
async def unknown_host(request: ArengoRequest, host: FromHost) -> Response[str]:
    """What a host name that nobody configured shows: the consortia that live here."""
    async with host.unit_of_work(ANONYMOUS, read_only=True) as uow:
        found = await organizations.of_kind(uow.session, "consortium")
        base_url = host.settings.base_url
        leading = {name: base_url + path for name, path in DEFAULT_LINKS.items()}
        return await page(
            request,
            uow,
            "core/unknown_host.html",
            face="market",
            status=404,
            consortia=found,
            base_url=base_url,
            links={**leading, "search": DEFAULT_LINKS["search"]},  # forms stay on their host
        )


def create_app(host: Host) -> Litestar:
    """The Litestar application of a host: routes of core, marketplace and plugins."""
    _get_ready(host)
    app = from_those_that_fit(host, "routes", lambda plugins: _application(host, plugins))
    # Around routing too: addresses that lead nowhere get the same headers and host check.
    app.asgi_handler = around_requests(host)(app.asgi_handler)
    return app


def _get_ready(host: Host) -> None:
    """Themes, then what plugins build once all are there; the one schema comes last."""
    for error in host.registry.misplaced_parts():
        host.registry = host.registry.without(error.plugin, error)
    host.state["pages"] = from_those_that_fit(host, "themes", lambda plugins: Pages(host, plugins))
    for plugin in sorted(host.registry.plugins, key=lambda plugin: plugin.name == "graphql"):
        for ready in plugin.on_ready:
            try:
                ready(host)
            except Exception as error:
                set_aside(host, plugin, "arengo_host_ready", error)


def _application(host: Host, plugins: Sequence[Plugin]) -> Litestar:
    from arengo_core.observability.health import ROUTES as HEALTH

    routes: list[Any] = [static_file, unknown_host, *HEALTH]
    for plugin in plugins:
        routes += plugin.routes
    secure = host.settings.base_url.startswith("https://")

    watchdog = watchdog_of_this_process(host.settings, host.guard.under_way)

    async def watch(_app: Litestar) -> None:
        if watchdog is not None:
            await watchdog.start()

    async def close(_app: Litestar) -> None:
        await host.close()
        if watchdog is not None:
            await watchdog.stop()

    return Litestar(
        route_handlers=routes,
        dependencies={"host": Provide(provide_host), "caller": Provide(provide_caller)},
        guards=[request_limit, service_gate],
        middleware=[in_time(host.settings.page_time_limit)],
        exception_handlers=HANDLERS,
        csrf_config=CSRFConfig(
            secret=host.settings.secret_key.get_secret_value(),
            cookie_name=CSRF_COOKIE,
            header_name="X-CSRF-Token",
            cookie_secure=secure,
            cookie_httponly=True,
            cookie_samesite="lax",
            exclude=["^/graphql"],
            exclude_from_csrf_key="exclude_from_csrf",
        ),
        compression_config=CompressionConfig(
            backend="gzip",
            gzip_compress_level=4,
            minimum_size=1024,
            exclude=["^/static"],
            exclude_opt_key=UNCOMPRESSED,
        ),
        request_max_body_size=host.settings.request_max_bytes,
        state=State({"host": host}),
        on_startup=[watch],
        on_shutdown=[close],
        openapi_config=None,
        debug=False,
    )
