"""Tests of a live remote gateway, for ``arengo plugin check``."""

from __future__ import annotations

from typing import ClassVar

import pytest

from arengo_core.money import Money
from arengo_core.remote.trying import FaultyLine
from arengo_payments.contract import CheckoutLine, CheckoutRequest, PaymentGateway
from arengo_payments.contract_tests import PaymentGatewayContract, checkout_request
from arengo_payments.gateways.remote import GATEWAY


class _Line(FaultyLine):
    async def pay(self, url: str) -> None:
        """Only a payer could."""
        pytest.skip("nobody pays at a live gateway")


class RemoteGatewayTests(PaymentGatewayContract):
    """Its sample: ``refused_amount``, cents that it takes from nobody."""

    options: ClassVar[dict[str, str]]
    refused_amount: ClassVar[int] = 0

    @pytest.fixture
    def far_side(self, far_side: FaultyLine) -> _Line:
        """The line to the gateway."""
        return _Line(far_side.host, far_side.key, far_side.base_url)

    @pytest.fixture
    def gateway(self, far_side: _Line) -> PaymentGateway:
        """The gateway, behind a line that loses what it is told to."""
        return GATEWAY.adapt(far_side, self.provider, self.options, {})

    @pytest.fixture
    def refused_request(self) -> CheckoutRequest:
        """A checkout of more than it takes."""
        if not self.refused_amount:
            pytest.skip("say an amount that it refuses: --sample KEY.refused_amount=CENTS")
        amount = Money(self.refused_amount)
        return checkout_request(lines=(CheckoutLine("Prova", amount),), amount=amount)
