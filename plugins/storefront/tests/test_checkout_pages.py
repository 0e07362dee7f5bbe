"""A guest's way through the pages, without JavaScript."""

from __future__ import annotations

import re

ANNA = {"name": "Anna Prova", "email": "anna.pages@example.it"}


async def _gather(visitor, valley):
    for goods, quantity in ((valley.cheese, 2), (valley.bread, 1)):
        answer = await visitor.post(
            "/cart/lines", {"variant": str(goods.variant_id), "quantity": str(quantity)}
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/cart"), answer.text
    return await visitor.get("/cart")


async def test_every_fault_of_the_contact_is_told_at_once(valley, visit):
    visitor = await visit()
    await _gather(visitor, valley)
    answer = await visitor.post("/checkout", {"name": " ", "email": "anna", "phone": "1" * 41})
    assert answer.status_code == 400
    summary = set(re.findall(r'<a href="#f-(\w+)">', answer.text))
    assert summary == {"name", "email", "phone"}
    assert 'value="anna"' in answer.text


async def test_from_the_product_to_the_confirmed_order(valley, visit, run_jobs, mailbox):
    visitor = await visit()
    cart = await _gather(visitor, valley)
    assert cart.status_code == 200
    assert "Formaggio Prova" in cart.text
    assert "28,20" in cart.text

    contact = await visitor.post("/checkout", ANNA)
    assert contact.headers["location"] == "/checkout/delivery", contact.text
    page = await visitor.get("/checkout/delivery")
    assert page.status_code == 200
    ways = dict(re.findall(r'name="(way_[0-9a-f-]+)" value="(shop)"', page.text))
    assert len(ways) == 2
    chosen = await visitor.post("/checkout/delivery", ways)
    assert chosen.headers["location"] == "/checkout/confirm", chosen.text

    confirm = await visitor.get("/checkout/confirm")
    assert "Ordine con obbligo di pagare" in confirm.text
    assert "Latteria Prova" in confirm.text
    assert "IVA" in confirm.text
    key = re.search(r'name="idempotency_key" value="(\w+)"', confirm.text)
    total = re.search(r'name="expected_total" value="(\d+)"', confirm.text)
    typed = {"idempotency_key": key[1], "expected_total": total[1], "method": "counter"}

    refused = await visitor.post("/checkout/place", typed)
    assert refused.status_code == 400
    placed = await visitor.post("/checkout/place", {**typed, "accepted": "yes"})
    assert placed.status_code == 303, placed.text
    order = await visitor.get(placed.headers["location"])
    assert order.status_code == 200
    assert "Formaggio Prova" in order.text
    assert "Ricevuto dalla bottega" in order.text
    assert "Ritiro in bottega" in order.text
    in_english = await visitor.get(placed.headers["location"], params={"lang": "en"})
    assert "Fetch it at the shop" in in_english.text
    await visitor.get("/", params={"lang": "it"})
    assert "recedere dal contratto qui" in order.text
    assert await valley.left(valley.cheese) == (18, 0)

    await run_jobs()
    mails = mailbox.to(ANNA["email"])
    assert [mail["subject"] for mail in mails if "confermato" in mail["subject"]]
    empty = await visitor.get("/cart")
    assert "Formaggio Prova" not in empty.text


async def test_bad_input_is_named_and_kept(valley, visit):
    visitor = await visit()
    for variant, quantity in (("x", "1"), (str(valley.cheese.variant_id), "0"), ("", "")):
        answer = await visitor.post("/cart/lines", {"variant": variant, "quantity": quantity})
        assert answer.status_code == 400
    much = await visitor.post(
        "/cart/lines", {"variant": str(valley.cheese.variant_id), "quantity": "21"}
    )
    assert much.status_code == 400
    assert "20" in much.text
    await _gather(visitor, valley)
    for field, value in (("email", "nobody"), ("name", ""), ("postcode", "9" * 13)):
        answer = await visitor.post("/checkout", {**ANNA, field: value})
        assert answer.status_code == 400, field
        assert f"#f-{field}" in answer.text
    way = await visitor.post("/checkout/delivery", {f"way_{valley.dairy.id}": "balloon"})
    assert way.status_code in {303, 400}
    answer = await visitor.get("/orders/not-a-secret")
    assert answer.status_code == 404


async def test_a_page_of_somebody_elses_order_stays_closed(valley, visit, make_user):
    from arengo_core.caller import Role

    placed = await valley.place((valley.cheese, 1))
    other = await visit(await make_user((valley.bakery.id, Role.MERCHANT)))
    own = await visit(valley.dairy.person)
    listed = await own.get("/desk/orders")
    assert placed.number in listed.text
    number = re.search(r'href="(/desk/orders/[0-9a-f-]{36})"', listed.text)[1]
    for path in (number, f"{number}/slip"):
        assert (await own.get(path)).status_code == 200
        assert (await other.get(path)).status_code == 404
    assert (await other.post(f"{number}/prepare")).status_code == 404
    anonymous = await visit()
    assert (await anonymous.get(number)).status_code == 303
