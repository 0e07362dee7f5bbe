"""What this plugin brings, tried by the contracts' own tests: ``arengo plugin check recipes``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from arengo_communications.contract import Channel, MessageRequest, Recipient
from arengo_communications.contract_tests import ChannelContract, message_request
from arengo_core.contract_tests import FileStoreContract, IdentityProviderContract
from arengo_core.host import Host
from arengo_core.money import Money
from arengo_delivery.contract_tests import CarrierContract
from arengo_marketplace.contract_tests import BEARERS, AllocationKeyContract
from arengo_payments.contract import CheckoutLine, CheckoutRequest
from arengo_payments.contract_tests import PaymentGatewayContract, checkout_request
from arengo_recipes.asking import Server
from arengo_recipes.carrier import MountainPost
from arengo_recipes.channel import DOMAIN, Sms
from arengo_recipes.far_side import FarSide, serving
from arengo_recipes.file_store import WebShelf
from arengo_recipes.gateway import ValleyBank
from arengo_recipes.key import CappedPopulation
from arengo_recipes.register import ValleyRegister
from arengo_recipes.search import DialectSearch
from arengo_storefront.contract_tests import SearchProviderContract

SHORT = 0.3
"""Seconds that the tests of silence wait."""


@pytest.fixture
def far_side() -> Iterator[FarSide]:
    """The server that plays bank, post, provider of texts, register and shelf."""
    with serving() as found:
        yield found


class TestValleyBank(PaymentGatewayContract):
    """The gateway."""

    provider = "valley-bank"

    @pytest.fixture
    def far_side(self, far_side: FarSide) -> FarSide:
        """The bank."""
        return far_side

    @pytest.fixture
    def gateway(self, far_side: FarSide) -> ValleyBank:
        """An account at the bank."""
        return ValleyBank(Server(far_side.address, "token", self.time_limit), "secret")

    @pytest.fixture
    def impatient(self, far_side: FarSide) -> ValleyBank:
        """The same, in a hurry."""
        return ValleyBank(Server(far_side.address, "token", SHORT), "secret")

    @pytest.fixture
    def refused_request(self) -> CheckoutRequest:
        """The bank takes EUR 1,000 at the most."""
        lines = (CheckoutLine("Stufa di pietra ollare", Money(100_001)),)
        return checkout_request(lines=lines, amount=Money(100_001))


class TestMountainPost(CarrierContract):
    """The carrier."""

    provider = "mountain-post"
    out_of_reach = "015146"
    too_heavy = 20_001

    @pytest.fixture
    def far_side(self, far_side: FarSide) -> FarSide:
        """The post."""
        return far_side

    @pytest.fixture
    def carrier(self, far_side: FarSide) -> MountainPost:
        """A customer of the post."""
        return MountainPost(Server(far_side.address, "token", self.time_limit))

    @pytest.fixture
    def impatient(self, far_side: FarSide) -> MountainPost:
        """The same, in a hurry."""
        return MountainPost(Server(far_side.address, "token", SHORT))


class TestSms(ChannelContract):
    """The channel."""

    provider = "sms"

    @pytest.fixture
    def far_side(self, far_side: FarSide) -> FarSide:
        """The provider of text messages."""
        self.provider_of_texts = far_side
        return far_side

    @pytest.fixture
    def channel(self, far_side: FarSide) -> Sms:
        """A customer of it."""
        return Sms(Server(far_side.address, "token", self.time_limit))

    @pytest.fixture
    def impatient(self, far_side: FarSide) -> Sms:
        """The same, in a hurry."""
        return Sms(Server(far_side.address, "token", SHORT))

    @pytest.fixture
    def message(self) -> MessageRequest:
        """To a telephone."""
        return message_request(recipient=Recipient("Ada", f"+393331234567{DOMAIN}", "it"))

    @pytest.fixture
    def stranger(self) -> Recipient:
        """Without a telephone."""
        return Recipient("Ugo", "ugo@shopper.example", "it")

    async def arrived(self, channel: Channel, message: MessageRequest) -> int:
        """What the provider keeps under the key."""
        return int(self.provider_of_texts.by_key("messages", message.key) is not None)


class TestValleyRegister(IdentityProviderContract):
    """The identity provider."""

    provider = "valley-register"

    @pytest.fixture
    def far_side(self, far_side: FarSide) -> FarSide:
        """The register."""
        return far_side

    @pytest.fixture
    def identity_provider(self, far_side: FarSide) -> ValleyRegister:
        """A site that the register knows."""
        return ValleyRegister(Server(far_side.address, "token", self.time_limit), far_side.address)

    @pytest.fixture
    def impatient(self, far_side: FarSide) -> ValleyRegister:
        """The same, in a hurry."""
        return ValleyRegister(Server(far_side.address, "token", SHORT), far_side.address)


class TestWebShelf(FileStoreContract):
    """The file store."""

    provider = "shelf"

    @pytest.fixture
    def far_side(self, far_side: FarSide) -> FarSide:
        """The web server."""
        return far_side

    @pytest.fixture
    def store(self, far_side: FarSide) -> WebShelf:
        """A shelf of it."""
        return WebShelf(far_side.address, "token", self.time_limit)

    @pytest.fixture
    def impatient(self, far_side: FarSide) -> WebShelf:
        """The same, in a hurry."""
        return WebShelf(far_side.address, "token", SHORT)


class TestDialectSearch(SearchProviderContract):
    """The search."""

    provider = "dialect"
    typos: ClassVar = (
        ("bitto", "formaggio"),
        ("formai", "formaggio"),
        ("PAN", "pane"),
        ("fomraggio", "formaggio"),
    )

    @pytest.fixture
    def search(self, host: Host) -> DialectSearch:
        """On this host."""
        return DialectSearch(host)


class TestCappedPopulation(AllocationKeyContract):
    """The allocation key."""

    provider = "recipes.capped_population"
    options: ClassVar = {"cap": 1_300}
    bad_options: ClassVar = ({}, {"cap": "many"}, {"cap": -1})

    @pytest.fixture
    def key(self) -> CappedPopulation:
        """There is nothing to set."""
        return CappedPopulation()

    def test_nobody_counts_for_more_than_the_cap(self, key: CappedPopulation) -> None:
        assert max(self.weigh(key, BEARERS).values()) == 1_300
