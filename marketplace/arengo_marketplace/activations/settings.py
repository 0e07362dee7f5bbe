"""A service's settings: the form's fields from its settings type, and values read and kept."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from arengo_core.errors import InvalidInputError
from arengo_core.plugins.manifest import Service
from arengo_core.secrets import Cipher

_NO = frozenset({"", "0", "no", "off", "false"})
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class SettingField:
    """One field of a settings type, as a form shows it; ``kind`` is str, bool, int or Decimal."""

    name: str
    label: str
    help: str
    kind: type[Any]
    optional: bool
    default: Any
    secret: bool
    choices: Mapping[str, str] | None
    pattern: str | None

    @property
    def required(self) -> bool:
        """Whether the service cannot do without it."""
        return self.default is dataclasses.MISSING and not self.optional


def fields_of(service: Service) -> list[SettingField]:
    """The fields of a service's settings, in the order of their declaration."""
    if service.settings is None:
        return []
    hints = typing.get_type_hints(service.settings)
    found: list[SettingField] = []
    for item in dataclasses.fields(service.settings):
        kind, optional = _kind(hints[item.name])
        metadata = item.metadata
        default = item.default
        if item.default_factory is not dataclasses.MISSING:
            default = item.default_factory()
        found.append(
            SettingField(
                name=item.name,
                label=metadata.get("label", item.name),
                help=metadata.get("help", ""),
                kind=kind,
                optional=optional,
                default=default,
                secret=metadata.get("secret", False),
                choices=metadata.get("choices"),
                pattern=metadata.get("pattern"),
            )
        )
    return found


def _kind(hint: Any) -> tuple[type[Any], bool]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        inner = [part for part in typing.get_args(hint) if part is not type(None)]
        return inner[0], True
    return hint, False


@dataclass(frozen=True, slots=True)
class StoredSettings:
    """Settings as an activation keeps them: plain ones readable, secret ones encrypted."""

    plain: dict[str, Any]
    secrets: bytes | None


def read(
    service: Service,
    values: Mapping[str, str],
    cipher: Cipher,
    kept_secrets: bytes | None = None,
    *,
    partial: bool = False,
) -> StoredSettings:
    """Read what was typed. An empty secret keeps the one there is.

    InvalidInputError names the field; with ``partial`` a required one may be left for later.
    """
    plain: dict[str, Any] = {}
    secrets = cipher.decrypt(kept_secrets)
    for field in fields_of(service):
        text = values.get(field.name, "").strip()
        if field.secret:
            if text:
                secrets[field.name] = str(_value(field, text))
            if field.required and field.name not in secrets and not partial:
                raise _missing(field)
            continue
        if not text and field.kind is not bool:
            if field.required and not partial:
                raise _missing(field)
            continue
        value = _value(field, text)
        plain[field.name] = f"{value:f}" if isinstance(value, Decimal) else value
    return StoredSettings(plain, cipher.encrypt(secrets) if secrets else None)


def load(service: Service, plain: Mapping[str, Any], secrets: bytes | None, cipher: Cipher) -> Any:
    """The settings as the service's own type; None for a service without any.

    InvalidInputError when a required one is missing.
    """
    if service.settings is None:
        return None
    stored = {**plain, **cipher.decrypt(secrets)}
    values: dict[str, Any] = {}
    for field in fields_of(service):
        if field.name in stored:
            value = stored[field.name]
            values[field.name] = _value(field, value) if isinstance(value, str) else value
        elif field.optional and field.default is dataclasses.MISSING:
            values[field.name] = None
        elif field.required:
            raise _missing(field)
    return service.settings(**values)


def is_complete(service: Service, plain: Mapping[str, Any], secret_names: set[str]) -> bool:
    """Whether nothing that the service needs is missing."""
    return all(
        field.name in (secret_names if field.secret else plain)
        for field in fields_of(service)
        if field.required
    )


def _missing(field: SettingField) -> InvalidInputError:
    return InvalidInputError("This is needed: fill it in.", field=field.name)


def _value(field: SettingField, text: str) -> Any:
    if len(text) > _LONGEST:
        raise InvalidInputError(
            "At most {limit} characters are possible.", field=field.name, limit=_LONGEST
        )
    if field.kind is bool:
        return text.lower() not in _NO
    if field.choices and text not in field.choices:
        raise InvalidInputError("Choose one of the list.", field=field.name)
    if field.pattern and not re.fullmatch(field.pattern, text):
        raise InvalidInputError(
            "{value} does not have the form that is expected.",
            field=field.name,
            value="•••" if field.secret else text,
        )
    if field.kind is int:
        try:
            return int(text)
        except ValueError:
            raise InvalidInputError(
                "{value} is not a whole number.", field=field.name, value=text
            ) from None
    if field.kind is Decimal:
        try:
            number = Decimal(text.replace(",", "."))
        except InvalidOperation:
            number = Decimal("nan")
        if not number.is_finite():
            raise InvalidInputError("{value} is not a number.", field=field.name, value=text)
        return number
    return text
