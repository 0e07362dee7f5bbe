"""What an OpenID provider is configured by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from arengo_core.errors import SettingsError

Algorithm = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"
]


class Claims(BaseModel):
    """Which of the provider's claims says what. An empty name: none does.

    With ``subject`` other than ``sub`` accounts are found by that claim.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str = Field(default="sub", min_length=1)
    name: str = "name"
    given_name: str = "given_name"
    family_name: str = "family_name"
    email: str = "email"
    tax_code: str = ""
    level: str = "acr"


class OidcSettings(BaseModel):
    """An OpenID provider as this installation uses it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    issuer: str
    """The provider's address; its metadata are at ``/.well-known/openid-configuration`` under it,
    and its tokens name it."""
    client_id: str = Field(min_length=1)
    client_secret: SecretStr = SecretStr("")
    """Empty: a public client, which PKCE alone protects."""
    token_auth: Literal["client_secret_basic", "client_secret_post"] = "client_secret_basic"  # noqa: S105 - a way, no secret
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    claims: Claims = Claims()
    algorithms: tuple[Algorithm, ...] = Field(default=("RS256", "PS256", "ES256"), min_length=1)
    """By which the provider may sign; secrets shared with it are none."""
    ask_levels: tuple[str, ...] = ()
    """Levels of assurance to ask for (``acr_values``), the preferred first."""
    levels: tuple[str, ...] = ()
    """The levels that are let in. Empty: whatever the provider says."""
    two_factor_levels: tuple[str, ...] = ()
    """The levels at which the provider checks two factors."""


def read(options: Mapping[str, Any]) -> OidcSettings:
    """The settings, checked. SettingsError names each fault."""
    try:
        return OidcSettings(**options)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
            for item in error.errors()
        )
        raise SettingsError(
            "Settings of an OpenID provider are wrong: {faults}", faults=faults
        ) from None
