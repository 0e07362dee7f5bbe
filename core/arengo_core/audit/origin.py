"""Where an act came from: the address behind a request, kept shortened."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import IPv4Address, ip_address, ip_network

_address: ContextVar[str] = ContextVar("arengo_address", default="")
_KEPT_BITS = {4: 24, 6: 48}


def shortened(address: str) -> str:
    """``203.0.113.0/24``, ``2001:db8:1::/48``: the network that a person can hardly be told by.

    Empty for what is no address.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    mapped: IPv4Address | None = getattr(found, "ipv4_mapped", None)
    whole = mapped or found
    return str(ip_network(f"{whole}/{_KEPT_BITS[whole.version]}", strict=False))


@contextmanager
def coming_from(address: str) -> Generator[None]:
    """Say for a request's time where it comes from."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def network() -> str:
    """The shortened address behind the present request; empty in jobs and commands."""
    return shortened(_address.get())
