"""Allocation keys: by what a cost is divided. Plugins bring more through the same Protocol."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.document import Document, written
from arengo_marketplace.costs.errors import N_, CostError, DuplicateKeyError
from arengo_marketplace.costs.period import Period

if TYPE_CHECKING:
    from arengo_marketplace.costs.games.solutions import Game


@dataclass(frozen=True, slots=True)
class Background:
    """What a division may rest on besides members and usage; amounts in minor units.

    ``game`` is what any group of the members would pay alone, by their ``rule_id``; ``past`` what
    each paid in the period before, ``last_year`` for the same period a year ago.
    """

    game: Game | None = None
    past: Mapping[UUID, int] = field(default_factory=dict[UUID, int])
    last_year: Mapping[UUID, int] = field(default_factory=dict[UUID, int])


@dataclass(frozen=True, slots=True)
class KeyContext:
    """What a key may look at: the period, the usage in it, its options in the rule, and more."""

    period: Period
    usage: Usage
    options: Mapping[str, object]
    background: Background = field(default_factory=Background)


class AllocationKey(Protocol):
    """A way to weigh members. ``weights`` must not depend on the order of the members."""

    @property
    def id(self) -> str:
        """Its name in rules, unique; a plugin's begins with the plugin's name and a dot."""
        ...

    @property
    def prorated(self) -> bool:
        """Whether the host multiplies its weights by the days of membership."""
        ...

    def options(self, document: Document) -> dict[str, object]:
        """Read and check its options in a part of a rule."""
        ...

    def weights(self, members: Sequence[Bearer], context: KeyContext) -> dict[UUID, Fraction]:
        """Each member's weight: inhabitants, units, ... Absent or negative counts as 0."""
        ...


class EqualKey:
    """Everybody the same, by days of membership."""

    id = "equal"
    prorated = True

    def options(self, document: Document) -> dict[str, object]:
        """None."""
        return {}

    def weights(self, members: Sequence[Bearer], context: KeyContext) -> dict[UUID, Fraction]:
        """One each."""
        one = Fraction(1)
        return {member.organization_id: one for member in members}


class PopulationKey:
    """By inhabitants, by days of membership."""

    id = "population"
    prorated = True

    def options(self, document: Document) -> dict[str, object]:
        """``as_of``: the day of the figures that the members agreed on, if they named one."""
        if not document.has("as_of"):
            document.take("as_of")
            return {}
        return {"as_of": document.day("as_of").isoformat()}

    def weights(self, members: Sequence[Bearer], context: KeyContext) -> dict[UUID, Fraction]:
        """Inhabitants. Raises PopulationUnknownError, naming the municipality."""
        return {member.organization_id: Fraction(member.inhabitants()) for member in members}


class UsageKey:
    """By the units of a meter; what was used speaks for itself, so days do not count again."""

    id = "usage"
    prorated = False

    def options(self, document: Document) -> dict[str, object]:
        """``meter``: the counter to read."""
        if not document.has("meter"):
            raise document.fail(
                "meter",
                N_("the usage key names no meter"),
                N_("Name the meter to divide by, for example payments.transactions"),
            )
        return {"meter": document.text("meter")}

    def weights(self, members: Sequence[Bearer], context: KeyContext) -> dict[UUID, Fraction]:
        """Units used in the period."""
        read = context.usage.get(str(context.options["meter"]), {})
        return {
            member.organization_id: Fraction(read.get(member.organization_id, 0))
            for member in members
        }


@dataclass(frozen=True, slots=True)
class PluginKey:
    """A plugin's key: whatever it raises or answers wrongly is a fault that names the plugin, and
    is told to ``failed``.
    """

    key: AllocationKey
    plugin: str
    failed: Callable[[Exception], None] | None = None

    @property
    def id(self) -> str:
        """Its name in rules."""
        return self.key.id

    @property
    def prorated(self) -> bool:
        """Whether days of membership count."""
        return self.key.prorated

    def options(self, document: Document) -> dict[str, object]:
        """What the plugin's key reads."""
        with self._answering():
            return self.key.options(document)

    def weights(self, members: Sequence[Bearer], context: KeyContext) -> dict[UUID, Fraction]:
        """What the plugin's key says, as exact numbers."""
        with self._answering():
            found = self.key.weights(members, context)
            return {member: Fraction(weight) for member, weight in found.items()}

    @contextmanager
    def _answering(self) -> Generator[None]:
        try:
            yield
        except CostError:
            raise
        except Exception as error:
            if self.failed is not None:
                self.failed(error)
            raise CostError(
                "parts",
                N_("the allocation key {id} of the plugin {plugin} failed: {error}"),
                N_("Choose another key until whoever maintains the plugin has mended it"),
                id=self.id,
                plugin=self.plugin,
                error=type(error).__name__,
            ) from error


class KeyRegistry:
    """The allocation keys known to a deployment."""

    def __init__(self, *keys: AllocationKey) -> None:
        self._keys: dict[str, AllocationKey] = {}
        self._plugins: dict[str, PluginKey] = {}
        for key in keys:
            self.register(key)

    def register(
        self,
        key: AllocationKey,
        plugin: str = "",
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Add a key, a plugin's with its name and who is told of its failures.

        Raises DuplicateKeyError, naming both classes.
        """
        known = self._keys.get(key.id)
        if known is not None:
            raise DuplicateKeyError(
                "id",
                N_("the allocation key {id} of {new} is already brought by {old}"),
                N_("Give one of them another id"),
                id=key.id,
                new=type(key).__qualname__,
                old=type(known).__qualname__,
            )
        self._keys[key.id] = key
        if plugin:
            self._plugins[key.id] = PluginKey(key, plugin, failed)

    def ids(self) -> list[str]:
        """The known ids, built-in ones first."""
        return list(self._keys)

    def get(self, key_id: str, field: str, error: type[CostError]) -> AllocationKey:
        """The key of an id; else the given error about the given field."""
        if key_id not in self._keys:
            raise error(
                field,
                N_("there is no allocation key {id}"),
                N_("Use one of: {known}; or enable the plugin that brings it"),
                id=written(key_id),
                known=", ".join(self._keys),
            )
        return self._plugins.get(key_id) or self._keys[key_id]
