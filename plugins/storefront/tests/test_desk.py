"""The merchant's desk: pages and forms, what was typed kept, nobody else let in."""

from __future__ import annotations

import re

import pytest

from arengo_core.caller import Caller
from arengo_storefront.catalogue.repository import listings
from arengo_storefront.catalogue.repository import products as repository
from arengo_storefront.orders import service as orders
from arengo_storefront.shops import repository as shops


@pytest.fixture
def form(host, valley):
    """The form of a new product, well filled in."""

    async def make(**values):
        async with host.unit_of_work() as uow:
            tree = await repository.category_tree(uow.session, valley.consortium.id)
        return {
            "name_it": "Scimudin Prova",
            "category_id": str(tree.by_slug("formaggi-e-latticini").id),
            "vat_rate": "4",
            "kinds": "1",
            "variant_0_price": "9,80",
            "variant_0_weight": "400",
            "variant_0_stock": "6",
            "action": "publish",
            **values,
        }

    return make


async def product_of(host, valley, name):
    async with host.unit_of_work(Caller.program([valley.dairy.id])) as uow:
        rows = await repository.products_page(uow.session, valley.dairy.id, text=name, limit=9)
    return rows[0] if rows else None


async def test_a_product_goes_from_the_form_to_the_market_with_its_photo(
    host, visit, valley, form, make_photo
):
    desk = await visit(valley.dairy.person)
    assert (await desk.get("/desk/products/new")).status_code == 200
    answer = await desk.post(
        "/desk/products/new", await form(), files={"photo": ("a.jpg", make_photo(), "image/jpeg")}
    )
    assert answer.status_code == 303
    assert (await desk.get(answer.headers["location"])).status_code == 200
    product = await product_of(host, valley, "Scimudin")
    async with host.unit_of_work() as uow:
        shown = await listings.by_id(uow.session, product.id)
    assert (shown.price_from, shown.in_stock, len(shown.pictures)) == (980, True, 1)


async def test_what_was_typed_stays_when_something_is_wrong(host, visit, valley, form):
    desk = await visit(valley.dairy.person)
    for field, wrong in (
        ("variant_0_price", "ten"),
        ("name_it", ""),
        ("vat_rate", "19"),
        ("category_id", "x"),
        ("variant_0_stock", "many"),
    ):
        answer = await desk.post(
            "/desk/products/new", await form(**{field: wrong, "description_it": "Tipico"})
        )
        assert answer.status_code == 400, field
        assert f'id="f-{field}-error"' in answer.text, field
        assert "Tipico" in answer.text
        assert await product_of(host, valley, "Scimudin") is None


async def test_all_that_a_product_lacks_is_told_at_once(visit, valley):
    desk = await visit(valley.dairy.person)
    answer = await desk.post("/desk/products/new", {"vat_rate": "4", "kinds": "1"})
    assert answer.status_code == 400
    told = set(re.findall(r'<a href="#f-(\w+)">', answer.text))
    assert told == {"name_it", "category_id", "variant_0_price"}


async def test_faults_of_an_order_are_told_beside_their_open_form(visit, valley):
    await valley.place((valley.cheese, 1))
    desk = await visit(valley.dairy.person)
    listed = (await desk.get("/desk/orders")).text
    path = re.search(r'href="(/desk/orders/[0-9a-f-]{36})"', listed)[1]
    unpaid = await desk.post(f"{path}/hand-over", {})
    assert unpaid.status_code == 400
    assert "Incassa prima 12,50\xa0€" in unpaid.text
    await desk.post(f"{path}/received", {})
    nothing = await desk.post(f"{path}/refund", {})
    assert nothing.status_code == 400
    assert re.search(r'<details[^>]*id="f-lines" open>', nothing.text)


async def test_an_order_given_back_wholly_says_so_and_can_be_cancelled(visit, valley):
    placed = await valley.place((valley.cheese, 2))
    desk = await visit(valley.dairy.person)
    listed = (await desk.get("/desk/orders")).text
    path = re.search(r'href="(/desk/orders/[0-9a-f-]{36})"', listed)[1]
    await desk.post(f"{path}/received", {})
    line = re.search(r'name="(quantity_[0-9a-f-]{36})"', (await desk.get(path)).text)[1]
    nobodys = await desk.post(f"{path}/refund", {line: "2", "idempotency_key": "k"})
    assert nobodys.status_code == 400
    given = await desk.post(f"{path}/refund", {line: "2", "idempotency_key": "k" * 32})
    assert given.status_code == 303
    assert "Tutto il denaro è stato restituito" in (await desk.get(path)).text
    cancelled = await desk.post(f"{path}/cancel", {"reason": "Finito"})
    assert cancelled.status_code == 303, cancelled.text
    async with valley.host.unit_of_work() as uow:
        part = (await orders.by_secret(uow, placed.secret)).parts[0]
    assert (part.row.state, part.row.refunded) == ("cancelled", 2 * 1250)


async def test_another_row_for_a_kind_saves_nothing(host, visit, valley, form):
    desk = await visit(valley.dairy.person)
    answer = await desk.post("/desk/products/new", await form(action="add-kind"))
    assert 'name="variant_1_price"' in answer.text
    assert 'value="9,80"' in answer.text
    assert await product_of(host, valley, "Scimudin") is None


async def test_an_empty_row_between_kinds_is_left_out_and_faults_keep_their_row(
    host, visit, valley, form
):
    desk = await visit(valley.dairy.person)
    rows = {
        "kinds": "3",
        "variant_0_name_it": "200 g",
        "variant_2_name_it": "400 g",
        "variant_2_price": "-1",
    }
    refused = await desk.post("/desk/products/new", await form(**rows))
    assert 'id="f-variant_1_price-error"' in refused.text
    assert 'value="400 g"' in refused.text
    kept = await desk.post("/desk/products/new", await form(**rows | {"variant_2_price": "17"}))
    assert kept.status_code == 303
    product = await product_of(host, valley, "Scimudin")
    async with host.unit_of_work() as uow:
        kinds = (await listings.variants(uow.session, [product.id]))[product.id]
    assert [(kind.name_it, kind.price.amount) for kind in kinds] == [
        ("200 g", 980),
        ("400 g", 1700),
    ]


async def test_a_kind_whose_row_is_emptied_goes(host, visit, valley, form):
    desk = await visit(valley.dairy.person)
    two = {"kinds": "2", "variant_0_name_it": "a", "variant_1_name_it": "b", "variant_1_price": "2"}
    made = await desk.post("/desk/products/new", await form(**two))
    product = await product_of(host, valley, "Scimudin")
    async with host.unit_of_work() as uow:
        kinds = (await listings.variants(uow.session, [product.id]))[product.id]
    rows = {
        "kinds": "2",
        "variant_0_id": str(kinds[0].id),
        "variant_0_price": "",
        "variant_0_weight": "",
        "variant_0_stock": "",
        "variant_1_id": str(kinds[1].id),
        "variant_1_price": "2,50",
    }
    saved = await desk.post(made.headers["location"], await form(**rows, action="save"))
    assert saved.status_code == 303
    async with host.unit_of_work() as uow:
        left = (await listings.variants(uow.session, [product.id]))[product.id]
    assert [(kind.id, kind.price.amount) for kind in left] == [(kinds[1].id, 250)]


async def test_the_desk_changes_counts_withdraws_and_publishes(host, visit, valley, form):
    desk = await visit(valley.dairy.person)
    path = f"/desk/products/{valley.cheese.product_id}"
    assert (await desk.get(path)).status_code == 200
    saved = await desk.post(
        path,
        await form(
            name_it="Formaggio Prova", variant_0_id=str(valley.cheese.variant_id), action="save"
        ),
    )
    assert saved.status_code == 303
    counted = {"variant": str(valley.cheese.variant_id), "quantity": "8"}
    assert (await desk.post(f"{path}/stock", counted)).status_code == 303
    assert await valley.left(valley.cheese) == (8, 0)
    wrong = await desk.post(f"{path}/stock", counted | {"quantity": "some"})
    assert wrong.status_code == 400
    assert 'id="f-quantity-error"' in wrong.text
    assert (await desk.post(f"{path}/withdraw")).status_code == 303
    async with host.unit_of_work() as uow:
        assert await listings.by_id(uow.session, valley.cheese.product_id) is None
    assert (await desk.post(f"{path}/publish")).status_code == 303
    async with host.unit_of_work() as uow:
        assert (await listings.by_id(uow.session, valley.cheese.product_id)).price_from == 980


async def test_photos_are_added_ordered_and_removed_at_the_desk(visit, valley, make_photo):
    desk = await visit(valley.dairy.person)
    path = f"/desk/products/{valley.cheese.product_id}"
    for colour in ((1, 2, 3), (90, 90, 200)):
        upload = {"photo": ("p.jpg", make_photo(colour=colour), "image/jpeg")}
        assert (await desk.post(f"{path}/photos", files=upload)).status_code == 303
    refused = await desk.post(f"{path}/photos", files={"photo": ("p.jpg", b"<svg/>", "image/jpeg")})
    assert refused.status_code == 400
    assert 'id="f-photo-error"' in refused.text
    page = (await desk.get(path)).text
    ids = [part.split("/small")[0] for part in page.split("/media/")[1:]]
    assert (await desk.post(f"{path}/photos/{ids[1]}/first")).status_code == 303
    page = (await desk.get(path)).text
    assert page.index(ids[1]) < page.index(ids[0])
    assert (await desk.post(f"{path}/photos/{ids[0]}/remove")).status_code == 303
    assert ids[0] not in (await desk.get(path)).text


async def test_the_shop_is_set_up_paused_and_named_at_the_desk(host, visit, valley, make_photo):
    desk = await visit(valley.dairy.person)
    for path in ("/desk", "/desk/shop", "/desk/products"):
        assert (await desk.get(path)).status_code == 200
    hours = {f"hours_{number}": "9-12" for number in range(7)}
    saved = await desk.post("/desk/shop", {"name": "Latteria Alta", "about_it": "Qui", **hours})
    assert saved.status_code == 303
    refused = await desk.post("/desk/shop", {"name": "Latteria", **hours, "hours_3": "all day"})
    assert refused.status_code == 400
    assert 'id="f-hours_3-error"' in refused.text
    assert 'value="all day"' in refused.text
    upload = {"banner": ("b.jpg", make_photo(900, 300), "image/jpeg")}
    placed = await desk.post("/desk/shop/photo", {"place": "banner"}, files=upload)
    assert placed.status_code == 303
    wrong = await desk.post("/desk/shop/host", {"host": "not a host"})
    assert wrong.status_code == 400
    assert 'value="not a host"' in wrong.text
    assert (await desk.post("/desk/shop/state", {"notice": "Ferie"})).status_code == 303
    async with host.unit_of_work() as uow:
        shop = await shops.of_merchant(uow.session, valley.dairy.id)
    assert (shop.name, shop.is_open, shop.notice, bool(shop.banner_id)) == (
        "Latteria Alta",
        False,
        "Ferie",
        True,
    )


async def test_a_merchant_without_shop_is_led_to_open_one(
    host, visit, make_consortium, make_merchant, make_offer, activate
):
    consortium = await make_consortium()
    merchant = await make_merchant(consortium.id, consortium.lead.id, name="Nuova")
    desk = await visit(merchant.person)
    before = await desk.get("/desk")
    assert before.status_code == 200
    assert (await desk.get("/desk/shop")).status_code == 200
    await activate(merchant.id, await make_offer(consortium.id, "storefront"))
    start = await desk.get("/desk")
    assert 'href="/desk/shop"' in start.text
    assert 'value="Nuova"' in (await desk.get("/desk/shop")).text
    refused = await desk.post("/desk/shop/open", {"name": "", "trade_it": "Falegname"})
    assert refused.status_code == 400
    assert 'value="Falegname"' in refused.text
    opened = await desk.post("/desk/shop/open", {"name": "Nuova", "trade_it": "Falegname"})
    assert (opened.status_code, opened.headers["location"]) == (303, "/desk/products/new")


async def test_the_desk_is_closed_to_others(visit, valley, form):
    cheese = f"/desk/products/{valley.cheese.product_id}"
    nobody, other = await visit(), await visit(valley.bakery.person)
    officer = await visit(valley.consortium.officer)
    for path in ("/desk", "/desk/products", "/desk/shop", cheese):
        assert (await nobody.get(path)).status_code == 303
        assert (await officer.get(path)).status_code == 403
    assert (await other.get(cheese)).status_code == 404
    for action in ("", "/publish", "/withdraw", "/stock", "/photos"):
        answer = await other.post(
            cheese + action, await form(variant=str(valley.cheese.variant_id))
        )
        assert answer.status_code in {400, 404}, action
    assert await valley.left(valley.cheese) == (20, 0)


async def test_the_office_tends_categories_on_its_page(visit, valley):
    office = await visit(valley.consortium.officer)
    page = await office.get("/office/categories")
    assert "Alimentari" in page.text
    assert (await office.post("/office/categories", {"name_it": "Orologi"})).status_code == 303
    again = await office.post("/office/categories", {"name_it": "Orologi"})
    assert again.status_code == 400
    assert 'value="Orologi"' in again.text
    page = await office.get("/office/categories")
    link = page.text.split("Orologi</a>")[0].rsplit('href="', 1)[1].split('"')[0]
    assert (await office.get(link)).status_code == 200
    assert (await office.post(link, {"name_it": "Orologeria"})).status_code == 303
    assert (await office.post(f"{link}/remove")).status_code == 303
    assert (await office.get(link)).status_code == 404
    merchant = await visit(valley.dairy.person)
    assert (await merchant.get("/office/categories")).status_code == 403
