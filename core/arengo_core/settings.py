"""Settings of an installation: environment (``ARENGO_*``) over a TOML file over defaults."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from arengo_core.errors import SettingsError
from arengo_core.identity.provider_settings import ProviderSettings

DEFAULT_SECRET = "change-me"  # noqa: S105 - refused by `arengo serve`


REQUEST_LIMITS = (
    "page_requests",
    "api_requests",
    "account_requests",
    "token_requests",
    "sign_in_requests",
)
"""Settings of how many requests a minute may come. Tests and load measurements turn them off:
they ask quicker than people do, from one address."""


def default_data_dir() -> Path:
    """Where an installation keeps its files unless ``ARENGO_DATA_DIR`` says otherwise."""
    if os.geteuid() == 0:
        return Path("/var/lib/arengo")
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "arengo"


Names = Annotated[list[str], NoDecode]
"""A list that the environment gives as words with commas between them."""


ProviderName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,29}$")]
"""What an identity provider is called in addresses."""


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[\s,]+", text.strip()) if part]


class Settings(BaseSettings):
    """All settings of the program. Plugins keep theirs in the database, per activation."""

    model_config = SettingsConfigDict(
        env_prefix="ARENGO_",
        extra="forbid",
        frozen=True,
        env_ignore_empty=True,
        use_attribute_docstrings=True,
    )

    database_url: str | None = None
    """The program's login, ``postgresql://user:password@host/name``; unset, the embedded server.
    With ``ARENGO_DATABASE_OWNER_URL`` beside it this must be a restricted role. Alone it may be
    an owner or superuser: migrations use it, and the program makes itself a restricted role."""
    database_owner_url: str | None = None
    """The login of the tables' owner, for migrations, backup and restore."""
    database_pool_size: int = Field(default=10, ge=1, le=200)
    """Connections that each server process keeps."""
    data_dir: Path = Field(default_factory=default_data_dir)
    """Folder of the embedded database and of the demo. For root ``/var/lib/arengo``, else
    ``~/.local/share/arengo``."""
    files_url: SecretStr = SecretStr("")
    """Where files (photos) lie: ``file:///folder``, or at S3 and what speaks it
    ``s3://key:secret@bucket/prefix?endpoint=https://…&region=…``, key and secret percent-encoded or
    in ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``; a plugin may bring other schemes. All
    servers and workers need the same. Unset: the folder ``files`` in ``ARENGO_DATA_DIR``."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(default=8000, ge=1, le=65535)
    """Port to listen on."""
    workers: int = Field(default=2, ge=1, le=64)
    """Server processes."""
    public_url: str | None = None
    """The address under which people reach the site; links in mails begin with it."""
    secret_key: SecretStr = SecretStr(DEFAULT_SECRET)
    """Signs cookies and links and encrypts secrets at rest: at least 32 characters, kept safe.
    ``arengo serve`` refuses the default. It is not for changing: links, carts and digests of
    addresses are made with it. Stored secrets have ``ARENGO_ENCRYPTION_KEYS``."""
    encryption_keys: SecretStr = SecretStr("")
    """Master keys of secrets at rest, the newest first, with commas between them, each of at
    least 32 characters; ``arengo secrets rotate`` brings all under the first. Empty, or last of
    all: a key derived from ``ARENGO_SECRET_KEY``."""
    identity_providers: dict[ProviderName, ProviderSettings] = Field(
        default_factory=dict[str, ProviderSettings]
    )
    """Who else says who somebody is, by a name of ours: OpenID providers, and those of plugins.
    In the environment as JSON, in the file as tables ``[identity_providers.<name>]``; see the
    guide on signing in."""
    trusted_hosts: Names = Field(default_factory=list)
    """Further host names of the market itself, with commas between them."""
    trusted_proxies: Names = Field(default_factory=list)
    """Addresses or networks of reverse proxies whose ``X-Forwarded-*`` headers are believed,
    with commas between them: ``10.0.0.0/8, 192.168.1.7``."""
    outbound_networks: Names = Field(default_factory=list)
    """Addresses or networks that addresses entered by people (gateways, webhooks) may lead to
    though they are no public ones, with commas between them: ``10.20.0.0/16``. Addresses in
    them, not names, may be called without ``https`` too. Empty: the public internet alone."""
    smtp_url: str = "smtp://127.0.0.1:1025"
    """The mail server: ``smtp://``, ``smtps://`` or ``smtp+starttls://user:password@host:port``."""
    mail_from: str = "Arengo <noreply@arengo.example>"
    """Sender of the mails."""
    default_locale: Literal["it", "en"] = "it"
    """Language where nobody asked for another."""
    log_format: Literal["console", "json"] = "json"
    """How logs are written."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """From which level on."""
    clock: str | None = None
    """For demo and tests: an ISO instant from which time goes on, or ``@FILE`` with a shift in
    seconds. ``arengo serve`` refuses it."""
    demo: bool = False
    """Set by ``arengo demo``; ``arengo serve`` refuses it."""
    demo_links: dict[str, str] = Field(default_factory=dict)
    """Set by ``arengo demo``: where its stand-ins are."""
    password_cost: Literal["normal", "low"] = "normal"  # noqa: S105 - a cost, not a password
    """Cost of hashing passwords; ``low`` is for demo and tests."""
    plugin_time_limit: float = Field(default=5.0, gt=0, le=120)
    """Seconds that a call into a plugin may take."""
    statement_time_limit: float = Field(default=15.0, gt=0, le=600)
    """Seconds that one SQL statement may take; in a call into a plugin, half of its limit."""
    page_time_limit: float = Field(default=60.0, gt=0, le=600)
    """Seconds that a page or a webhook may take."""
    standstill_limit: float = Field(default=6.0, ge=1, le=600)
    """Seconds after which a server or worker process that answers nothing more is ended and
    replaced; a plugin that caused it three times within an hour is taken out of service."""
    process_memory_limit: int = Field(default=2_000, ge=0)
    """Megabytes that a server or worker process may hold; what asks for more fails with its own
    error. 0: no limit. On Linux only."""
    request_max_bytes: int = Field(default=12_000_000, ge=100_000)
    """The largest request that is read, photos included."""
    page_requests: int = Field(default=1_200, ge=0)
    """Pages and forms that may be asked for in a minute from one address (of IPv6: one /64) where
    nobody is signed in; 0 here and in the next four: no limit."""
    api_requests: int = Field(default=1_200, ge=0)
    """Requests to ``/graphql`` a minute from one address where nobody is signed in."""
    account_requests: int = Field(default=1_200, ge=0)
    """Requests a minute of one account, by pages and API together, wherever it is signed in."""
    token_requests: int = Field(default=600, ge=0)
    """Requests a minute by one API token; they count for its account too."""
    sign_in_requests: int = Field(default=60, ge=0)
    """Sign-ins, and letters asked for, a minute from one address, whether they fail or not."""
    graphql_max_depth: int = Field(default=12, ge=3)
    """How deep a GraphQL query may nest."""
    graphql_max_tokens: int = Field(default=4_000, ge=100)
    """How many tokens a GraphQL query may have."""
    router_token: SecretStr | None = Field(default=None, min_length=32)
    """What a federation router sends as ``X-Arengo-Router``: it composes the whole schema."""
    providers: Annotated[dict[str, str], NoDecode] = Field(default_factory=dict[str, str])
    """Which installed provider serves a contract of which one is needed, with commas between them:
    ``SearchProvider=KEY``. Unset: the one that the contract's owner brings."""
    disabled_plugins: Names = Field(default_factory=list)
    """Installed plugins that are not loaded, with commas between them."""
    config: Path | None = None
    """A TOML file with these settings under their names in lower case; else ``arengo.toml`` in
    the working folder, if there is one. The environment goes before the file."""

    @field_validator("database_url", "database_owner_url")
    @classmethod
    def _postgresql_only(cls, value: str | None) -> str | None:
        if value is None:
            return None
        scheme = urlsplit(value).scheme
        if scheme not in {"postgresql", "postgres", "postgresql+asyncpg"}:
            raise ValueError("only PostgreSQL is supported: postgresql://user:password@host/name")
        return "postgresql://" + value.split("://", 1)[1]

    @field_validator("encryption_keys")
    @classmethod
    def _long_keys(cls, value: SecretStr) -> SecretStr:
        if any(len(key) < 32 for key in _parts(value.get_secret_value())):
            raise ValueError("each key has at least 32 characters")
        return value

    @field_validator(
        "trusted_hosts", "trusted_proxies", "outbound_networks", "disabled_plugins", mode="before"
    )
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return _parts(value)

    @field_validator("providers", mode="before")
    @classmethod
    def _pairs(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = [part.partition("=") for part in _parts(value)]
        if not all(name and key for name, _, key in pairs):
            raise ValueError("CONTRACT=KEY is expected, with commas between several")
        return {name: key for name, _, key in pairs}

    @field_validator("trusted_proxies", "outbound_networks")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for part in value:
            try:
                ip_network(part, strict=False)
            except ValueError:
                raise ValueError(f"{part} is no address or network such as 10.0.0.0/8") from None
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s/]+/?", value):
            raise ValueError("https://host without a path is expected")
        return value

    @field_validator("clock")
    @classmethod
    def _instant(cls, value: str | None) -> str | None:
        if value and not value.startswith("@"):
            try:
                datetime.fromisoformat(value)
            except ValueError:
                raise ValueError("an ISO instant or @FILE is expected") from None
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str) -> str:
        if urlsplit(value).scheme not in {"smtp", "smtps", "smtp+starttls"}:
            raise ValueError("smtp://, smtps:// or smtp+starttls:// is expected")
        return value

    def master_keys(self) -> list[bytes]:
        """What secrets at rest are encrypted with: the newest first."""
        named = _parts(self.encryption_keys.get_secret_value())
        return [key.encode() for key in (*named, self.secret_key.get_secret_value())]

    @property
    def files_address(self) -> str:
        """Where files lie, as an address."""
        named = self.files_url.get_secret_value()
        return named or (self.data_dir.resolve() / "files").as_uri()

    @property
    def base_url(self) -> str:
        """The address under which people reach the site, without a final slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _file())


def _file() -> Path:
    return Path(os.environ.get("ARENGO_CONFIG") or "arengo.toml")


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; SettingsError names each wrong value and what it should be."""
    if os.environ.get("ARENGO_CONFIG") and not _file().is_file():
        raise SettingsError("ARENGO_CONFIG: there is no file {path}.", path=_file())
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        faults = "; ".join(
            f"ARENGO_{'_'.join(str(part) for part in item['loc']).upper()}: {item['msg']}"
            for item in error.errors()
        )
        raise SettingsError("Settings are wrong: {faults}", faults=faults) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            "{path} is not TOML: {fault}", path=_file().resolve(), fault=error
        ) from None
    except ValueError as error:
        raise SettingsError("Settings cannot be read: {fault}", fault=error) from None
    if settings.database_owner_url is not None and settings.database_url is None:
        raise SettingsError(
            "ARENGO_DATABASE_OWNER_URL names a server: name the program's login there too, in"
            " ARENGO_DATABASE_URL."
        )
    return settings
