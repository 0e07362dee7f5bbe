"""Which addresses the program may call."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

from arengo_core.errors import InvalidInputError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_WEB_PORTS = frozenset({80, 443})
_FIRST_FREE_PORT = 1024
_NAT64 = IPv6Network("64:ff9b::/96")
# Clouds answer their guests there with secrets, under addresses that look public.
_METADATA = frozenset({IPv4Address("168.63.129.16")})


def networks_of(names: Sequence[str]) -> tuple[Network, ...]:
    """Networks by what a setting calls them."""
    return tuple(ip_network(name, strict=False) for name in names)


def _plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (mapped, NAT64, 6to4, Teredo), or itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address


def is_named(address: Address, networks: Sequence[Network]) -> bool:
    """Whether an address is in one of the networks."""
    plain = _plain(address)
    return any(plain.version == one.version and plain in one for one in networks)


def may_reach(address: Address, port: int, networks: Sequence[Network]) -> bool:
    """Whether the program may connect: to the networks named, else to the public internet.

    Of the public internet's ports 80, 443 and those from 1024 on.
    """
    if is_named(address, networks):
        return True
    plain = _plain(address)
    is_public = plain.is_global and not (
        plain.is_multicast or plain.is_reserved or plain.is_unspecified
    )
    return is_public and _is_web(port) and plain not in _METADATA


def literal(host: str) -> Address | None:
    """The address that a host is written as; None for a name."""
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def check_url(url: str, networks: Sequence[Network], *, field: str) -> str:
    """An address that may be called, as far as it can be told without asking for its name.

    ``https://`` with a host; ``http://`` with an address of a named network. InvalidInputError
    else.
    """
    said = url.strip()
    try:
        parts = urlsplit(said)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    known = IPv4Address("127.0.0.1") if _is_local(host) else literal(host)
    is_plain = parts.scheme == "http" and known is not None and is_named(known, networks)
    is_web = parts.scheme == "https" or is_plain
    if not host or not is_web or parts.username or parts.password:
        raise InvalidInputError(
            "{value} is not an address that may be called: https://… is expected.",
            field=field,
            value=url,
        )
    asked = port or (443 if parts.scheme == "https" else 80)
    # A name's addresses are looked at when it is called: what they are now says little of then.
    fits = bool(networks) or _is_web(asked) if known is None else may_reach(known, asked, networks)
    if not fits:
        raise InvalidInputError(
            "{value} is in a network, or at a port, that may not be called.",
            field=field,
            value=url,
        )
    return said


def _is_local(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def _is_web(port: int) -> bool:
    return port in _WEB_PORTS or port >= _FIRST_FREE_PORT
