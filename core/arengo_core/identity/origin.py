"""Whence somebody signs in: the network, the browser's own mark, and the device in words."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from ua_parser import parse

from arengo_core.i18n import gettext as _
from arengo_core.ids import new_token

_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from.

    ``network`` is an IPv4 address or the first 64 bits of an IPv6 one, ``mark`` what the browser
    keeps in a cookie of its own, ``browser`` and ``system`` are names such as Firefox and Windows.
    """

    network: str = ""
    mark: str = ""
    browser: str = ""
    system: str = ""


NOWHERE = Origin()
"""The program itself."""


def origin_of(address: str, user_agent: str, mark: str | None) -> Origin:
    """The origin of a request; a browser without a mark gets a new one."""
    found = parse(user_agent)
    browser = found.user_agent.family if found.user_agent else ""
    system = found.os.family if found.os else ""
    return Origin(
        network_of(address), mark or new_token(), browser[:_LONGEST_NAME], system[:_LONGEST_NAME]
    )


def network_of(address: str) -> str:
    """An IPv4 address, or the first 64 bits of an IPv6 one: what counts as one place."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:_LONGEST_NAME]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return parsed.exploded[:19]


def in_words(browser: str, system: str) -> str:
    """A device as people call it."""
    if browser and system:
        return _("{browser} on {system}", browser=browser, system=system)
    return browser or system or _("Unknown device")
