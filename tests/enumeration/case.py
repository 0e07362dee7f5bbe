"""What a case says of a route or a root field: who may call it, with which object of the world.

A case names the right caller. From that follow the calls that must be refused: an anonymous
one, one by a person without roles, and one by the same kind of person of another member.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """``who`` may call; ``values`` maps parameters to keys of the world, ``data`` is a form
    (``@key`` in it stands for an object).

    ``shared``: others may call too and see their own (no refusal of the other member).
    ``missing``: whoever calls, there is no such page (by design).
    ``unknown``: the dummies are refused to everybody, as a wrong password is.
    """

    who: str
    values: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    shared: bool = False
    missing: bool = False
    unknown: bool = False


def _case(
    who: str,
    /,
    *,
    data: Mapping[str, str] | None = None,
    shared: bool = False,
    missing: bool = False,
    unknown: bool = False,
    **values: str,
) -> Case:
    return Case(who, values, data or {}, shared, missing, unknown)


anybody: Any = partial(_case, "anybody")
"""Public: anonymous callers too."""

secret: Any = partial(_case, "secret")
"""Whoever holds the secret of a link; another secret is refused."""

person: Any = partial(_case, "person")
"""Anybody who is signed in, with whatever roles."""

merchant: Any = partial(_case, "merchant")
"""The merchant's own people."""

municipality: Any = partial(_case, "municipality")
"""The municipality's officers."""

consortium: Any = partial(_case, "consortium")
"""The consortium's officers."""
