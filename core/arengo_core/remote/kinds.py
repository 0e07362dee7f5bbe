"""Contracts that remote plugins may implement: their owners say how each is spoken over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from arengo_core.remote.calling import Remote


@dataclass(frozen=True, slots=True)
class RemoteKind:
    """A contract that a manifest's ``providers`` may name as their ``kind``.

    ``adapt(remote, provider key, the manifest's options, the deployment's settings)`` makes an
    implementation that asks the plugin; ``options`` are the names that the manifest must give.
    ``tests`` names the class of tests that tries one that is live, ``module:Class``: a subclass of
    the contract's tests.
    """

    key: str
    contract: type[Any]
    adapt: Callable[[Remote, str, Mapping[str, str], Mapping[str, Any]], Any]
    options: frozenset[str] = frozenset()
    tests: str = ""
