"""The main job, as people do it: from switching a service on to a settled month."""

from __future__ import annotations

import re
from datetime import datetime

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from arengo_core.clock import ROME
from tests.end_to_end.conftest import PASSWORD, Valley
from tests.settlements.html import links_in, rows_of, total_of

CARD = "4242424242424242"
LANZADA_SHOP = "birrificio-orso-sordo-demo"
SHOPPER = "ada.viandante@example.it"


@pytest.fixture
def person(browser: Browser, valley: Valley):
    """Open a page as somebody: ``person("officer@…")``, or ``person()`` as a guest."""
    contexts = []

    def open_as(email: str | None = None) -> Page:
        context = browser.new_context(locale="en-GB", base_url=valley.base_url)
        context.set_default_timeout(90_000)
        contexts.append(context)
        page = context.new_page()
        if email is not None:
            page.goto("/sign-in")
            page.get_by_label("E-mail address").fill(email)
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.locator("main button[type=submit]").click()
            page.wait_for_url(re.compile(r"/(office|desk)"))
        return page

    yield open_as
    for context in contexts:
        context.close()


def _shops(valley: Valley) -> dict[str, dict[str, str]]:
    """Open shops by name: slug, town."""
    data = valley.graphql("{ shops(first: 50) { nodes { slug name town } } }")
    return {shop["name"]: shop for shop in data["shops"]["nodes"]}


def _merchant_of(shop: dict[str, str]) -> str:
    return f"merchant@{shop['slug'].removesuffix('-demo')}.example"


def _press(page: Page, button: Locator) -> None:
    """Press a button whose form leads on, and wait for where it leads."""
    with page.expect_navigation():
        button.click()


def _switch_on_payments(page: Page) -> None:
    page.goto("/office/services")
    page.get_by_role("link", name=re.compile("See the price of .*(C|c)ard")).click()
    expect(page.get_by_text("You pay a year")).to_be_visible()
    expect(page.get_by_text("inhabitant").first).to_be_visible()
    expect(page.get_by_text("What it changes for every other member")).to_be_visible()
    page.get_by_label(re.compile("We agree that the service reads")).check()
    _press(page, page.get_by_role("button", name=re.compile("Switch it on")))
    page.goto("/office/services")
    expect(page.get_by_role("link", name=re.compile("See the price of .*(C|c)ard"))).to_have_count(
        0
    )


def _list_a_product(page: Page) -> None:
    page.goto("/desk/products/new")
    page.get_by_label("Name in Italian").fill("Birra di ginepro")
    page.get_by_label("Description in Italian").fill("Ambrata, con bacche di ginepro della valle.")
    page.get_by_label("Category").select_option(index=2)
    page.get_by_label("VAT rate").select_option("22")
    page.get_by_label("Price with VAT").fill("6,50")
    page.get_by_label("Weight packed").fill("900")
    page.get_by_label("Pieces you have").fill("10")
    _press(page, page.get_by_role("button", name="Publish"))
    expect(page.locator("main")).to_contain_text("Birra di ginepro")


def _buy(page: Page, first: str, second: str) -> str:
    """Put one of each into the cart and order; the address of the order."""
    for path in (first, second):
        page.goto(path)
        page.get_by_role("button", name="Put into the cart").click()
        page.wait_for_url(re.compile("/cart"))
    page.goto("/checkout")
    page.get_by_label("Name and surname").fill("Ada Viandante")
    page.get_by_label("E-mail", exact=True).fill(SHOPPER)
    page.locator("[name=street]").fill("Via Roma 3")
    page.locator("[name=postcode]").fill("23023")
    page.locator("[name=city]").fill("Chiesa in Valmalenco")
    page.locator("[name=istat_code]").select_option(label="Chiesa in Valmalenco")
    page.get_by_role("button", name="Go on to delivery").click()
    page.wait_for_url(re.compile("/checkout/delivery"))
    ways = page.locator("fieldset.so-ways")
    expect(ways).to_have_count(2)
    ways.nth(0).get_by_role("radio", name=re.compile("courier", re.I)).first.check()
    point = ways.nth(1).locator("input[type=radio][value*=pick]").first
    point.check()
    select = ways.nth(1).locator("select").first
    label = select.locator("option", has_text="Municipio di Chiesa").first.inner_text()
    select.select_option(label=label)
    page.get_by_role("button", name=re.compile("Go on and look")).click()
    page.wait_for_url(re.compile("/checkout/confirm"))
    expect(page.locator("main")).to_contain_text("VAT")
    page.get_by_role("radio", name=re.compile("card", re.I)).check()
    page.get_by_label(re.compile("I accept the conditions")).check()
    page.get_by_role("button", name="Order with obligation to pay").click()
    page.wait_for_url(re.compile("/c/pay/"))
    gateway = re.match(r"https?://[^/]+", page.url)
    assert gateway is not None
    assert not page.url.startswith(page.context.pages[0].url[:21] + "/orders")
    page.locator("#number").fill(CARD)
    page.locator("#expiry").fill("12/34")
    page.locator("#cvc").fill("123")
    page.locator("#name").fill("Ada Viandante")
    page.locator("form button[type=submit]").first.click()
    page.wait_for_url(re.compile("/orders/"))
    return gateway[0]


def _webhook_again(gateway: str) -> None:
    """Deliver every event once more, twice."""
    events = httpx.get(f"{gateway}/_control/events", timeout=60).json()
    done = [e for e in events if e["type"] == "checkout.session.completed"]
    assert done
    answer = httpx.post(
        f"{gateway}/_control/redeliver/{done[-1]['id']}", json={"times": 2}, timeout=120
    )
    assert answer.json() == [200, 200]


def _orders_of(valley: Valley, token: str, merchant_id: str) -> list[dict]:
    data = valley.graphql(
        "query($m: ID!) { merchantOrders(organizationId: $m, first: 5) { nodes { number state"
        " isPaid total { amount } deliveryWay } } }",
        token,
        m=merchant_id,
    )
    return data["merchantOrders"]["nodes"]


def _token(valley: Valley, email: str) -> str:
    data = valley.graphql(
        "mutation($e: String!, $p: String!) { signIn(email: $e, password: $p)"
        " { token userErrors { message } } }",
        e=email,
        p=PASSWORD,
    )
    return data["signIn"]["token"]


def _advance(page: Page, number: str, *steps: str) -> None:
    page.goto("/desk/orders")
    page.get_by_role("link", name=re.compile(re.escape(number))).first.click()
    for step in steps:
        _press(page, page.get_by_role("button", name=step).first)


@pytest.mark.browser
def test_from_switching_on_to_a_settled_month(person, valley, next_month):
    shops = _shops(valley)
    lanzada = next(s for s in shops.values() if s["slug"].startswith("birrificio"))
    chiesa = next(s for s in shops.values() if s["slug"].startswith("forno"))

    # The officer of Lanzada sees the price and switches card payments on.
    _switch_on_payments(person("officer@lanzada.example"))

    # The brewer of Lanzada lists a product.
    brewer = person(_merchant_of(lanzada))
    _list_a_product(brewer)
    made = valley.graphql(
        "query($s: String!) { products(first: 50, filter: {shop: $s}) { nodes { name path } } }",
        s=lanzada["slug"],
    )
    beer = next(p for p in made["products"]["nodes"] if p["name"] == "Birra di ginepro")
    bread = valley.graphql(
        "query($s: String!) { products(first: 1, filter: {shop: $s, inStock: true})"
        " { nodes { path } } }",
        s=chiesa["slug"],
    )["products"]["nodes"][0]

    # A guest buys from both shops and pays once, by card, on the gateway's page.
    guest = person()
    gateway = _buy(guest, beer["path"], bread["path"])
    _webhook_again(gateway)
    guest.goto(guest.url.split("?")[0])

    def paid() -> bool:
        guest.reload()
        return guest.get_by_text("This order is not paid yet.").count() == 0

    valley.wait_for(paid)
    heading = guest.get_by_role("heading", level=1).inner_text()
    number = re.search(r"[A-Z0-9][A-Z0-9-]{4,}", heading)
    assert number is not None

    # Both merchants have one paid order and one mail; the shopper has hers.
    for shop in (lanzada, chiesa):
        merchant = _merchant_of(shop)
        token = _token(valley, merchant)
        me = valley.graphql("{ me { actingFor { id } } }", token)["me"]
        orders = valley.wait_for(
            lambda token=token, me=me: [
                o
                for o in _orders_of(valley, token, me["actingFor"]["id"])
                if number[0] in o["number"] and o["isPaid"]
            ]
        )
        assert len(orders) == 1
        mails = valley.wait_for(
            lambda merchant=merchant: [
                m for m in valley.mails(merchant) if number[0] in m["subject"]
            ]
        )
        assert len(mails) == 1
    assert valley.wait_for(lambda: [m for m in valley.mails(SHOPPER) if number[0] in m["text"]])

    # The parcels leave: one goes to the door with the courier, one waits with a code.
    baker = person(_merchant_of(chiesa))
    _advance(brewer, number[0], "Prepare", "It is ready")
    _advance(baker, number[0], "Prepare", "It is ready")
    office = person("office@valmalenco.example")
    guest.reload()
    to_the_door, to_the_counter = _parcels_of(guest)
    _carry(office, to_the_door)
    _hand_over(person("officer@chiesa-in-valmalenco.example"), valley, to_the_counter)
    for parcel in (to_the_door, to_the_counter):
        guest.goto(parcel)
        expect(guest.get_by_role("heading", level=1)).to_have_text("Delivered")

    # The month ends; the office settles it and the statements add up.
    next_month()
    office = person("office@valmalenco.example")  # the session before ended with the month
    today = datetime.now(ROME)
    _note_a_cost(valley, f"{today:%Y-%m}")
    _settle_all(office)
    _statements_add_up(valley, f"{today:%Y-%m}")
    _figures_lead_down(person("officer@lanzada.example"))


def _parcels_of(guest: Page) -> tuple[str, str]:
    """Where the courier's parcel and the one to pick up are followed, from the order's page."""
    ways: dict[bool, str] = {}
    for part in guest.locator("section.so-shop").all():
        path = part.get_by_role("link", name="Follow the parcel").get_attribute("href")
        assert path is not None
        ways["Municipio" in part.inner_text()] = path
    return ways[False], ways[True]


def _carry(office: Page, parcel: str) -> None:
    """The courier's round: collected, then delivered, read off the label."""
    for act in ("Collected", "Delivered"):
        office.goto("/office/courier")
        office.get_by_label("Number on the label").fill(parcel.removeprefix("/tracking/"))
        office.get_by_role("radio", name=act).check()
        _press(office, office.get_by_role("button", name="Enter it"))


def _hand_over(clerk: Page, valley: Valley, parcel: str) -> None:
    """At the counter, on a phone: the parcel is taken in, then given away for the code."""
    clerk.set_viewport_size({"width": 360, "height": 740})
    clerk.goto("/office/counter")
    clerk.get_by_label("Number on the label").fill(parcel.removeprefix("/tracking/"))
    _press(clerk, clerk.get_by_role("button", name="Take the parcel in"))

    def code() -> str | None:
        texts = [mail["text"] for mail in valley.mails(SHOPPER) if parcel in mail["text"]]
        found = [match[1] for text in texts if (match := re.search(r": (\d{3}\s\d{3})\s", text))]
        return found[-1] if found else None

    clerk.get_by_label("The shopper's code").fill(valley.wait_for(code))
    _press(clerk, clerk.get_by_role("button", name="Whose parcel is it?"))
    expect(clerk.get_by_role("heading", level=1)).to_have_text("Ada Viandante")
    _press(clerk, clerk.get_by_role("button", name="Given to the shopper"))
    expect(clerk.locator("main")).to_contain_text("No parcel waits here")


def _figures_lead_down(officer: Page) -> None:
    """The newest statement: its services add up, and links end at lines and usage records."""
    listed = links_in(officer.request.get("/office/statements").text())
    newest = next(
        link for link in listed if re.fullmatch(r"/office/statements/[0-9a-f-]{36}", link)
    )
    top = officer.request.get(newest).text()
    amounts = [amount for amount, _ in rows_of(top, "amount")]
    assert sum(amounts) == total_of(top) > 0
    waiting, ends = [link for _, link in rows_of(top, "amount")], set[str]()
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = officer.request.get(path)
        assert answer.status == 200, path
        below = [
            link for link in links_in(answer.text()) if "/records" in link or "/lines/" in link
        ]
        ends |= set(below)
        waiting += below
    assert any("/records" in path for path in ends)
    assert any("/lines/" in path for path in ends)


def _note_a_cost(valley: Valley, month: str) -> None:
    """The invoice of the month's card payments arrives at the office."""
    token = _token(valley, "office@valmalenco.example")
    me = valley.graphql("{ me { actingFor { id } } }", token)["me"]
    consortium = me["actingFor"]["id"]
    offers = valley.graphql(
        "query($c: ID!) { offers(consortiumId: $c) { id service } }", token, c=consortium
    )["offers"]
    payments = next(offer for offer in offers if offer["service"] == "payments")
    valley.graphql(
        "mutation($c: ID!, $l: CostLineInput!) { addCostLine(consortiumId: $c, line: $l)"
        " { userErrors { field message } } }",
        token,
        c=consortium,
        l={
            "offerId": payments["id"],
            "month": month,
            "kind": "fixed",
            "description": "Canone",
            "amount": 9_999,
        },
    )


def _settle_all(office: Page) -> None:
    """Settle every month that has ended, the oldest first."""
    office.goto("/office/settlements")
    waiting = office.get_by_role("link", name=re.compile("See what settling"))
    assert waiting.count() > 0, office.locator("main").inner_text()
    for _ in range(6):
        office.goto("/office/settlements")
        if waiting.count() == 0:
            return
        waiting.first.click()
        if office.get_by_text("is not over yet").count():
            return
        settle = office.get_by_role("button", name=re.compile("^Settle"))
        assert settle.count() == 1, office.locator("main").inner_text()
        _press(office, settle)
        expect(office.get_by_role("heading", level=1)).to_contain_text("Settlement of")
    raise AssertionError(office.locator("main").inner_text())


def _statements_add_up(valley: Valley, month: str) -> None:
    """The shares of the month's settlement are its net, to the cent."""
    token = _token(valley, "office@valmalenco.example")
    me = valley.graphql("{ me { actingFor { id } } }", token)["me"]
    data = valley.graphql(
        "query($c: ID!) { settlements(consortiumId: $c) { nodes { month net { amount }"
        " statements { amount { amount } } } } }",
        token,
        c=me["actingFor"]["id"],
    )
    settled = {node["month"]: node for node in data["settlements"]["nodes"]}
    assert month in settled, sorted(settled)
    found = settled[month]
    shares = [statement["amount"]["amount"] for statement in found["statements"]]
    assert sum(shares) == found["net"]["amount"] > 0
    assert len(shares) >= 4
