"""Around requests: CSRF, headers, host names, proxies, language, flashes, errors."""

from __future__ import annotations

import re

import httpx
import pytest
from itsdangerous import URLSafeSerializer

from arengo_core.caller import Caller, OrganizationKind
from arengo_core.web import sites
from arengo_core.web.app import create_app
from arengo_core.web.middleware import ProxyHeaders, content_security_policy
from tests.core.places import place


def _client(app, base="http://localhost", client=("127.0.0.1", 1)):
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=client)
    return httpx.AsyncClient(transport=transport, base_url=base)


async def test_every_answer_carries_the_secure_headers(visit):
    visitor = await visit()
    for path in ("/sign-in", "/no-such-page", "/health/live"):
        headers = (await visitor.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "object-src 'none'" in policy
        assert "unsafe" not in policy
        assert len(headers["x-trace-id"]) == 16


async def test_pages_hold_no_inline_script_or_style(visit):
    text = (await (await visit()).get("/sign-in")).text
    assert "<style" not in text
    assert " style=" not in text
    assert all("src=" in part.split(">")[0] for part in text.split("<script")[1:])


def test_forms_lead_only_where_a_page_says():
    assert "form-action 'self';" in content_security_policy(())
    assert "form-action 'self' https://pay.example;" in content_security_policy(
        ["https://pay.example", "https://pay.example"]
    )


@pytest.mark.parametrize("token", [None, "", "x" * 64])
async def test_a_post_without_the_right_csrf_token_is_refused(visit, token):
    visitor = await visit()
    await visitor.get("/sign-in")
    data = {"email": "a@example.it", "password": "x"}
    if token is not None:
        data["_csrf_token"] = token
    assert (await visitor.http.post("/sign-in", data=data)).status_code == 403


async def test_another_visitors_csrf_token_is_refused(visit):
    one, other = await visit(), await visit()
    await one.get("/sign-in")
    await other.get("/sign-in")
    answer = await one.http.post(
        "/sign-in", data={"_csrf_token": other.http.cookies["arengo_csrf"], "email": "a@b.it"}
    )
    assert answer.status_code == 403


async def test_cookies_are_kept_from_scripts(visit, make_user):
    visitor, person = await visit(), await make_user()
    shown = (await visitor.get("/sign-in")).headers.get_list("set-cookie")
    from arengo_core.testing.fixtures import PASSWORD

    entered = await visitor.post("/sign-in", {"email": person.email, "password": PASSWORD})
    cookies = [*shown, *entered.headers.get_list("set-cookie")]
    assert {cookie.split("=")[0] for cookie in cookies} >= {"arengo_csrf", "arengo_session"}
    for cookie in cookies:
        assert "httponly" in cookie.lower()
        assert "samesite=lax" in cookie.lower()


async def test_over_https_cookies_are_secure_and_transport_is_strict(host_with, make_user):
    host = host_with(public_url="https://valley.example")
    async with _client(create_app(host), "https://valley.example") as client:
        answer = await client.get("/sign-in")
    assert answer.status_code == 200
    assert "max-age=" in answer.headers["strict-transport-security"]
    for cookie in answer.headers.get_list("set-cookie"):
        assert "secure" in cookie.lower()


async def test_signing_in_never_leads_to_another_site(visit, make_user):
    from arengo_core.testing.fixtures import PASSWORD

    person = await make_user()
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example", "evil"):
        visitor = await visit()
        answer = await visitor.post(
            "/sign-in", {"email": person.email, "password": PASSWORD, "next": target}
        )
        assert answer.headers["location"].startswith("/")
        assert "evil" not in answer.headers["location"]


async def test_an_unknown_host_lists_the_consortia_whatever_the_path(host, app):
    federation = await place(host, "Unione Valmalenco", OrganizationKind.CONSORTIUM)
    async with _client(app, "http://stranger.example") as client:
        for path in ("/", "/sign-in", "/office/people"):
            answer = await client.get(path)
            assert answer.status_code == 404
            assert federation.name in answer.text
        styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', answer.text)
        assert styles
        for style in styles:
            assert (await client.get(style)).status_code == 200, style
        assert f'href="{host.settings.base_url}/sign-in"' in answer.text


async def test_a_host_name_of_its_own_is_served_and_taken_once(host, app):
    first, second = await place(host, "Forno"), await place(host, "Bottega")
    name = f"{first.slug}.example.it"
    async with host.unit_of_work(Caller.program([first.id])) as uow:
        await sites.claim(uow, first.id, name.upper())
    async with _client(app, f"http://{name}:8080") as client:
        assert (await client.get("/sign-in")).status_code == 200
    from arengo_core.errors import ConflictError, InvalidInputError

    with pytest.raises(ConflictError):
        async with host.unit_of_work(Caller.program([second.id])) as uow:
            await sites.claim(uow, second.id, name)
    for wrong in ("localhost", "no dots", "-x.example.it", "x." + "y" * 300):
        with pytest.raises(InvalidInputError):
            async with host.unit_of_work(Caller.program([second.id])) as uow:
                await sites.claim(uow, second.id, wrong)


async def test_trusted_hosts_are_ours(host_with):
    host = host_with(trusted_hosts=["inner.example"])
    async with _client(create_app(host), "http://inner.example") as client:
        assert (await client.get("/sign-in")).status_code == 200


def _scope(client, **headers):
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "scheme": "http", "client": (client, 1), "headers": pairs}


FORWARDED = {
    "host": "inner",
    "x_forwarded_for": "6.6.6.6, 203.0.113.9",
    "x_forwarded_proto": "https",
    "x_forwarded_host": "valley.example",
}


def test_a_trusted_proxy_is_believed():
    scope = _scope("10.0.0.7", **FORWARDED)
    ProxyHeaders(["10.0.0.0/8"]).apply(scope)
    assert scope["client"] == ("203.0.113.9", 0), "the last hop is the proxy's own word"
    assert scope["scheme"] == "https"
    assert (b"host", b"valley.example") in scope["headers"]
    assert (b"host", b"inner") not in scope["headers"]


@pytest.mark.parametrize("trusted", [[], ["10.0.0.0/8"]])
def test_anybody_else_is_not(trusted):
    scope = _scope("192.0.2.1", **FORWARDED)
    ProxyHeaders(trusted).apply(scope)
    assert scope["client"] == ("192.0.2.1", 1)
    assert scope["scheme"] == "http"
    assert (b"host", b"inner") in scope["headers"]


def test_a_nonsense_scheme_of_a_proxy_is_left_out():
    scope = _scope("10.0.0.7", x_forwarded_proto="javascript")
    ProxyHeaders(["10.0.0.7"]).apply(scope)
    assert scope["scheme"] == "http"


async def test_a_method_that_somebody_made_up_makes_no_series(app, visit):
    await (await visit()).http.request("BREW-A1B2", "/sign-in")
    async with _client(app) as client:
        text = (await client.get("/metrics")).text
    assert "BREW" not in text
    assert 'method="other"' in text


async def test_metrics_are_for_this_machine(app):
    async with _client(app) as client:
        assert (await client.get("/metrics")).status_code == 200
    async with _client(app, client=("203.0.113.9", 1)) as client:
        assert (await client.get("/metrics")).status_code == 404


@pytest.mark.parametrize(
    ("query", "cookie", "accepted", "expected"),
    [
        ("", "", "", "it"),
        ("", "", "de,en;q=0.5", "en"),
        ("", "", "de", "it"),
        ("", "it", "en", "it"),
        ("?lang=en", "it", "it", "en"),
        ("?lang=xx", "en", "it", "en"),
        ("?lang=../../etc", "", "", "it"),
    ],
)
async def test_the_language_is_asked_for_kept_or_negotiated(
    visit, query, cookie, accepted, expected
):
    visitor = await visit()
    if cookie:
        visitor.http.cookies.set("arengo_locale", cookie)
    answer = await visitor.get(f"/sign-in{query}", headers={"accept-language": accepted})
    assert f'lang="{expected}"' in answer.text
    kept = [c for c in answer.headers.get_list("set-cookie") if "arengo_locale" in c]
    assert bool(kept) == (query == "?lang=en")


def _flash(secret, title):
    signer = URLSafeSerializer(secret, salt="flash")
    return signer.dumps([{"kind": "success", "title": title, "text": ""}])


async def test_a_flash_is_shown_once_and_only_with_our_signature(visit, host):
    secret = host.settings.secret_key.get_secret_value()
    visitor = await visit()
    shown = await visitor.get(
        "/sign-in", headers={"cookie": f"arengo_flash={_flash(secret, 'Fatto-davvero')}"}
    )
    assert "Fatto-davvero" in shown.text
    assert any(
        cookie.startswith("arengo_flash=") and ("Max-Age=0" in cookie or "1970" in cookie)
        for cookie in shown.headers.get_list("set-cookie")
    )
    for value in (_flash("another secret", "Fatto-davvero"), "nonsense", ""):
        forged = await visitor.get("/sign-in", headers={"cookie": f"arengo_flash={value}"})
        assert forged.status_code == 200
        assert "Fatto-davvero" not in forged.text


async def test_what_a_flash_says_is_text_not_markup(visit, host):
    secret = host.settings.secret_key.get_secret_value()
    value = _flash(secret, "<b>bold</b>")
    shown = await (await visit()).get("/sign-in", headers={"cookie": f"arengo_flash={value}"})
    assert "<b>bold" not in shown.text


async def test_errors_are_pages_for_people_and_json_for_programs(visit):
    visitor = await visit()
    page = await visitor.get("/no-such-page", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (404, "text/html")
    assert page.headers["x-trace-id"] in page.text
    program = await visitor.get("/no-such-page", headers={"accept": "application/json"})
    assert program.status_code == 404
    assert program.json()["error"]["code"] == "HTTP_404"
    assert program.json()["error"]["traceId"] == program.headers["x-trace-id"]


async def test_a_page_for_people_signed_in_sends_others_to_sign_in_and_back(visit):
    visitor = await visit()
    answer = await visitor.get("/office/people")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/office/people"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../etc/passwd",
        "/static/themes/civic/../../../pyproject.toml",
        "/static/plugins/storefront/../plugin.py",
        "/static/plugins/nobody/x.css",
        "/static/vendor/..%2f..%2fsecrets",
        "/static/%2e%2e/%2e%2e/etc/passwd",
    ],
)
async def test_static_files_stay_inside_their_folders(visit, path):
    assert (await (await visit()).get(path)).status_code == 404


async def test_a_body_over_the_limit_is_refused(host_with):
    host = host_with(request_max_bytes=100_000)
    async with _client(create_app(host)) as client:
        await client.get("/sign-in")
        answer = await client.post(
            "/sign-in",
            data={"_csrf_token": client.cookies["arengo_csrf"], "email": "x" * 200_000},
        )
    assert answer.status_code == 413
