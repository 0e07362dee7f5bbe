"""The demo's valley: invented shops of real towns, and what they sell.

Every shop's name ends in `(demo)`; names, addresses and VAT numbers are nobody's.
"""

from collections.abc import Mapping
from types import MappingProxyType

from arengo_marketplace.demo.shops import (
    apiary,
    bakery,
    bookshop,
    brewery,
    butcher,
    dairy,
    florist,
    garden,
    herbalist,
    pastry,
    soapstone,
    sports,
    weaver,
    winery,
    woodturner,
)
from arengo_marketplace.demo.types import DemoProduct, DemoShop, DemoVariant, Text

__all__ = ["CATEGORIES", "POSTAL_CODES", "SHOPS", "DemoProduct", "DemoShop", "DemoVariant", "Text"]

CATEGORIES: Mapping[str, Text] = MappingProxyType(
    {
        "cheese": Text("Formaggi e latticini", "Cheese and dairy"),
        "bread": Text("Pane", "Bread"),
        "flour": Text("Farine e pasta", "Flour and pasta"),
        "meat": Text("Carni e salumi", "Meat and cured meats"),
        "honey": Text("Miele", "Honey"),
        "produce": Text("Frutta, verdura e uova", "Fruit, vegetables and eggs"),
        "preserves": Text("Confetture e conserve", "Jams and preserves"),
        "sweets": Text("Dolci", "Cakes and biscuits"),
        "wine": Text("Vini, birre e liquori", "Wines, beers and spirits"),
        "herbs": Text("Erbe e tisane", "Herbs and teas"),
        "care": Text("Cura della persona", "Body care"),
        "stone": Text("Pietra ollare", "Soapstone"),
        "wood": Text("Legno", "Wood"),
        "toys": Text("Giochi", "Toys"),
        "wool": Text("Lana e tessuti", "Wool and weaving"),
        "home": Text("Casa", "Home"),
        "books": Text("Libri e carte", "Books and maps"),
        "sport": Text("Sport", "Sport"),
        "flowers": Text("Fiori e piante", "Flowers and plants"),
    }
)
"""Names of the categories by key, in the order in which lists show them."""

POSTAL_CODES: Mapping[str, str] = MappingProxyType(
    {"014019": "23023", "014013": "23020", "014036": "23020", "014062": "23020"}
)
"""By ISTAT code of the four towns."""

SHOPS: tuple[DemoShop, ...] = (
    dairy.SHOP,
    bakery.SHOP,
    butcher.SHOP,
    apiary.SHOP,
    soapstone.SHOP,
    woodturner.SHOP,
    weaver.SHOP,
    herbalist.SHOP,
    winery.SHOP,
    brewery.SHOP,
    bookshop.SHOP,
    sports.SHOP,
    florist.SHOP,
    pastry.SHOP,
    garden.SHOP,
)
