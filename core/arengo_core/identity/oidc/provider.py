"""The identity provider that speaks OpenID Connect: authorization code, PKCE, state, nonce.

Authlib makes the requests and checks the tokens; the calls go through :mod:`arengo_core.outbound`.
It is imported when somebody signs in by it: starting the program need not wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from arengo_core.errors import InvalidInputError, SettingsError
from arengo_core.identity.contract import Departure, Identified, Journey
from arengo_core.identity.oidc.metadata import Metadata, Publications, ask, silent
from arengo_core.identity.oidc.settings import OidcSettings, read
from arengo_core.identity.oidc.tokens import Expected, claims_of, not_proved
from arengo_core.ids import new_token
from arengo_core.outbound.client import Outbound

if TYPE_CHECKING:
    from authlib.oauth2.client import OAuth2Client

    from arengo_core.host import Host

CALL_LIMIT = 5.0
"""Seconds that one call to a provider may take."""

LONGEST_SUBJECT = 255
"""Characters of a subject, by OpenID Connect Core 1.0, section 2."""


class OidcProvider:
    """One OpenID provider, as the installation configured it."""

    def __init__(
        self,
        settings: OidcSettings,
        outbound: Outbound,
        kept: Publications,
        time_limit: float = CALL_LIMIT,
    ) -> None:
        self._settings = settings
        self._outbound = outbound
        self._time_limit = time_limit
        self._metadata = Metadata(settings.issuer, outbound, kept, time_limit)

    def _client(self, journey: Journey) -> OAuth2Client:
        from authlib.oauth2.client import OAuth2Client

        secret = self._settings.client_secret.get_secret_value()
        return OAuth2Client(
            session=None,
            client_id=self._settings.client_id,
            client_secret=secret or None,
            token_endpoint_auth_method=self._settings.token_auth if secret else "none",
            scope=" ".join(self._settings.scopes),
            redirect_uri=journey.return_url,
            code_challenge_method="S256",
        )

    async def begin(self, journey: Journey) -> Departure:
        """The authorization request (OpenID Connect Core 1.0, section 3.1.2.1)."""
        kept = {"verifier": new_token(48), "nonce": new_token()}
        endpoints = await self._metadata.endpoints()
        asked = {"ui_locales": journey.locale, "nonce": kept["nonce"]}
        if self._settings.ask_levels:
            asked["acr_values"] = " ".join(self._settings.ask_levels)
        url, _ = self._client(journey).create_authorization_url(
            endpoints.authorization_endpoint,
            state=journey.state,
            code_verifier=kept["verifier"],
            **asked,
        )
        return Departure(url, kept)

    async def finish(
        self, journey: Journey, kept: Mapping[str, str], answer: Mapping[str, str]
    ) -> Identified:
        """From the code to the claims (sections 3.1.2.5 to 3.1.3.7, and RFC 9207)."""
        if answer.get("state") != journey.state or not kept.get("nonce"):
            raise not_proved("another state")
        if answer.get("iss", self._settings.issuer) != self._settings.issuer:
            raise not_proved("another issuer")
        if "error" in answer or not answer.get("code"):
            raise not_proved(f"error {answer.get('error', '')[:40]!r}")
        tokens = await self._tokens(journey, kept, answer["code"])
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise not_proved("no token came")
        expected = Expected(kept["nonce"], access_token)
        claims = await claims_of(id_token, expected, self._settings, self._metadata)
        return self._identified(await self._with_userinfo(claims, access_token))

    async def _tokens(self, journey: Journey, kept: Mapping[str, str], code: str) -> dict[str, Any]:
        from authlib.oauth2.rfc6749.parameters import prepare_token_request

        client = self._client(journey)
        url, headers, body = client.client_auth(client.token_endpoint_auth_method).prepare(
            "POST",
            (await self._metadata.endpoints()).token_endpoint,
            {
                "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
                "Accept": "application/json",
            },
            prepare_token_request(
                "authorization_code",
                code=code,
                redirect_uri=journey.return_url,
                code_verifier=kept.get("verifier", ""),
            ),
        )
        sent = await ask(
            self._outbound,
            "POST",
            url,
            time_limit=self._time_limit,
            headers=headers,
            content=body.encode(),
        )
        found = _object(sent.body)
        if sent.status != 200:
            raise not_proved(f"token: HTTP {sent.status} {str(found.get('error', ''))[:40]!r}")
        return found

    async def _with_userinfo(self, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
        """The claims, and those that the provider tells only when asked again (section 5.3)."""
        named = self._settings.claims
        wanted = {named.subject, named.email, named.tax_code}
        if not named.name or named.name not in claims:
            wanted |= {named.given_name, named.family_name}
        url = (await self._metadata.endpoints()).userinfo_endpoint
        if not url or wanted - {""} <= claims.keys():
            return claims
        answer = await ask(
            self._outbound,
            "GET",
            url,
            time_limit=self._time_limit,
            headers={"Authorization": f"Bearer {access_token}", "Accept": "application/json"},
        )
        if answer.status != 200:
            raise silent(f"{url}: HTTP {answer.status}")
        told = _object(answer.body)
        if told.get("sub") != claims["sub"]:
            raise not_proved("userinfo of somebody else")
        return {**told, **claims}

    def _identified(self, claims: Mapping[str, Any]) -> Identified:
        named, settings = self._settings.claims, self._settings
        level = _text(claims, named.level)
        if settings.levels and level not in settings.levels:
            raise not_proved(f"level {level[:80]!r}")
        subject = claims.get(named.subject)
        if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST_SUBJECT:
            raise not_proved("no subject")
        parts = (_text(claims, named.given_name), _text(claims, named.family_name))
        return Identified(
            issuer=settings.issuer,
            subject=subject,
            name=_text(claims, named.name) or " ".join(part for part in parts if part),
            email=_text(claims, named.email),
            # SPID and CIE write the country before it (ETSI EN 319 412-1).
            tax_code=_text(claims, named.tax_code).removeprefix("TINIT-"),
            level=level,
            two_factors=bool(level) and level in settings.two_factor_levels,
        )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name) if name else None
    return value.strip()[:255] if isinstance(value, str) else ""


def _object(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {}


def make_oidc(host: Host, options: Mapping[str, Any]) -> OidcProvider:
    """From the installation's settings. SettingsError when they are wrong.

    What an issuer published is kept for all who sign in by it.
    """
    settings = read(options)
    try:
        host.outbound.check(settings.issuer, field="issuer")
    except InvalidInputError as error:
        raise SettingsError(error.message, field=error.field, **error.params) from None
    kept: dict[str, Publications] = host.state.setdefault("oidc", {})
    return OidcProvider(settings, host.outbound, kept.setdefault(settings.issuer, Publications()))
