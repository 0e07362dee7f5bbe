"""What a plugin says of itself, and the services it brings."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from arengo_core.caller import OrganizationKind


@dataclass(frozen=True, slots=True)
class Manifest:
    """A plugin's identity. ``title`` and ``description`` are English msgids of its catalogue.

    ``requires`` and ``uses`` map other plugins' keys to PEP 440 version ranges; without a
    required plugin this one is set aside, without a used one it runs with less. ``grants`` are
    keys of what each of its services reads and writes; see :class:`Service`.
    """

    key: str
    title: str
    description: str
    version: str
    arengo: str = ">=0.1,<2"
    requires: Mapping[str, str] = field(default_factory=dict[str, str])
    uses: Mapping[str, str] = field(default_factory=dict[str, str])
    author: str = ""
    licence: str = ""
    grants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meter:
    """A counter that a service reports, e.g. ``delivery.parcels``."""

    key: str
    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class Service:
    """A capability that members may switch on.

    ``settings`` is a dataclass whose fields are made with :func:`setting`; the activation form
    is generated from it. ``rests_on`` names services that must be active first. ``grants`` are
    keys of what it reads and writes of a member's (``storefront.orders:read``), which the member
    agrees to when it switches the service on; one of a plugin that is only used, and not here, is
    not asked for.
    """

    key: str
    title: str
    description: str
    serves: frozenset[OrganizationKind]
    settings: type[Any] | None = None
    meters: tuple[Meter, ...] = ()
    rests_on: tuple[str, ...] = ()
    icon: str = "it-settings"
    grants: tuple[str, ...] = ()


def setting(
    label: str,
    *,
    help: str = "",
    default: Any = dataclasses.MISSING,
    secret: bool = False,
    choices: Mapping[str, str] | None = None,
    pattern: str | None = None,
) -> Any:
    """A field of a settings dataclass: its label and help (msgids), and whether it is secret.

    Secret values are encrypted at rest and shown masked; ``choices`` maps values to labels.
    """
    metadata = {
        "label": label,
        "help": help,
        "secret": secret,
        "choices": dict(choices) if choices else None,
        "pattern": pattern,
    }
    if default is dataclasses.MISSING:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)
