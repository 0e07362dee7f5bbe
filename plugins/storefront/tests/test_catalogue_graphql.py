"""Shops and catalogue through GraphQL: what pages do, scripts can."""

from __future__ import annotations

import base64

import pytest

from arengo_core.api.scalars import global_id
from arengo_storefront.shops import repository as shops

LIST = """
query ($consortium: String, $first: Int, $after: String) {
  products(first: $first, after: $after, filter: {consortium: $consortium}) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id slug name path description vatRate inStock
      price { amount currency }
      shop { slug name }
      category { name }
      pictures { url smallUrl }
      variants { id sku name available weightGrams price { amount } }
    }
  }
}
"""
SAVE = """
mutation ($id: ID!, $input: ProductInput!) {
  updateProduct(id: $id, input: $input) {
    userErrors { code field message }
    product { name state variants { id price { amount } available } }
  }
}
"""


async def slug_of(host, merchant):
    async with host.unit_of_work() as uow:
        return (await shops.of_merchant(uow.session, merchant.id)).slug


@pytest.mark.parametrize("count", [1, 3])
async def test_the_list_takes_five_statements_whatever_its_length(
    host, visit, valley, statements, count
):
    for number in range(count):
        await valley.sell(valley.dairy, f"Ricotta {number}")
    visitor = await visit()
    consortium = valley.consortium.organization.slug
    await visitor.graphql(LIST, consortium=consortium)
    statements.clear()
    answer = await visitor.graphql(LIST, consortium=consortium)
    assert "errors" not in answer, answer
    nodes = answer["data"]["products"]["nodes"]
    assert len(nodes) == count + 2
    assert len(statements) == 5, statements  # consortium, listings, variants, shops, categories
    cheese = next(node for node in nodes if node["name"] == "Formaggio Prova")
    assert cheese["price"] == {"amount": 1250, "currency": "EUR"}
    assert cheese["variants"][0]["available"] == 20
    assert cheese["shop"]["name"] == "Latteria Prova"


async def test_pages_of_a_list_follow_each_other(visit, valley):
    for number in range(3):
        await valley.sell(valley.dairy, f"Ricotta {number}")
    visitor = await visit()
    seen, after = [], None
    while True:
        answer = await visitor.graphql(
            LIST, consortium=valley.consortium.organization.slug, first=2, after=after
        )
        page = answer["data"]["products"]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == 5


async def test_a_product_a_shop_the_tree_and_a_search(host, visit, valley):
    visitor = await visit()
    answer = await visitor.graphql(
        """
        query ($shop: String!, $slug: String!, $consortium: String!) {
          product(shop: $shop, slug: $slug) { id name variants { available } }
          nothing: product(shop: $shop, slug: "no-such") { id }
          shop(slug: $shop) { name isOpen seller { vatNumber } }
          shops(consortium: $consortium) { nodes { name } }
          categories(consortium: $consortium) { name parentId }
          search(text: "formagio", filter: {consortium: $consortium}) { nodes { name } }
        }
        """,
        shop=await slug_of(host, valley.dairy),
        slug="formaggio-prova",
        consortium=valley.consortium.organization.slug,
    )
    data = answer["data"]
    assert data["product"]["variants"] == [{"available": 20}]
    assert data["nothing"] is None
    assert data["shop"]["seller"]["vatNumber"] == valley.dairy.organization.vat_number
    assert [node["name"] for node in data["shops"]["nodes"]] == ["Forno Prova", "Latteria Prova"]
    assert {"name": "Alimentari", "parentId": None} in data["categories"]
    assert [node["name"] for node in data["search"]["nodes"]] == ["Formaggio Prova"]


async def test_a_merchant_keeps_publishes_counts_and_withdraws_a_product(
    host, visit, valley, make_photo
):
    visitor = await visit(valley.dairy.person)
    merchant = global_id("Organization", valley.dairy.id)
    tree = await visitor.graphql(
        "query ($c: String!) { categories(consortium: $c) { id name } }",
        c=valley.consortium.organization.slug,
    )
    category = next(row["id"] for row in tree["data"]["categories"] if row["name"] == "Miele")
    created = await visitor.graphql(
        """
        mutation ($merchant: ID!, $input: ProductInput!) {
          createProduct(organizationId: $merchant, input: $input, idempotencyKey: "key-of-honey") {
            userErrors { code field message }
            product { id state path variants { id available } }
          }
        }
        """,
        merchant=merchant,
        input={
            "nameIt": "Miele Prova",
            "categoryId": category,
            "vatRate": 10,
            "variants": [{"price": 900, "stock": 3}],
        },
    )
    product = created["data"]["createProduct"]["product"]
    assert product["state"] == "draft"
    assert product["variants"][0]["available"] == 3
    answer = await visitor.graphql(
        """
        mutation ($id: ID!, $variant: ID!, $photo: String!) {
          setStock(variantId: $variant, quantity: 7) { product { variants { available } } }
          uploadPicture(productId: $id, photo: $photo) { product { pictures { url } } }
          publishProduct(id: $id) { product { state } }
        }
        """,
        id=product["id"],
        variant=product["variants"][0]["id"],
        photo=base64.b64encode(make_photo()).decode(),
    )
    data = answer["data"]
    assert data["setStock"]["product"]["variants"] == [{"available": 7}]
    assert len(data["uploadPicture"]["product"]["pictures"]) == 1
    assert data["publishProduct"]["product"]["state"] == "published"
    assert (await (await visit()).get(product["path"])).status_code == 200
    refused = await visitor.graphql(
        SAVE,
        id=product["id"],
        input={"nameIt": "", "categoryId": category, "vatRate": 10, "variants": [{"price": 1}]},
    )
    assert refused["data"]["updateProduct"]["userErrors"][0]["field"] == "nameIt"
    mine = await visitor.graphql(
        "query ($m: ID!) { myProducts(organizationId: $m) { nodes { name state } } }", m=merchant
    )
    assert {"name": "Miele Prova", "state": "published"} in mine["data"]["myProducts"]["nodes"]
    withdrawn = await visitor.graphql(
        "mutation ($id: ID!) { withdrawProduct(id: $id) { product { state } } }", id=product["id"]
    )
    assert withdrawn["data"]["withdrawProduct"]["product"]["state"] == "withdrawn"
    assert (await (await visit()).get(product["path"])).status_code == 404


async def test_another_merchants_product_does_not_exist(visit, valley):
    other = await visit(valley.bakery.person)
    answer = await other.graphql(
        SAVE,
        id=global_id("Product", valley.cheese.product_id),
        input={
            "nameIt": "Mio",
            "categoryId": global_id("Category", valley.cheese.product_id),
            "vatRate": 10,
            "variants": [{"price": 1}],
        },
    )
    assert answer["data"]["updateProduct"]["userErrors"][0]["code"] == "NO_PRODUCT"
    spied = await other.graphql(
        "query ($m: ID!) { myProducts(organizationId: $m) { nodes { name } } }",
        m=global_id("Organization", valley.dairy.id),
    )
    assert spied["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_shop_is_opened_changed_paused_and_named_by_scripts(
    host, visit, make_consortium, make_merchant, make_offer, activate
):
    consortium = await make_consortium()
    merchant = await make_merchant(consortium.id, consortium.lead.id)
    await activate(merchant.id, await make_offer(consortium.id, "storefront"))
    visitor = await visit(merchant.person)
    key = global_id("Organization", merchant.id)
    opened = await visitor.graphql(
        """
        mutation ($id: ID!, $photoless: ShopInput!) {
          openShop(organizationId: $id, input: $photoless) {
            userErrors { field message } shop { slug isOpen openingHours }
          }
          updateShop(organizationId: $id, input: {name: "Nuova", aboutIt: "Chi siamo"}) {
            shop { name about }
          }
          setShopOpen(organizationId: $id, isOpen: false, notice: "Ferie") {
            shop { isOpen notice }
          }
        }
        """,
        id=key,
        photoless={"name": "Bottega", "openingHours": ["9-12", "", "", "", "", "", ""]},
    )
    data = opened["data"]
    assert data["openShop"]["shop"]["openingHours"][0] == "09:00-12:00"
    assert data["updateShop"]["shop"] == {"name": "Nuova", "about": "Chi siamo"}
    assert data["setShopOpen"]["shop"] == {"isOpen": False, "notice": "Ferie"}
    bad = await visitor.graphql(
        """
        mutation ($id: ID!) {
          setShopHost(organizationId: $id, host: "nowhere") { userErrors { field } }
          setShopPicture(organizationId: $id, place: "banner", photo: "AAAA") {
            userErrors { field message }
          }
        }
        """,
        id=key,
    )
    assert bad["data"]["setShopHost"]["userErrors"] == [{"field": "host"}]
    assert "JPEG" in bad["data"]["setShopPicture"]["userErrors"][0]["message"]


async def test_the_office_tends_the_categories(visit, valley):
    office = await visit(valley.consortium.officer)
    consortium = global_id("Organization", valley.consortium.id)
    saved = await office.graphql(
        """
        mutation ($c: ID!) {
          saveCategory(consortiumId: $c, input: {nameIt: "Orologi"}) {
            userErrors { code } category { id name }
          }
        }
        """,
        c=consortium,
    )
    category = saved["data"]["saveCategory"]["category"]
    assert category["name"] == "Orologi"
    gone = """
        mutation ($c: ID!, $id: ID!) {
          removeCategory(consortiumId: $c, id: $id) { userErrors { code } }
        }
    """
    stranger = await visit(valley.dairy.person)
    refused = await stranger.graphql(gone, c=consortium, id=category["id"])
    assert refused["data"]["removeCategory"]["userErrors"][0]["code"] == "FORBIDDEN"
    done = await office.graphql(gone, c=consortium, id=category["id"])
    assert done["data"]["removeCategory"]["userErrors"] == []
