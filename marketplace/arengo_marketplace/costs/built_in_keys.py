"""Allocation keys by members' attributes, by agreed figures, and by what cost games say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import cast
from uuid import UUID

from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.document import Document, written
from arengo_marketplace.costs.errors import N_, CostError, InvalidRuleError
from arengo_marketplace.costs.keys import (
    Background,
    EqualKey,
    KeyContext,
    KeyRegistry,
    PopulationKey,
    UsageKey,
)

_MICRO = 10**6


class FigureKey:
    """By one figure of each member, by days of membership: merchants, area."""

    prorated = True

    def __init__(self, key_id: str) -> None:
        self.id = key_id

    def options(self, document: Document) -> dict[str, object]:
        """None."""
        return {}

    def weights(self, members: Sequence[Bearer], context: KeyContext) -> dict[UUID, Fraction]:
        """The figure. Raises CostError, naming a member without one."""
        return {member.organization_id: member.figure(self.id) for member in members}


class AttributeKey:
    """By any attribute: a number counts as it is, or by bands; a word by a table of weights."""

    id = "attribute"
    prorated = True

    def options(self, document: Document) -> dict[str, object]:
        """``attribute``; ``weights`` by its words, or ``bands`` of ``below`` and ``weight``."""
        options: dict[str, object] = {"attribute": document.text("attribute")}
        if document.has("weights"):
            options["weights"] = {
                word: str(weight) for word, weight in document.decimals("weights").items()
            }
        elif document.has("bands"):
            options["bands"] = _bands(document)
        document.take("weights")
        document.take("bands")
        return options

    def weights(self, members: Sequence[Bearer], context: KeyContext) -> dict[UUID, Fraction]:
        """The number, its band's weight, or its word's."""
        return {member.organization_id: self._weight(member, context.options) for member in members}

    def _weight(self, member: Bearer, options: Mapping[str, object]) -> Fraction:
        attribute = str(options["attribute"])
        if "weights" in options:
            table = cast("Mapping[str, str]", options["weights"])
            word = str(member.attributes.get(attribute, ""))
            if word not in table:
                raise CostError(
                    f"attributes.{attribute}",
                    N_("the rule has no weight for {value}, the {attribute} of {name}"),
                    N_("Use one of: {options}"),
                    value=written(word),
                    attribute=attribute,
                    name=member.name or member.rule_id,
                    options=", ".join(table),
                )
            return Fraction(table[word])
        figure = member.figure(attribute)
        for band in cast("Sequence[Mapping[str, str]]", options.get("bands", ())):
            if "below" not in band or figure < Fraction(band["below"]):
                return Fraction(band["weight"])
        return figure


def _bands(document: Document) -> list[dict[str, str]]:
    bands: list[dict[str, str]] = []
    below = Decimal(-1)
    rows = document.objects("bands")
    for index, row in enumerate(rows):
        band = {"weight": str(row.decimal("weight", places=8, below=10**12, example="1.5"))}
        if index < len(rows) - 1:
            limit = row.decimal("below", places=8, below=10**12, example="600")
            if limit <= below:
                raise row.fail(
                    "below",
                    N_("{below} is not above {before}"),
                    N_("List the bands upwards"),
                    below=limit,
                    before=below,
                )
            below = limit
            band = {"below": str(limit)} | band
        row.done()
        bands.append(band)
    return bands


class FixedKey:
    """By figures that the rule itself holds, as thousandths of a condominium do."""

    id = "fixed"
    prorated = True

    def options(self, document: Document) -> dict[str, object]:
        """``amounts``: each member's figure."""
        return {"amounts": {k: str(v) for k, v in document.decimals("amounts").items()}}

    def weights(self, members: Sequence[Bearer], context: KeyContext) -> dict[UUID, Fraction]:
        """The figures; who has none bears nothing of this part."""
        amounts = cast("Mapping[str, str]", context.options["amounts"])
        return {
            member.organization_id: Fraction(amounts.get(member.rule_id, "0")) for member in members
        }


class PastKey:
    """By what each paid in the period before."""

    id = "past"
    prorated = False

    def options(self, document: Document) -> dict[str, object]:
        """None."""
        return {}

    def weights(self, members: Sequence[Bearer], context: KeyContext) -> dict[UUID, Fraction]:
        """Minor units; a member that was not there has none."""
        past = context.background.past
        return {
            member.organization_id: Fraction(past.get(member.organization_id, 0))
            for member in members
        }


class GameKey:
    """By a solution of the cost game; its days and usage are in the game already."""

    prorated = False

    def __init__(self, key_id: str) -> None:
        self.id = key_id

    def options(self, document: Document) -> dict[str, object]:
        """For shapley, ``samples`` and ``seed`` where there are too many members to be exact."""
        if self.id != "shapley":
            return {}
        return {
            name: int(document.decimal(name, places=0, below=most, example="2000"))
            for name, most in (("samples", 20_000), ("seed", 2**63))
            if document.has(name) or document.take(name) is not None
        }

    def weights(self, members: Sequence[Bearer], context: KeyContext) -> dict[UUID, Fraction]:
        """Shares to six decimals. Raises InvalidRuleError without a game, NotGivenError."""
        from arengo_marketplace.costs.games.solutions import solve

        game = context.background.game
        if game is None:
            raise InvalidRuleError(
                "parts",
                N_("{key} needs what each group of members would pay alone"),
                N_("Give a price plan or a coalition table, or choose another key"),
                key=self.id,
            )
        shares = solve(game, self.id, *_drawing(context.options)).by_player()
        return {
            member.organization_id: Fraction(round(shares[member.rule_id] * _MICRO), _MICRO)
            for member in members
            if member.rule_id in shares
        }


def sampling_of(options: Mapping[str, object], background: Background) -> dict[str, object] | None:
    """Where a shapley part's value was drawn from random orders: how many, how exact."""
    if background.game is None:
        return None
    from arengo_marketplace.costs.games.solutions import solve

    samples, seed = _drawing(options)
    found = solve(background.game, "shapley", samples, seed)
    if not found.samples:
        return None
    median, worst = found.errors_per_cent()
    return {
        "samples": found.samples,
        "seed": seed,
        "standard_error_per_cent": {
            "median": round(median, 6),
            "worst": round(worst, 6),
        },
    }


def _drawing(options: Mapping[str, object]) -> tuple[int, int]:
    """The number of orders and the seed that a part names."""
    from arengo_marketplace.costs.games.solutions import SAMPLES

    samples = cast("int", options.get("samples", SAMPLES))
    return max(samples, 2), cast("int", options.get("seed", 0))


def built_in_keys() -> KeyRegistry:
    """A new registry with the keys that need no plugin."""
    return KeyRegistry(
        EqualKey(),
        PopulationKey(),
        UsageKey(),
        FigureKey("merchants"),
        FigureKey("area"),
        AttributeKey(),
        FixedKey(),
        PastKey(),
        GameKey("shapley"),
        GameKey("scrb"),
        GameKey("nucleolus"),
    )


BUILT_IN = built_in_keys()
