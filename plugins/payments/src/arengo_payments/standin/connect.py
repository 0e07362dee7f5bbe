"""Connect: accounts, transfers to them, and what is left on the platform's balance.

Charges are available at once and cost no fee; Stripe holds them for days and takes one.
"""

from __future__ import annotations

from collections import Counter

from arengo_payments.standin.errors import invalid
from arengo_payments.standin.forms import Json
from arengo_payments.standin.params import CreateAccount, CreateCustomer, CreateTransfer
from arengo_payments.standin.world import World, metadata, new_id


def create_customer(world: World, params: CreateCustomer) -> Json:
    """A customer with a name and an address for mail."""
    return world.new(
        "customer",
        "cus_",
        address=None,
        balance=0,
        currency=None,
        default_source=None,
        delinquent=False,
        description=params.description,
        discount=None,
        email=params.email,
        livemode=False,
        metadata=metadata(params.metadata),
        name=params.name,
        phone=None,
        shipping=None,
        tax_exempt="none",
    )


def create_account(world: World, params: CreateAccount) -> Json:
    """A connected account that may receive transfers at once."""
    return world.new(
        "account",
        "acct_",
        business_profile=None,
        business_type=params.business_type,
        capabilities={"transfers": "active"},
        charges_enabled=True,
        country=params.country,
        default_currency="eur",
        details_submitted=True,
        email=params.email,
        metadata=metadata(params.metadata),
        payouts_enabled=True,
        type=params.type,
    )


def create_transfer(world: World, params: CreateTransfer) -> Json:
    """Move money of the balance to an account. Raises ApiError when there is not enough."""
    world.get("account", params.destination, "destination")
    currency, group = params.currency.lower(), params.transfer_group
    if params.source_transaction is not None:
        charge = world.get("charge", params.source_transaction, "source_transaction")
        _check_source(world, params.amount, currency, charge)
        group = group or charge["transfer_group"]
    if params.amount > _available(world)[currency]:
        raise invalid(
            "You have insufficient available funds in your Stripe account.",
            code="balance_insufficient",
        )
    transfer = world.new(
        "transfer",
        "tr_",
        amount=params.amount,
        amount_reversed=0,
        balance_transaction=None,
        currency=currency,
        description=params.description,
        destination=params.destination,
        destination_payment=new_id("py_"),
        livemode=False,
        metadata=metadata(params.metadata),
        reversed=False,
        source_transaction=params.source_transaction,
        source_type="card",
        transfer_group=group,
    )
    url = f"/v1/transfers/{transfer['id']}/reversals"
    transfer["reversals"] = {"object": "list", "data": [], "has_more": False, "url": url}
    world.emit("transfer.created", transfer)
    return transfer


def balance(world: World) -> Json:
    """The platform's balance by currency."""
    funds = _available(world) or Counter({"eur": 0})
    available = [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(funds.items())
    ]
    pending = [{"amount": 0, "currency": item["currency"]} for item in available]
    return {"object": "balance", "available": available, "livemode": False, "pending": pending}


def _check_source(world: World, amount: int, currency: str, charge: Json) -> None:
    if charge["currency"] != currency:
        raise invalid("The currency differs from the source transaction's.", "currency")
    used = sum(
        transfer["amount"]
        for transfer in world.all("transfer")
        if transfer["source_transaction"] == charge["id"]
    )
    if amount > charge["amount_captured"] - used:
        raise invalid(
            "Cannot use a source transaction for more than its remaining amount.", "amount"
        )


def _available(world: World) -> Counter[str]:
    funds: Counter[str] = Counter()
    for charge in world.all("charge"):
        funds[charge["currency"]] += charge["amount_captured"] - charge["amount_refunded"]
    for transfer in world.all("transfer"):
        funds[transfer["currency"]] -= transfer["amount"]
    return funds
