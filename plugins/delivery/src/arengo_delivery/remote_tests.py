"""Tests of a live remote carrier, for ``arengo plugin check``."""

from __future__ import annotations

from typing import ClassVar

import pytest

from arengo_core.remote.trying import FaultyLine
from arengo_delivery.carriers.remote import CARRIER
from arengo_delivery.contract import Carrier
from arengo_delivery.contract_tests import CarrierContract


class RemoteCarrierTests(CarrierContract):
    """Its samples: ``origin``, ``destination``, ``out_of_reach`` and ``too_heavy``."""

    options: ClassVar[dict[str, str]]

    @pytest.fixture
    def carrier(self, far_side: FaultyLine) -> Carrier:
        """The carrier, behind a line that loses what it is told to."""
        return CARRIER.adapt(far_side, self.provider, self.options, {})

    @pytest.fixture
    def far_side(self, far_side: FaultyLine) -> FaultyLine:
        """The line itself."""
        return far_side
