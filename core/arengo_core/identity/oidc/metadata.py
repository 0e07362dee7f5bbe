"""What a provider publishes: its endpoints and its keys, kept for an hour."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
import structlog

from arengo_core.errors import ArengoError, UnavailableError
from arengo_core.outbound.client import Answer, Outbound

KEPT_SECONDS = 3_600.0
_log = structlog.get_logger("arengo.oidc")


class Endpoints(msgspec.Struct, frozen=True):
    """The part of a provider's metadata that is used (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""


@dataclass(slots=True)
class Publications:
    """What one issuer published when it was last looked at."""

    endpoints: Endpoints | None = None
    keys: dict[str, Any] = field(default_factory=dict[str, Any])
    endpoints_at: float = 0.0
    keys_at: float = 0.0


def silent(reason: str) -> UnavailableError:
    """The error that people see; the reason is for the log."""
    _log.warning("oidc_unavailable", reason=reason)
    return UnavailableError(
        "The service that says who you are does not answer at the moment. Try again in a minute,"
        " or sign in another way."
    )


async def ask(
    outbound: Outbound, method: str, url: str, *, time_limit: float, **sent: Any
) -> Answer:
    """One call to a provider. UnavailableError when nothing usable comes back."""
    try:
        answer = await outbound.send(method, url, time_limit=time_limit, **sent)
    except httpx.HTTPError as error:
        raise silent(f"{url}: {type(error).__name__}") from None
    if answer.status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise silent(f"{url}: HTTP {answer.status}")
    return answer


async def _document(outbound: Outbound, url: str, time_limit: float) -> bytes:
    answer = await ask(
        outbound, "GET", url, time_limit=time_limit, headers={"Accept": "application/json"}
    )
    if answer.status != 200:
        raise silent(f"{url}: HTTP {answer.status}")
    return answer.body


@dataclass(frozen=True, slots=True)
class Metadata:
    """An issuer's publications, fetched when they are needed."""

    issuer: str
    outbound: Outbound
    kept: Publications
    time_limit: float

    async def endpoints(self) -> Endpoints:
        """The endpoints. UnavailableError when the provider does not tell them."""
        if self.kept.endpoints and time.monotonic() - self.kept.endpoints_at < KEPT_SECONDS:
            return self.kept.endpoints
        url = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            found = msgspec.json.decode(
                await _document(self.outbound, url, self.time_limit), type=Endpoints
            )
        except msgspec.MsgspecError as error:
            raise silent(f"{url}: {error}") from None
        if found.issuer != self.issuer:
            raise silent(f"{url} speaks for another issuer")
        for address in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            try:
                self.outbound.check(address, field="issuer")
            except ArengoError:
                raise silent(f"{url} names an address that may not be called") from None
        self.kept.endpoints, self.kept.endpoints_at = found, time.monotonic()
        return found

    async def keys(self, *, anew: bool = False) -> dict[str, Any]:
        """The keys by which it signs, as a JWK set; ``anew`` when one is missing."""
        is_fresh = time.monotonic() - self.kept.keys_at < KEPT_SECONDS
        if self.kept.keys and is_fresh and not anew:
            return self.kept.keys
        url = (await self.endpoints()).jwks_uri
        try:
            found = msgspec.json.decode(
                await _document(self.outbound, url, self.time_limit), type=dict[str, Any]
            )
        except msgspec.MsgspecError as error:
            raise silent(f"{url}: {error}") from None
        self.kept.keys, self.kept.keys_at = found, time.monotonic()
        return found
