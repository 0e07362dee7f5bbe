"""Cost rules: a weighted mix of allocation keys, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from arengo_marketplace.costs.adjustments import Adjustments
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.document import Document
from arengo_marketplace.costs.errors import N_, InvalidRuleError
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.pool import CostKind
from arengo_marketplace.costs.rule_documents import adjustments_from_json, adjustments_to_json


@dataclass(frozen=True, slots=True)
class RulePart:
    """So many per cent of the cost by one key.

    ``otherwise`` is the key that divides this part when the first one weighs nothing at all, as
    in a month without any usage.
    """

    key: str
    weight: Decimal
    options: Mapping[str, object] = field(default_factory=dict[str, object])
    otherwise: str = "equal"

    def to_json(self) -> dict[str, object]:
        """The part as a JSON object."""
        named: dict[str, object] = {"key": self.key, "weight": str(self.weight)}
        return named | dict(self.options) | {"otherwise": self.otherwise}


@dataclass(frozen=True, slots=True)
class CostRule:
    """The parts of a rule; their weights add up to 100 per cent exactly.

    ``kinds`` have mixes of their own, of 100 per cent each; ``parts`` divide all other costs.
    """

    parts: tuple[RulePart, ...]
    kinds: Mapping[CostKind, tuple[RulePart, ...]] = field(
        default_factory=dict[CostKind, tuple[RulePart, ...]], hash=False
    )
    adjustments: Adjustments = field(default_factory=Adjustments)

    def __post_init__(self) -> None:
        _check(self.parts, "parts")
        for kind, parts in self.kinds.items():
            _check(parts, f"kinds.{kind.value}")

    @classmethod
    def of(cls, **weights: int | str) -> CostRule:
        """A mix of keys without options: ``CostRule.of(equal=40, population=60)``."""
        return cls(tuple(RulePart(key, Decimal(weight)) for key, weight in weights.items()))

    def all_parts(self) -> tuple[RulePart, ...]:
        """The parts of every mix."""
        return (*self.parts, *(part for parts in self.kinds.values() for part in parts))

    def meters(self) -> set[str]:
        """The meters by which it divides."""
        options = (part.options for part in self.all_parts())
        return {str(one["meter"]) for one in options if "meter" in one}

    def to_json(self) -> dict[str, object]:
        """The rule as a JSON document; weights are texts."""
        document: dict[str, object] = {"parts": [part.to_json() for part in self.parts]}
        if self.kinds:
            document["kinds"] = {
                kind.value: [part.to_json() for part in parts] for kind, parts in self.kinds.items()
            }
        return document | adjustments_to_json(self.adjustments)

    @classmethod
    def from_json(cls, value: object, keys: KeyRegistry = BUILT_IN) -> CostRule:
        """Read such a document. Raises InvalidRuleError, naming the field."""
        document = Document(value, "", InvalidRuleError)
        parts = tuple(_part(one, keys) for one in document.objects("parts"))
        kinds: dict[CostKind, tuple[RulePart, ...]] = {}
        if document.has("kinds"):
            inner = document.inner("kinds")
            for kind in CostKind:
                if inner.has(kind.value):
                    kinds[kind] = tuple(_part(one, keys) for one in inner.objects(kind.value))
                inner.take(kind.value)
            inner.done()
        document.take("kinds")
        adjustments = adjustments_from_json(document)
        document.done()
        return cls(parts, kinds, adjustments)


def _check(parts: tuple[RulePart, ...], name: str) -> None:
    whole = sum((part.weight for part in parts), Decimal())
    if whole != 100:
        raise InvalidRuleError(
            name,
            N_("the weights add up to {whole} %, not to 100 %"),
            N_("Add or take away {missing} %"),
            whole=f"{whole:f}",
            missing=f"{abs(100 - whole):f}",
        )
    for index, part in enumerate(parts):
        if part.weight <= 0:
            raise InvalidRuleError(
                f"{name}[{index}].weight",
                N_("a weight of {weight} % divides nothing"),
                N_("Give it more than 0 %, or remove the part"),
                weight=part.weight,
            )


def _part(document: Document, keys: KeyRegistry) -> RulePart:
    name = document.text("key")
    key = keys.get(name, document.field("key"), InvalidRuleError)
    weight = document.decimal("weight", places=8, below=100, example="33.5")
    otherwise = document.text("otherwise", "equal")
    fallback = keys.get(otherwise, document.field("otherwise"), InvalidRuleError)
    options = key.options(document)
    document.done()
    if fallback.id not in ("equal", "population"):
        raise document.fail(
            "otherwise",
            N_("{otherwise} may weigh nothing itself"),
            N_("Use equal or population"),
            otherwise=otherwise,
        )
    return RulePart(name, weight, options, otherwise)
