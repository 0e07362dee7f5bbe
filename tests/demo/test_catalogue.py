from itertools import pairwise

import pytest
from stdnum.it import iva

from arengo_marketplace.demo.catalogue import CATEGORIES, POSTAL_CODES, SHOPS, DemoProduct, DemoShop
from arengo_marketplace.demo.pictures import GOODS
from arengo_marketplace.demo.types import slug, variants, week
from arengo_marketplace.register import by_istat

PRODUCTS = [(shop, product) for shop in SHOPS for product in shop.products]


def test_the_valley_is_well_supplied() -> None:
    assert len(SHOPS) >= 14
    assert len({shop.trade.it for shop in SHOPS}) >= 8
    assert {by_istat(shop.istat_code).name for shop in SHOPS} == {
        "Chiesa in Valmalenco",
        "Caspoggio",
        "Lanzada",
        "Spriana",
    }
    assert {shop.istat_code for shop in SHOPS} == set(POSTAL_CODES)
    assert len(PRODUCTS) >= 130


@pytest.mark.parametrize("shop", SHOPS, ids=lambda shop: shop.key)
def test_every_shop_says_that_it_is_invented(shop: DemoShop) -> None:
    assert shop.name.endswith("(demo)")
    assert "dimostrativa" in shop.about.it
    assert "demonstration" in shop.about.en
    assert shop.about.it != shop.about.en
    assert shop.trade.it != shop.trade.en


@pytest.mark.parametrize("shop", SHOPS, ids=lambda shop: shop.key)
def test_vat_numbers_check_out_and_are_nobodys(shop: DemoShop) -> None:
    assert iva.is_valid(shop.vat_number)
    assert shop.vat_number.startswith("00000")
    assert shop.vat_number[7:10] == "999"


def test_keys_names_and_numbers_are_unique() -> None:
    for of in (
        [shop.key for shop in SHOPS],
        [shop.name for shop in SHOPS],
        [shop.vat_number for shop in SHOPS],
        [(shop.key, product.slug) for shop, product in PRODUCTS],
    ):
        assert len(set(of)) == len(of)


@pytest.mark.parametrize("shop", SHOPS, ids=lambda shop: shop.key)
def test_opening_hours_run_forwards(shop: DemoShop) -> None:
    assert len(shop.week) == 7
    assert any(shop.week)
    for day in shop.week:
        times = [moment for span in day for moment in span]
        assert all(earlier < later for earlier, later in pairwise(times))


@pytest.mark.parametrize(
    ("shop", "product"), PRODUCTS, ids=[f"{s.key}/{p.slug}" for s, p in PRODUCTS]
)
def test_every_product_is_complete(shop: DemoShop, product: DemoProduct) -> None:
    for words in (product.name, product.about):
        assert words.it.strip()
        assert words.en.strip()
    assert product.about.it != product.about.en
    assert product.category in CATEGORIES
    assert product.vat_percent in {4, 5, 10, 22}
    assert product.picture in GOODS
    assert product.variants
    names = [variant.name for variant in product.variants]
    assert len(set(names)) == len(names)
    assert len(names) == 1 or None not in names
    for variant in product.variants:
        assert variant.price_cents > 0
        assert variant.weight_grams > 0
        assert variant.stock > 0


@pytest.mark.parametrize(
    ("category", "rates"),
    [
        ("cheese", {4, 10}),
        ("bread", {4}),
        ("flour", {4}),
        ("books", {4}),
        ("meat", {10}),
        ("honey", {10}),
        ("herbs", {5, 10}),
        ("flowers", {10}),
        ("wine", {22}),
        ("wool", {22}),
        ("sport", {22}),
    ],
)
def test_vat_follows_the_tables_of_the_law(category: str, rates: set[int]) -> None:
    assert {p.vat_percent for _, p in PRODUCTS if p.category == category} == rates


def test_every_category_is_used_and_exemptions_occur() -> None:
    assert {product.category for _, product in PRODUCTS} == set(CATEGORIES)
    assert sum(product.perishable for _, product in PRODUCTS) >= 15
    assert sum(product.made_to_order for _, product in PRODUCTS) >= 6


def test_the_short_notations() -> None:
    small, large = variants("piccolo ~ small = 7.05, 250, 3 | 1 kg = 12.00, 1050, 4")
    assert small.name is not None
    assert (small.name.it, small.name.en, small.price_cents) == ("piccolo", "small", 705)
    assert large.name is not None
    assert (large.name.en, large.weight_grams, large.stock) == ("1 kg", 1050, 4)
    assert variants("0.90, 10, 1")[0].name is None
    monday, tuesday = week("- | 8:30-12 15-19:15")
    assert monday == ()
    assert [(start.isoformat("minutes"), end.isoformat("minutes")) for start, end in tuesday] == [
        ("08:30", "12:00"),
        ("15:00", "19:15"),
    ]
    assert slug("Genepì d'alpeggio, 0,5 l") == "genepi-d-alpeggio-0-5-l"
