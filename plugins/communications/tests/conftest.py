"""A valley whose first town and a shop have communications active."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
import pytest_asyncio

from arengo_communications.contract import Content, MessageRequest, Messages, Recipient
from arengo_core.caller import Caller, Role
from arengo_core.identity.models import Person
from arengo_core.ids import new_id
from arengo_marketplace.testing import ConsortiumMade, MemberMade


@dataclass(frozen=True)
class Valley:
    """Who takes part in a test."""

    consortium: ConsortiumMade
    town: MemberMade
    other_town: MemberMade
    shop: MemberMade
    clerk: Person


@pytest_asyncio.fixture(loop_scope="session")
async def valley(make_consortium, make_merchant, make_offer, activate, make_user) -> Valley:
    """Two towns and a shop; the first town and the shop have communications active."""
    consortium = await make_consortium(("014019", "014036"))
    lead, other = consortium.municipalities
    shop = await make_merchant(consortium.id, lead.id)
    offer = await make_offer(consortium.id, "communications")
    await activate(lead.id, offer, settings={"sender_name": "", "reply_to": ""})
    await activate(
        shop.id, offer, settings={"sender_name": "La Bottega", "reply_to": "shop@valley.example"}
    )
    return Valley(
        consortium,
        MemberMade(lead, consortium.lead_officer),
        MemberMade(other, await make_user((other.id, Role.MUNICIPAL_OFFICER))),
        shop,
        await make_user((lead.id, Role.CLERK)),
    )


@pytest.fixture
def a_message() -> Callable[..., MessageRequest]:
    """A message of a member to somebody new, unless told."""

    def make(member: UUID, **changes) -> MessageRequest:
        recipient = changes.pop("recipient", None) or Recipient(
            "Ada Prova", f"{new_id().hex}@shopper.example", "it"
        )
        content = Content(
            subject="Il tuo ordine è pronto",
            paragraphs=("Buongiorno <Ada> & tutti,", "il tuo ordine è pronto."),
            facts=(("Ordine", "A-17"),),
            action=("Vedi l'ordine", "http://localhost/orders/x"),
        )
        values = {
            "key": f"test:{new_id()}",
            "organization_id": member,
            "topic": "order",
            "recipient": recipient,
            "content": content,
            **changes,
        }
        return MessageRequest(**values)

    return make


@pytest.fixture
def send(host) -> Callable[..., Awaitable[UUID]]:
    """Send a message as its member's plugin would."""

    async def send_it(request: MessageRequest, through=None) -> UUID:
        used = through or host
        async with used.unit_of_work(Caller.program([request.organization_id])) as uow:
            messages = await used.capability(uow, Messages, request.organization_id)
            return await messages.send(request)

    return send_it
