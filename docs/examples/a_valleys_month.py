"""A valley's month through the API alone: from switching card payments on to a statement.

Python's standard library is all it needs. With ``make demo`` running:

    python docs/examples/a_valleys_month.py http://127.0.0.1:8000 sell http://127.0.0.1:<mail>
    python docs/examples/a_valleys_month.py http://127.0.0.1:8000 settle 2026-11

The last word of the first is the page of the demo's mail, as the terminal names it; of the second
the month to settle, once it has ended. Two things are no matter of the API and are done where a
person does them: the card is typed on the payment service's own page, and the pick-up code is
read in the shopper's mail.
"""

from __future__ import annotations

import json
import re
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

PASSWORD = "arengo-demo-2026"
OFFICE = "office@valmalenco.example"
OFFICER = "officer@lanzada.example"  # of the municipality that switches card payments on
CLERK = "officer@chiesa-in-valmalenco.example"  # at the counter where a parcel is fetched
BREWER = ("birrificio-orso-sordo", "merchant@birrificio-orso-sordo.example")
BAKER = ("forno-delle-tre-segali", "merchant@forno-delle-tre-segali.example")
SHOPPER = {
    "name": "Ada Viandante",
    "email": "ada.api@example.it",
    "street": "Via Roma 3",
    "postcode": "23023",
    "city": "Chiesa in Valmalenco",
    "istatCode": "014018",
}
CARD = {"number": "4242424242424242", "expiry": "12/34", "cvc": "123", "name": "Ada Viandante"}


class Api:
    """Somebody at the API: a guest, or whoever signed in."""

    def __init__(self, base: str, email: str = "") -> None:
        self.url = f"{base}/graphql"
        self.token = ""
        if email:
            self.token = self.do(
                "mutation($email: String!, $password: String!) {"
                " signIn(email: $email, password: $password) { token userErrors { message } } }",
                email=email,
                password=PASSWORD,
            )["token"]
            self.me = self.do("{ me { actingFor { id name } } }")["actingFor"]["id"]

    def do(self, query: str, **variables: Any) -> Any:
        """The answer of the one field asked; ends the program when it is refused."""
        headers = {"content-type": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        body = json.dumps({"query": query, "variables": variables}).encode()
        with urlopen(Request(self.url, body, headers), timeout=60) as response:
            answer = json.load(response)
        if "errors" in answer:
            raise SystemExit(f"{query}\n{answer['errors']}")
        (payload,) = answer["data"].values()
        if isinstance(payload, dict) and payload.get("userErrors"):
            raise SystemExit(f"{query}\n{payload['userErrors']}")
        return payload


def wait_for(what: Callable[[], Any], seconds: float = 300) -> Any:
    """Jobs bring about what mails and webhooks do: ask until it is there."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.5)
    raise SystemExit(f"still not there after {seconds:.0f} s")


def euro(cents: int) -> str:
    """Cents as people write them."""
    return f"{cents / 100:.2f} EUR"


def switch_on_payments(officer: Api) -> None:
    """See the price first, then switch card payments on."""
    consortium = officer.do(
        "query($m: ID!) { member(organizationId: $m) { consortiumId } }", m=officer.me
    )["consortiumId"]
    offers = officer.do("query($c: ID!) { offers(consortiumId: $c) { id service } }", c=consortium)
    offer = next(one["id"] for one in offers if one["service"] == "payments")
    preview = officer.do(
        """query($offer: ID!, $member: ID!) { previewActivation(offerId: $offer, memberId: $member)
        { startsOn own { afterwards { amount } perInhabitant { amount } }
          others { name difference { amount } } } }""",
        offer=offer,
        member=officer.me,
    )
    own = preview["own"]
    print(f"Card payments from {preview['startsOn']}: {euro(own['afterwards']['amount'])} a year,")
    print(f"  {euro(own['perInhabitant']['amount'])} an inhabitant")
    for other in preview["others"]:
        print(f"  {other['name']}: {euro(other['difference']['amount'])} a year")
    services = officer.do("{ services { key grants { key words writes } } }")
    asked = next(one["grants"] for one in services if one["key"] == "payments")
    for grant in asked:
        print(f"  it {'writes' if grant['writes'] else 'reads'}: {grant['words']}")
    activation = officer.do(
        """mutation($offer: ID!, $member: ID!, $accepts: [String!]) {
        requestActivation(offerId: $offer, memberId: $member, accepts: $accepts) {
          activation { state } userErrors { field message } } }""",
        offer=offer,
        member=officer.me,
        accepts=[grant["key"] for grant in asked],
    )["activation"]
    print(f"  switched on: {activation['state']}")


def list_a_product(brewer: Api) -> str:
    """A beer on sale; its path in the market."""
    categories = brewer.do('{ categories(consortium: "valmalenco") { id slug } }')
    category = next(c["id"] for c in categories if c["slug"] == "vini-birre-e-liquori")
    product = brewer.do(
        """mutation($me: ID!, $input: ProductInput!) { createProduct(organizationId: $me,
        input: $input) { product { id } userErrors { field message } } }""",
        me=brewer.me,
        input={
            "nameIt": "Birra di ginepro",
            "descriptionIt": "Ambrata, con bacche di ginepro della valle.",
            "categoryId": category,
            "vatRate": 22,
            "variants": [{"price": 650, "weightGrams": 900, "stock": 10}],
        },
    )["product"]
    published = brewer.do(
        """mutation($id: ID!) { publishProduct(id: $id) { product { path name price { amount } }
        userErrors { field message } } }""",
        id=product["id"],
    )["product"]
    print(f"On sale: {published['name']}, {euro(published['price']['amount'])}")
    return published["path"]


def buy_from_two_shops(base: str, beer: str) -> tuple[str, str]:
    """Beer by courier, bread to the counter of Chiesa, paid once by card: number and secret."""
    guest = Api(base)
    cart = guest.do("mutation { createCart { cart { secret } userErrors { message } } }")["cart"]
    secret = cart["secret"]
    for shop, path in ((BREWER[0], beer), (BAKER[0], None)):
        goods = guest.do(
            """query($shop: String!) { products(first: 50, filter: {shop: $shop, inStock: true})
            { nodes { path variants { id } } } }""",
            shop=shop,
        )["nodes"]
        chosen = next(one for one in goods if path in (None, one["path"]))
        guest.do(
            """mutation($cart: String!, $variant: ID!) { addToCart(cart: $cart,
            variantId: $variant) { cart { count } userErrors { field message } } }""",
            cart=secret,
            variant=chosen["variants"][0]["id"],
        )
    contact = """mutation($cart: String!, $contact: ContactInput, $delivery: [DeliveryChoice!]) {
        setCheckout(cart: $cart, contact: $contact, delivery: $delivery) { total { amount }
        delivery { amount } paymentMethods userErrors { field message } } }"""
    guest.do(contact, cart=secret, contact=SHOPPER)
    shops = guest.do(
        """query($cart: String!) { cart(secret: $cart) { shops { merchantId slug
        deliveryOptions { key kind points { id name } } } } }""",
        cart=secret,
    )["shops"]
    checked = guest.do(contact, cart=secret, delivery=[_delivery(shop) for shop in shops])
    print(f"To pay: {euro(checked['total']['amount'])}, {checked['paymentMethods']}")
    placed = guest.do(
        """mutation($cart: String!, $key: String!, $total: Int) { placeOrder(cart: $cart,
        method: "card", accepted: true, idempotencyKey: $key, expectedTotal: $total)
        { number secret paymentUrl userErrors { field message } } }""",
        cart=secret,
        key=uuid.uuid4().hex,
        total=checked["total"]["amount"],
    )
    form = urlencode({**CARD, "email": SHOPPER["email"]}).encode()
    with urlopen(Request(placed["paymentUrl"], form), timeout=60) as page:
        page.read()
    wait_for(lambda: _order(guest, placed["secret"])["isPaid"])
    print(f"Paid: order {placed['number']}")
    return placed["number"], placed["secret"]


def _delivery(shop: dict[str, Any]) -> dict[str, Any]:
    """The courier for the beer; for the bread the counter of the town hall of Chiesa."""
    kind = "courier" if shop["slug"] == BREWER[0] else "pick_up"
    option = next(one for one in shop["deliveryOptions"] if one["kind"] == kind)
    choice = {"merchantId": shop["merchantId"], "key": option["key"]}
    if kind == "pick_up":
        places = [point for point in option["points"] if "Chiesa" in point["name"]]
        choice["pointId"] = places[0]["id"]
    return choice


def _order(guest: Api, secret: str) -> dict[str, Any]:
    return guest.do(
        """query($secret: String!) { order(secret: $secret) { number state isPaid
        merchantOrders { number state } } }""",
        secret=secret,
    )


def prepare(merchant: Api, number: str) -> str:
    """One merchant's part, from the mail that told of it until it is ready; its parcel."""
    orders = merchant.do(
        """query($me: ID!) { merchantOrders(organizationId: $me, show: "open")
        { nodes { id number isPaid total { amount } } } }""",
        me=merchant.me,
    )["nodes"]
    (order,) = [one for one in orders if one["number"].startswith(number)]
    mails = wait_for(
        lambda: [
            message
            for message in merchant.do(
                """query($me: ID!) { messages(organizationId: $me) { nodes { subject
                dispatches { channel state } } } }""",
                me=merchant.me,
            )["nodes"]
            if order["number"] in message["subject"]
            and {"channel": "e-mail", "state": "sent"} in message["dispatches"]
        ]
    )
    print(f"Told by mail: {mails[0]['subject']}")
    for step in ("prepareOrder", "markOrderReady"):
        merchant.do(
            f"""mutation($me: ID!, $id: ID!) {{ {step}(organizationId: $me, id: $id)
            {{ merchantOrder {{ state }} userErrors {{ field message }} }} }}""",
            me=merchant.me,
            id=order["id"],
        )
    parcels = merchant.do(
        """query($me: ID!) { parcels(organizationId: $me) { nodes { id orderReference
        trackingCode } } }""",
        me=merchant.me,
    )["nodes"]
    return next(p["trackingCode"] for p in parcels if p["orderReference"] == order["number"])


def carry(office: Api, label: str) -> None:
    """The courier's round: each step is read off the label."""
    for state in ("in_transit", "delivered"):
        office.do(
            """mutation($c: ID!, $label: String!, $state: String!) { carryParcel(
            organizationId: $c, label: $label, state: $state) { userErrors { field message } } }""",
            c=office.me,
            label=label,
            state=state,
        )
    print(f"Delivered by courier: {label}")


def hand_over(clerk: Api, mail: str, label: str) -> None:
    """At the counter: taken in by its label, given away for the code in the shopper's mail."""
    clerk.do(
        """mutation($me: ID!, $label: String!) { receiveParcel(organizationId: $me,
        label: $label) { parcel { state } userErrors { field message } } }""",
        me=clerk.me,
        label=label,
    )
    code = wait_for(lambda: _code(mail, label))
    parcel = clerk.do(
        """mutation($me: ID!, $code: String!) { handOverParcel(organizationId: $me, code: $code)
        { parcel { recipientName state } userErrors { field message } } }""",
        me=clerk.me,
        code=code,
    )["parcel"]
    print(f"Handed over at the counter to {parcel['recipientName']}: {parcel['state']}")


def _code(mail: str, label: str) -> str | None:
    with urlopen(f"{mail}/messages.json", timeout=60) as response:
        messages = json.load(response)
    texts = [m["text"] for m in messages if SHOPPER["email"] in m["to"] and label in m["text"]]
    codes = [found[1] for text in texts if (found := re.search(r": (\d{3}\s\d{3})\s", text))]
    return codes[-1] if codes else None


def settle(base: str, last: str) -> None:
    """Close the months up to one, the oldest first, and re-add every statement."""
    office = Api(base, OFFICE)
    settled = "query($c: ID!) { settlements(consortiumId: $c) { nodes { month } } }"
    month = _after(max(one["month"] for one in office.do(settled, c=office.me)["nodes"]))
    while month <= last:
        office.do(
            """mutation($c: ID!, $month: String!) { fillCostLines(consortiumId: $c, month: $month)
            { userErrors { field message } } }""",
            c=office.me,
            month=month,
        )
        preview = office.do(
            """query($c: ID!, $month: String!) { previewSettlement(consortiumId: $c,
            month: $month) { problems shares { name amount { amount } } } }""",
            c=office.me,
            month=month,
        )
        if preview["problems"]:
            raise SystemExit("\n".join(preview["problems"]))
        settlement = office.do(
            """mutation($c: ID!, $month: String!) { closeSettlement(consortiumId: $c,
            month: $month) { settlement { id } userErrors { field message } } }""",
            c=office.me,
            month=month,
        )["settlement"]
        shares = {one["name"]: one["amount"]["amount"] for one in preview["shares"]}
        _read(office, settlement["id"], shares)
        month = _after(month)


def _after(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def _read(office: Api, settlement_id: str, previewed: dict[str, int]) -> None:
    """Follow the figures down: settlement, statements, shares, what each was divided by."""
    settlement = office.do(
        """query($id: ID!) { settlement(id: $id) { month net { amount }
        services { offerId service costs { amount } fees { amount } funding { amount }
          net { amount } }
        statements { id memberName organizationId amount { amount }
          shares { service amount { amount } components { key used meter weight whole
            amount { amount } } } } } }""",
        id=settlement_id,
    )
    print(f"Settled {settlement['month']}: {euro(settlement['net']['amount'])}")
    total = 0
    for statement in settlement["statements"]:
        shares = [share["amount"]["amount"] for share in statement["shares"]]
        assert sum(shares) == statement["amount"]["amount"] == previewed[statement["memberName"]]
        total += sum(shares)
        print(f"  {statement['memberName']}: {euro(sum(shares))}")
        for share in statement["shares"]:
            _down(office, settlement["month"], statement["organizationId"], share)
    assert total == settlement["net"]["amount"]
    for service in settlement["services"]:
        lines = office.do(
            """query($c: ID!, $month: String!) { costLines(consortiumId: $c, month: $month,
            first: 100) { nodes { offerId kind parts { month amount { amount } } } } }""",
            c=office.me,
            month=settlement["month"],
        )["nodes"]
        own = [line for line in lines if line["offerId"] == service["offerId"]]
        costs = [
            part["amount"]["amount"]
            for line in own
            if line["kind"] not in ("fee", "funding")
            for part in line["parts"]
            if part["month"] == settlement["month"]
        ]
        assert sum(costs) == service["costs"]["amount"]


def _down(office: Api, month: str, member: str, share: dict[str, Any]) -> None:
    """A share by usage is the member's usage records, one by one."""
    for part in share["components"]:
        if part["used"] != "usage":
            continue
        records = office.do(
            """query($m: ID!, $meter: String!, $month: String!) { usageRecords(organizationId: $m,
            meter: $meter, month: $month, first: 100) { nodes { quantity countedOn }
            pageInfo { hasNextPage } } }""",
            m=member,
            meter=part["meter"],
            month=month,
        )
        counted = sum(float(record["quantity"]) for record in records["nodes"])
        if not records["pageInfo"]["hasNextPage"]:
            assert counted == float(part["weight"]), (counted, part)
        print(f"    {part['meter']}: {part['weight']} of {part['whole']}")


def sell(base: str, mail: str) -> None:
    """From switching on to parcels that arrived."""
    switch_on_payments(Api(base, OFFICER))
    brewer, baker = Api(base, BREWER[1]), Api(base, BAKER[1])
    beer = list_a_product(brewer)
    number, _ = buy_from_two_shops(base, beer)
    carry(Api(base, OFFICE), prepare(brewer, number))
    hand_over(Api(base, CLERK), mail, prepare(baker, number))


def main(arguments: list[str]) -> None:
    """Read the command line."""
    match arguments:
        case [base, "sell", mail]:
            sell(base.rstrip("/"), mail.rstrip("/"))
        case [base, "settle", month]:
            settle(base.rstrip("/"), month)
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
