"""Framed pages: for members with the service, from the plugin's origin, by a token of a minute."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError
from joserfc.jwk import KeySet

from arengo_core import clock
from arengo_core.caller import Role
from arengo_core.remote import keys

PAGE = "/office/remote/permits/register"


@pytest.fixture
async def valley(make_consortium, make_municipality, make_offer, activate):
    consortium = await make_consortium()
    having = await make_municipality(consortium.id, "014045")
    without = await make_municipality(consortium.id, "014061")
    await activate(having.id, await make_offer(consortium.id, "permits"))
    return having, without


def _source(answer):
    return re.search(r'<iframe[^>]* src="([^"]+)"', answer.text)[1].replace("&amp;", "&")


async def _claims(visitor, token):
    published = (await visitor.get(keys.PATH)).json()
    return jwt.decode(token, KeySet.import_key_set(published), algorithms=["Ed25519"]).claims


async def test_the_frame_gets_a_token_that_says_member_and_role_and_names_nobody(
    host, far_side, valley, visit
):
    having, _ = valley
    visitor = await visit(having.person)
    answer = await visitor.get(f"{PAGE}?lang=en")
    assert answer.status_code == 200
    source = _source(answer)
    assert source.startswith(f"{far_side.address}/pages/register?launch=")
    claims = await _claims(visitor, parse_qs(urlsplit(source).query)["launch"][0])
    assert claims["sub"] == str(having.id)
    assert (claims["aud"], claims["role"]) == ("permits", Role.MUNICIPAL_OFFICER.value)
    assert (claims["service"], claims["page"], claims["locale"]) == ("permits", "register", "en")
    assert claims["iss"] == host.settings.base_url
    assert claims["exp"] - claims["iat"] == 60
    assert abs(claims["iat"] - clock.now().timestamp()) < 600
    assert str(having.person.id) not in str(claims)
    assert having.person.email not in str(claims)
    again = parse_qs(urlsplit(_source(await visitor.get(PAGE))).query)["launch"][0]
    assert (await _claims(visitor, again))["jti"] != claims["jti"]
    head, body, signature = again.split(".")
    with pytest.raises(BadSignatureError):
        await _claims(visitor, f"{head}.{body}.{signature[:-4]}AAAA")


async def test_the_policy_is_widened_for_that_page_alone(far_side, valley, visit):
    having, _ = valley
    visitor = await visit(having.person)
    policy = (await visitor.get(PAGE)).headers["content-security-policy"]
    assert f"frame-src {far_side.address};" in policy
    assert "script-src 'self';" in policy
    elsewhere = (await visitor.get("/office")).headers["content-security-policy"]
    assert far_side.address not in elsewhere
    assert "frame-src 'self';" in elsewhere
    frame = re.search(r"<iframe[^>]*>", (await visitor.get(PAGE)).text)[0]
    assert 'sandbox="allow-forms allow-scripts allow-same-origin allow-downloads"' in frame
    assert 'allow=""' in frame


async def test_without_the_service_it_is_not_there(host, far_side, valley, visit):
    having, without = valley
    stranger = await visit(without.person)
    refused = await stranger.get(PAGE)
    assert refused.status_code == 404
    assert "launch=" not in refused.text
    menu = (await stranger.get("/office")).text
    assert PAGE not in menu
    assert PAGE in (await (await visit(having.person)).get("/office")).text
    nobody = await (await visit()).get(PAGE, follow_redirects=False)
    assert nobody.status_code in {303, 401}
    assert "launch=" not in nobody.text


async def test_a_token_is_over_after_its_minute(far_side, valley, visit):
    having, _ = valley
    visitor = await visit(having.person)
    token = parse_qs(urlsplit(_source(await visitor.get(PAGE))).query)["launch"][0]
    claims = await _claims(visitor, token)
    registry = jwt.JWTClaimsRegistry(now=lambda: claims["exp"] + 1, leeway=0)
    with pytest.raises(ExpiredTokenError):
        registry.validate(claims)
