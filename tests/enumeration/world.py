"""The world in which cases are called: one of each thing, and another member beside it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from arengo_communications.announcements import service as announcements
from arengo_communications.subscriptions import links
from arengo_communications.subscriptions import service as subscriptions
from arengo_core import clock
from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller, Role
from arengo_core.identity import sessions, tokens
from arengo_core.identity.models import LinkedIdentity, Passkey
from arengo_core.identity.service import SIGN_IN_LINK
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_core.permissions.models import Delegation
from arengo_core.webhooks import service as webhooks
from arengo_core.webhooks.models import WebhookDelivery
from arengo_marketplace.budget import publishing
from arengo_marketplace.contract import Marketplace, StatementCheckout, StatementDue
from arengo_marketplace.costs.period import Period
from arengo_marketplace.funding import service as funding
from arengo_marketplace.funding.terms import FundingData
from arengo_marketplace.members import joining
from arengo_marketplace.pledges import service as pledges
from arengo_marketplace.pledges.evaluation import Terms
from arengo_marketplace.pools import service as pools
from arengo_marketplace.settlements import closing
from arengo_marketplace.settlements import service as settlements
from arengo_marketplace.statements import payments
from arengo_marketplace.statements import repository as statements
from arengo_marketplace.testing import new_vat_number
from arengo_marketplace.votes import minutes
from arengo_marketplace.votes import service as votes
from arengo_marketplace.votes.figures import figures_of
from arengo_storefront.carts.cookies import secret_of
from tests.enumeration import belongings

# Where the world's objects are found once they were made: key → (GraphQL type, table, owner).
ROWS = {
    "merchant_order": ("MerchantOrder", "storefront.merchant_order", "dairy"),
    "order_line": ("OrderLine", "storefront.order_line", "dairy"),
    "category": ("Category", "storefront.category", "consortium"),
    "media": ("Picture", "storefront.media", "dairy"),
    "payment": ("Payment", "payments.payment", "consortium"),
    "return_case": ("ReturnCase", "storefront.return_case", "dairy"),
    "message": ("Message", "communications.message", "dairy"),
    "inbox_item": ("InboxItem", "communications.inbox_item", "dairy"),
    "town_inbox_item": ("InboxItem", "communications.inbox_item", "lead"),
    "town_message": ("Message", "communications.message", "lead"),
    "announcement": ("Announcement", "communications.announcement", "lead"),
    "activation": ("Activation", "marketplace.activation", "dairy"),
    "vote": ("Vote", "marketplace.vote", "consortium"),
    "pledge": ("Pledge", "marketplace.pledge", "lead"),
    "cost_line": ("CostLine", "marketplace.pool_line", "consortium"),
    "funding": ("Funding", "marketplace.funding", "consortium"),
    "task": ("Task", "core.task", "consortium"),
    "settlement": ("Settlement", "marketplace.settlement", "consortium"),
    "statement": ("Statement", "marketplace.statement", "lead"),
    "statement_payment": ("StatementPayment", "marketplace.statement_payment", "lead"),
    "settled_line": ("SettledLine", "marketplace.settled_line", "consortium"),
    "transaction": ("LedgerTransaction", "marketplace.ledger_transaction", "consortium"),
    "join_request": ("JoinRequest", "marketplace.join_request", "consortium"),
    "parcel": ("Parcel", "delivery.parcel", "dairy"),
    "town_parcel": ("Parcel", "delivery.parcel", "lead"),
    "point": ("PickUpPoint", "delivery.pick_up_point", "lead"),
    "shop_point": ("PickUpPoint", "delivery.pick_up_point", "dairy"),
}


@dataclass(slots=True)
class World:
    """Objects by key, and people by what they are."""

    objects: dict[str, tuple[str, UUID]] = field(default_factory=dict)
    texts: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)

    def plain(self, key: str) -> Any:
        """What stands for an object in an address."""
        return str(self.objects[key][1]) if key in self.objects else self.texts[key]

    def relay(self, key: str) -> Any:
        """What stands for an object in GraphQL."""
        if key not in self.objects:
            return self.texts[key]
        kind, value = self.objects[key]
        return str(global_id(kind, value))


async def make(host, make_valley, make_consortium, make_user, make_offer, activate, drain):
    """Two consortia; in the first a lead town, another town, two shops, an order, a settlement."""
    valley = await make_valley(collecting=True)
    began = clock.today().replace(day=1)
    made, other = valley.consortium, await make_consortium()
    world = World()
    world.people = {
        "consortium": made.officer,
        "other consortium": other.officer,
        "municipality": made.lead_officer,
        "other municipality": await make_user((made.municipalities[1].id, Role.MUNICIPAL_OFFICER)),
        "merchant": valley.dairy.person,
        "other merchant": valley.bakery.person,
        "nobody": await make_user(),
    }
    offers = {}
    for service in ("communications", "delivery", "payments"):
        offers[service] = await make_offer(made.id, service)
    await _pledge(host, made.lead.id, offers["payments"])
    for town in made.municipalities[:2]:
        await activate(town.id, offers["communications"])
        await activate(town.id, offers["delivery"])
    for shop in (valley.dairy, valley.bakery):
        await activate(shop.id, offers["payments"])
        await activate(shop.id, offers["delivery"])
        await activate(shop.id, offers["communications"])
    world.objects = {
        "consortium": ("Organization", made.id),
        "lead": ("Organization", made.lead.id),
        "town": ("Organization", made.municipalities[1].id),
        "dairy": ("Organization", valley.dairy.id),
        "product": ("Product", valley.cheese.product_id),
        "variant": ("Variant", valley.cheese.variant_id),
        "offer": ("Offer", offers["communications"].id),
        "pledged_offer": ("Offer", offers["payments"].id),
        "person": ("User", valley.dairy.person.id),
        "nothing": ("Nothing", new_id()),
    }
    cart = await valley.fill((valley.cheese, 1))
    placed = await valley.place((valley.cheese, 2))
    await _vote(host, made, offers["delivery"])
    await _paperwork(host, world, made, offers, began)
    code = await belongings.give(host, made, made.lead, valley.dairy, valley.cheese.product_id)
    await drain(host)
    await _find_rows(host, world)
    async with host.unit_of_work() as uow:
        slugs = await uow.session.execute(
            text("select id, slug from core.organization where id = any(:ids)"),
            {"ids": [made.id, made.lead.id]},
        )
        by_id = {row[0]: row[1] for row in slugs}
        shop = await uow.session.scalar(
            text("select slug from storefront.shop where organization_id = :o"),
            {"o": valley.dairy.id},
        )
        category = await uow.session.scalar(
            text("select slug from storefront.category where organization_id = :o limit 1"),
            {"o": made.id},
        )
        product = await uow.session.scalar(
            text("select slug from storefront.listing where id = :p"),
            {"p": valley.cheese.product_id},
        )
    async with host.unit_of_work(Caller.program([made.id], [made.id])) as uow:
        account = await uow.session.scalar(
            text("select code from marketplace.ledger_account where organization_id = :o limit 1"),
            {"o": made.id},
        )
    world.texts |= {
        "market": by_id[made.id],
        "lead_slug": by_id[made.lead.id],
        "shop": shop or "x",
        "category_slug": category or "x",
        "product_slug": product or "x",
        "order_secret": placed.secret,
        "cart_secret": secret_of(host, cart),
        "static": "themes/civic/tokens.css",
        "destination": "014036",
        "tracking": code,
        "plugin": "storefront",
        "service": "storefront",
        "account": account or "x",
        "gateway": "counter",
        "term": "conditions",
        "email": "somebody@example.it",
        "clerk": "clerk",
        "merchant_role": "merchant",
        "meter": "storefront.products",
        "kind": "fixed",
        "per": "year",
        "place": "logo",
        "photo": base64.b64encode(belongings.picture()).decode(),
        "vat": 10,
        "year": began.year,
        "parcel_state": "ready",
        "month": f"{began:%Y-%m}",
        "nonsense": "nonsense",
        "hook_url": "https://example.it/hook",
        "hook_event": "marketplace.activation_changed",
        "permission": "core.own_data",
        "tomorrow": f"{clock.today() + timedelta(days=1)}",
    }
    world.texts["held"] = str(await _held_job(host))
    await _secrets(host, world, made)
    await _api_token(host, world, valley.dairy)
    await _webhook(host, world, valley.dairy)
    await _delegates(host, world, make_user, other.lead.id, made, valley.dairy)
    return world


async def _held_job(host):
    """The number of a job that gave up."""
    async with host.unit_of_work() as uow:
        return await uow.session.scalar(
            text(
                "insert into queue.pgqueuer (priority, status, entrypoint, payload)"
                " values (0, 'failed', 'core.send_feedback', '{}') returning id"
            )
        )


async def _api_token(host, world, shop):
    """A token that the shop's merchant made for scripts."""
    async with host.unit_of_work() as uow:
        session = await host.identity.open_session(uow, shop.person.id)
        caller = await host.identity.caller_of(uow, session, "it")
    async with host.unit_of_work(caller) as uow:
        await tokens.create(uow, organization_ids=[shop.id], read_only=True, days=30)
        [made] = await tokens.own(uow)
        key = Passkey(
            id=new_id(),
            organization_id=shop.person.id,
            credential_id=b"made for the world",
            public_key=b"opens nothing",
            sign_count=0,
            name="key",
        )
        uow.session.add(key)
        await uow.session.flush()
        world.objects["passkey"] = ("Passkey", key.id)
        linked = LinkedIdentity(
            id=new_id(), digest=new_id().bytes, user_id=shop.person.id, provider="valley"
        )
        uow.session.add(linked)
        await uow.session.flush()
        world.objects["linked_identity"] = ("LinkedIdentity", linked.id)
        world.objects["session"] = ("Session", (await sessions.own(uow))[0].id)
    world.objects["api_token"] = ("ApiToken", made.id)


async def _webhook(host, world, shop):
    """A webhook of the shop with an event that was delivered."""
    async with host.unit_of_work(Caller.program([shop.id])) as uow:
        made, _ = await webhooks.create(
            uow,
            host,
            organization_id=shop.id,
            url=world.texts["hook_url"],
            events=[world.texts["hook_event"]],
        )
        sent = WebhookDelivery(
            id=new_id(),
            organization_id=shop.id,
            endpoint_id=made.id,
            event_id=new_id(),
            event_name=world.texts["hook_event"],
            body="{}",
            state="delivered",
            attempts=1,
            tries=1,
        )
        uow.session.add(sent)
    world.objects["webhook"] = ("Webhook", made.id)
    world.objects["webhook_delivery"] = ("WebhookDelivery", sent.id)


async def _delegates(host, world, make_user, delegate_id, made, shop):
    """People of elsewhere whom the dairy and the lead town let change their own data, no more."""
    for who, place in (("municipality", made.lead), ("merchant", shop)):
        row = Delegation(
            id=new_id(),
            organization_id=place.id,
            delegate_id=delegate_id,
            permission="core.own_data",
            starts_on=clock.today(),
            ends_on=clock.today() + timedelta(days=30),
        )
        person = await make_user((delegate_id, Role.MUNICIPAL_OFFICER))
        async with host.unit_of_work() as uow:
            uow.session.add(row)
        world.people[f"delegate of {who}"] = person
        if who == "municipality":
            world.objects["delegation"] = ("Delegation", row.id)


async def _secrets(host, world, made):
    """Links as mails carry them."""
    async with host.unit_of_work(Caller.program([made.lead.id])) as uow:
        invitation = await host.identity.send_invitation(
            uow,
            organization_id=made.lead.id,
            email="new.clerk@example.it",
            name="Ivo",
            role=Role.CLERK,
        )
        world.texts["invitation_secret"] = await host.identity.make_link(
            uow,
            purpose="invitation",
            subject_id=invitation.id,
            organization_id=made.lead.id,
            life=timedelta(days=1),
        )
        world.texts["sign_in_secret"] = await host.identity.make_link(
            uow,
            purpose=SIGN_IN_LINK,
            subject_id=world.people["nobody"].id,
            organization_id=None,
            life=timedelta(days=1),
        )
    async with host.unit_of_work() as uow:
        await subscriptions.subscribe(
            host, uow, town_id=made.lead.id, email="reader@example.it", locale="it"
        )
    async with host.unit_of_work(Caller.program([made.lead.id])) as uow:
        row = await uow.session.scalar(
            text("select id from communications.subscription where organization_id = :o"),
            {"o": made.lead.id},
        )
    for key, purpose in (
        ("subscription_secret", links.CONFIRM),
        ("unsubscribe_secret", links.UNSUBSCRIBE),
    ):
        world.texts[key] = links.sign(
            subscriptions.secret_of(host), purpose, links.Subscriber(made.lead.id, row)
        )


async def _pledge(host, town_id, offer):
    async with host.unit_of_work(Caller.program([town_id])) as uow:
        await pledges.make(
            uow,
            host,
            offer_id=offer.id,
            member_id=town_id,
            accepts=[grant.key for grant in host.registry.asked_by(offer.service)],
            terms=Terms(least_members=500),
            expires_on=clock.today() + timedelta(days=300),
        )


async def _vote(host, made, offer):
    office = Caller.program([made.id], [made.id])
    rule = {"parts": [{"key": "equal", "weight": "100"}]}
    async with host.unit_of_work(office) as uow:
        vote = await votes.draft(uow, host, offer_id=offer.id, cost_rule=rule, why="Simpler.")
        seen = await figures_of(uow, host, vote, offer)
        await votes.open_vote(uow, host, vote_id=vote.id, seen=seen.digest)
    async with (
        minutes.written(host, b"%PDF-1.7") as file,
        host.unit_of_work(office) as uow,
    ):
        await minutes.attach(uow, vote_id=vote.id, name="verbale.pdf", file=file)


async def _paperwork(host, world, made, offers, began: date):
    consortium = Caller.program([made.id], [made.id])
    month = Period.months_from(began, 1)
    async with host.unit_of_work(consortium) as uow:
        await pools.add(
            uow,
            consortium_id=made.id,
            lines=[
                pools.LineData(
                    offer_id=offers["communications"].id,
                    month=month.start,
                    kind=pools.LineKind.FIXED,
                    description="Canone",
                    amount=Money(10_000),
                )
            ],
        )
        await funding.create(
            uow,
            consortium_id=made.id,
            data=FundingData("Bando", Decimal(50), Money(100_000), Period.months_from(began)),
        )
        await publishing.switch(uow, consortium_id=made.id, publishes=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(clock.VARIABLE, (clock.now() + timedelta(days=40)).isoformat())
        async with host.unit_of_work(consortium) as uow:
            closed = await settlements.close(uow, host, consortium_id=made.id, period=month)
            issued = await statements.of_settlement(uow.session, made.id, closed.id)
            await payments.record(
                uow,
                statement_id=next(s.id for s in issued if s.organization_id == made.lead.id),
                amount=Money(1),
                paid_on=clock.today(),
            )
            await closing.begin(uow, consortium_id=made.id, period=month)
            own = next(s for s in issued if s.organization_id == made.lead.id)
            market = host.continuing(uow, Marketplace)
            collector = (await market.collecting_entity(made.id)).organization_id
            await market.set_collecting_entity(
                made.id, organization_id=collector, gateway="stripe", gateway_settings={}
            )
            begun = await host.continuing(uow, StatementCheckout).prepare(
                StatementDue(
                    key="statement-in-the-world",
                    statement_id=own.id,
                    consortium_id=made.id,
                    member_id=made.lead.id,
                    amount=Money(500),
                    label="Statement",
                    locale="it",
                    back_url="http://localhost/back",
                    cancel_url="http://localhost/cancel",
                )
            )
            world.objects["statement_money"] = ("Payment", begun.id)
            await market.set_collecting_entity(
                made.id, organization_id=collector, gateway="counter", gateway_settings={}
            )
    async with host.unit_of_work() as uow:
        await joining.ask(
            uow,
            consortium_id=made.id,
            name="Falegnameria",
            vat_number=new_vat_number(),
            street="Via Prova 2",
            postcode="23020",
            seat_id=made.lead.id,
            person="Ugo",
            email="ugo@example.it",
        )
    officer = made.lead_officer
    async with host.unit_of_work() as uow:
        token = await host.identity.open_session(uow, officer.id)
        caller = await host.identity.caller_of(uow, token, "it")
    async with host.unit_of_work(caller) as uow:
        await announcements.save(
            uow,
            organization_id=made.lead.id,
            words=announcements.Words("Acqua", "Domani si chiude."),
        )


async def _find_rows(host, world):
    everybody = [value for _, value in world.objects.values()]
    async with host.unit_of_work(Caller.program(everybody, everybody)) as uow:
        for key, (kind, table, owner) in ROWS.items():
            found = None
            if await uow.session.scalar(text("select to_regclass(:t)"), {"t": table}):
                found = await uow.session.scalar(
                    text(f"select id from {table} where organization_id = :o limit 1"),
                    {"o": world.objects[owner][1]},
                )
            if found is None:
                world.absent.append(key)
            world.objects[key] = (kind, found or new_id())
