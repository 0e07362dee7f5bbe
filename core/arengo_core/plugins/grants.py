"""What services read and write of a member's: declared by name, asked for, consented to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from arengo_core.caller import Permission
from arengo_core.ids import digest

_KEY = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*:(read|write)")


def owner_of(key: str) -> str:
    """The plugin that a grant's key names."""
    return key.partition(".")[0]


@dataclass(frozen=True, slots=True)
class DataGrant:
    """Something of a member's that services may ask for: ``DataGrant("orders.open:read", ...)``.

    ``key`` is the declaring plugin's own, a kind of data, and ``read`` or ``write``; where a
    permission covers the same data, the grant is named after it. ``title`` is a msgid in the
    members' words, for it is what they agree to. ``permissions`` are those by which people do the
    same.
    """

    key: str
    title: str
    permissions: tuple[Permission, ...] = ()

    @property
    def owner(self) -> str:
        """The plugin that declares it."""
        return owner_of(self.key)

    @property
    def writes(self) -> bool:
        """Whether it lets data be changed."""
        return self.key.endswith(":write")

    @property
    def is_well_named(self) -> bool:
        """Whether its key has the form of one."""
        return _KEY.fullmatch(self.key) is not None


def wording(grants: Iterable[DataGrant]) -> str:
    """A digest of what is asked for and in which words, the same in every language."""
    lines = sorted(f"{grant.key}\t{grant.title}" for grant in grants)
    return digest("\n".join(lines)).hex()
