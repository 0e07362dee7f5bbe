"""A way to divide costs: a member's share falls with the number that the alphabet gives it."""

from collections.abc import Sequence
from fractions import Fraction
from uuid import UUID

from arengo_core.plugins.hookspecs import hookimpl
from arengo_marketplace.contract import Bearer, Document, KeyContext


class ByName:
    """Weights must not depend on the order in which members come."""

    id = "example.by_name"
    prorated = True

    def options(self, document: Document) -> dict[str, object]:
        """None."""
        return {}

    def weights(self, members: Sequence[Bearer], context: KeyContext) -> dict[UUID, Fraction]:
        """The first of the alphabet pays most."""
        ordered = sorted(members, key=lambda member: (member.name, member.organization_id))
        return {m.organization_id: Fraction(1, place) for place, m in enumerate(ordered, 1)}


@hookimpl
def arengo_allocation_keys() -> list[ByName]:
    return [ByName()]
