"""What every allocation key must do: subclass :class:`AllocationKeyContract`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar
from uuid import UUID

import pytest

from arengo_core.testing.contracts import ContractTests
from arengo_marketplace.contract import AllocationKey
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.document import Document
from arengo_marketplace.costs.errors import InvalidRuleError
from arengo_marketplace.costs.keys import KeyContext
from arengo_marketplace.costs.period import Period

_TOWNS = {"Spriana": 79, "Caspoggio": 1_361, "Lanzada": 1_255, "Chiesa in Valmalenco": 2_399}
BEARERS = tuple(
    Bearer(UUID(int=number), population, name)
    for number, (name, population) in enumerate(_TOWNS.items(), 1)
)
"""Four municipalities of a valley, all members for the whole of the period."""


class AllocationKeyContract(ContractTests):
    """Give the fixture ``key``; ``options`` is what a rule says to it, ``bad_options`` what it
    must refuse. ``usage`` are units used by meter and number of the bearer.
    """

    contract = AllocationKey
    is_remote = False
    options: ClassVar[Mapping[str, Any]] = {}
    bad_options: ClassVar[tuple[Mapping[str, Any], ...]] = ()
    usage: ClassVar[Mapping[str, tuple[int, ...]]] = {}

    @pytest.fixture
    def key(self) -> AllocationKey:
        """The key under test."""
        raise NotImplementedError(f"{type(self).__name__} gives no fixture key")

    def read(self, key: AllocationKey, options: Mapping[str, Any]) -> dict[str, object]:
        """Options as the key reads them from a part of a rule; what it leaves unread is refused."""
        document = Document({**options}, "parts[0]", InvalidRuleError)
        found = key.options(document)
        document.done()
        return found

    def weigh(self, key: AllocationKey, bearers: tuple[Bearer, ...]) -> dict[UUID, Fraction]:
        """The weights for some bearers."""
        used = {
            meter: {b.organization_id: Decimal(n) for b, n in zip(BEARERS, units, strict=True)}
            for meter, units in self.usage.items()
        }
        context = KeyContext(
            Period(date(2026, 1, 1), date(2026, 2, 1)), used, self.read(key, self.options)
        )
        return key.weights(bearers, context)

    def test_its_id_is_the_one_in_rules(self, key: AllocationKey) -> None:
        assert key.id == self.provider
        assert isinstance(key.prorated, bool)

    def test_it_reads_its_options(self, key: AllocationKey) -> None:
        assert self.read(key, self.options) == self.read(key, self.options)

    def test_options_that_make_no_sense_are_refused_by_name(self, key: AllocationKey) -> None:
        for bad in (*self.bad_options, {**self.options, "no_such_option": 1}):
            with pytest.raises(InvalidRuleError, match=r"^parts\[0\]") as caught:
                self.read(key, bad)
            assert caught.value.mend, f"it does not say how to mend {bad}"

    def test_weights_are_exact(self, key: AllocationKey) -> None:
        for weight in self.weigh(key, BEARERS).values():
            assert isinstance(weight, Fraction), f"{weight!r} is no Fraction"
            assert weight >= 0, f"a weight is {weight}"

    def test_it_weighs_the_members_that_it_was_given(self, key: AllocationKey) -> None:
        weights = self.weigh(key, BEARERS)
        assert weights.keys() <= {bearer.organization_id for bearer in BEARERS}
        assert sum(weights.values()) > 0, "nobody bears anything"

    def test_the_order_of_members_changes_nothing(self, key: AllocationKey) -> None:
        assert self.weigh(key, BEARERS) == self.weigh(key, BEARERS[::-1])

    def test_it_answers_the_same_each_time(self, key: AllocationKey) -> None:
        assert self.weigh(key, BEARERS) == self.weigh(key, BEARERS)

    def test_no_members_are_no_weights(self, key: AllocationKey) -> None:
        assert not self.weigh(key, ())
