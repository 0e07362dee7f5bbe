"""ID tokens: what must hold of one before it says who somebody is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from arengo_core.identity.contract import NotProvedError

if TYPE_CHECKING:
    from arengo_core.identity.oidc.metadata import Metadata
    from arengo_core.identity.oidc.settings import OidcSettings

LEEWAY = 60
"""Seconds by which the provider's clock may differ."""

_log = structlog.get_logger("arengo.oidc")


def not_proved(reason: str) -> NotProvedError:
    """The error that people see; the reason is for the log."""
    _log.warning("oidc_refused", reason=reason)
    return NotProvedError(
        "What came back does not prove who you are, or came too late. Nothing was changed: begin"
        " again, or sign in another way."
    )


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token of one journey must say."""

    nonce: str
    access_token: str


async def claims_of(
    token: str, expected: Expected, settings: OidcSettings, metadata: Metadata
) -> dict[str, Any]:
    """The claims of a token that holds (OpenID Connect Core 1.0, section 3.1.3.7).

    Signed by a key of the issuer in one of the algorithms, by this issuer, for this client, of
    this journey, now. A key that is not known is looked for once more: providers change them.
    NotProvedError else.
    """
    from joserfc import jwt
    from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError, MissingKeyError
    from joserfc.jwk import KeySet

    found = None
    for anew in (False, True):
        try:
            keys = KeySet.import_key_set(await metadata.keys(anew=anew))  # pyright: ignore[reportArgumentType]
            found = jwt.decode(token, keys, algorithms=list(settings.algorithms))
            break
        except (BadSignatureError, InvalidKeyIdError, MissingKeyError, ValueError) as error:
            if anew:
                raise not_proved(f"signature: {type(error).__name__}") from None
        except JoseError as error:
            raise not_proved(f"token: {type(error).__name__}") from None
    assert found is not None
    _check(found.header, found.claims, expected, settings)
    return dict(found.claims)


def _check(
    header: Any, claims: Mapping[str, Any], expected: Expected, settings: OidcSettings
) -> None:
    from authlib.oidc.core import CodeIDToken
    from joserfc.errors import JoseError

    token = CodeIDToken(
        dict(claims),
        header,
        options={
            "iss": {"essential": True, "value": settings.issuer},
            "aud": {"essential": True, "value": settings.client_id},
            "nonce": {"essential": True, "value": expected.nonce},
        },
        params={
            "nonce": expected.nonce,
            "client_id": settings.client_id,
            "access_token": expected.access_token,
        },
    )
    try:
        token.validate(leeway=LEEWAY)
    except JoseError as error:
        claim = getattr(error, "claim", "")
        raise not_proved(f"{type(error).__name__} {claim}") from None
