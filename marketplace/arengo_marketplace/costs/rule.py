"""Cost rules: a weighted mix of allocation keys, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from arengo_marketplace.costs.document import Document
from arengo_marketplace.costs.errors import N_, InvalidRuleError
from arengo_marketplace.costs.keys import BUILT_IN, KeyRegistry


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
    """The parts of a rule; their weights add up to 100 per cent exactly."""

    parts: tuple[RulePart, ...]

    def __post_init__(self) -> None:
        whole = sum((part.weight for part in self.parts), Decimal())
        if whole != 100:
            raise InvalidRuleError(
                "parts",
                N_("the weights add up to {whole} %, not to 100 %"),
                N_("Add or take away {missing} %"),
                whole=f"{whole:f}",
                missing=f"{abs(100 - whole):f}",
            )
        for index, part in enumerate(self.parts):
            if part.weight <= 0:
                raise InvalidRuleError(
                    f"parts[{index}].weight",
                    N_("a weight of {weight} % divides nothing"),
                    N_("Give it more than 0 %, or remove the part"),
                    weight=part.weight,
                )

    @classmethod
    def of(cls, **weights: int | str) -> CostRule:
        """A mix of keys without options: ``CostRule.of(equal=40, population=60)``."""
        return cls(tuple(RulePart(key, Decimal(weight)) for key, weight in weights.items()))

    def to_json(self) -> dict[str, object]:
        """The rule as a JSON document; weights are texts."""
        return {"parts": [part.to_json() for part in self.parts]}

    @classmethod
    def from_json(cls, value: object, keys: KeyRegistry = BUILT_IN) -> CostRule:
        """Read such a document. Raises InvalidRuleError, naming the field."""
        document = Document(value, "", InvalidRuleError)
        parts = tuple(_part(one, keys) for one in document.objects("parts"))
        document.done()
        return cls(parts)


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
