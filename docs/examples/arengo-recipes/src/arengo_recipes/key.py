"""An allocation key: by inhabitants, but nobody counts for more than a cap."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from uuid import UUID

from arengo_marketplace.contract import Bearer, Document, KeyContext

_MOST = 10_000_000


class CappedPopulation:
    """So that one town in a valley of villages does not pay for all of them."""

    id = "recipes.capped_population"
    prorated = True

    def options(self, document: Document) -> dict[str, object]:
        """``cap``: the most inhabitants that count."""
        cap = document.decimal("cap", places=0, below=_MOST, example="1500")
        return {"cap": int(cap)}

    def weights(self, members: Sequence[Bearer], context: KeyContext) -> dict[UUID, Fraction]:
        """Inhabitants, at most the cap. Raises PopulationUnknownError, naming the municipality."""
        cap = int(str(context.options["cap"]))
        return {
            member.organization_id: Fraction(min(member.inhabitants(), cap)) for member in members
        }
