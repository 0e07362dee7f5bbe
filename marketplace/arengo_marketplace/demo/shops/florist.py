"""Florist: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="florist",
    name="Il Fiore Distratto (demo)",
    trade=text("Fiorista ~ Florist"),
    istat_code="014013",
    street="Via dei Nomi Inventati 5",
    about=text(
        "Piante di montagna, mazzi e composizioni. Bottega dimostrativa. ~ "
        "Mountain plants, bouquets and arrangements. A demonstration shop."
    ),
    week=week(
        "- | 8:30-12:30 15:30-19 | 8:30-12:30 15:30-19 | 8:30-12:30 | 8:30-12:30 "
        "15:30-19 | 8:30-12:30 15-19 | 9-12:30"
    ),
    vat_number=vat_number(13),
    products=(
        good(
            "Mazzo di stagione ~ Bouquet of the season",
            "Quello che fiorisce questa settimana. ~ What is in bloom this week.",
            "flowers",
            10,
            "bouquet",
            "piccolo ~ small = 18.00, 600, 12 | grande ~ large = 32.00, 1100, 8",
            perishable=True,
        ),
        good(
            "Mazzo da sposa ~ Bridal bouquet",
            "Composto con voi: una settimana. ~ Made with you: one week.",
            "flowers",
            10,
            "bouquet",
            "95.00, 1200, 4",
            perishable=True,
            made_to_order=True,
        ),
        good(
            "Geranio da balcone ~ Balcony geranium",
            "Rifiorente, in vaso di coccio. ~ Flowers again and again, in a clay pot.",
            "flowers",
            10,
            "flower",
            "7.50, 1300, 40",
        ),
        good(
            "Stella alpina in vaso ~ Potted edelweiss",
            "Coltivata, non raccolta. ~ Grown, not picked.",
            "flowers",
            10,
            "flower",
            "9.80, 900, 20",
        ),
        good(
            "Genziana in vaso ~ Potted gentian",
            "Blu profondo, da mezz'ombra. ~ Deep blue, for half shade.",
            "flowers",
            10,
            "flower",
            "8.90, 900, 18",
        ),
        good(
            "Ciclamino profumato ~ Scented cyclamen",
            "Fiorisce fino ai primi geli. ~ In bloom until the first frost.",
            "flowers",
            10,
            "flower",
            "8.20, 1000, 22",
        ),
        good(
            "Rosa canina ~ Dog rose",
            "Piantina da siepe, due anni. ~ A young hedge plant, two years old.",
            "flowers",
            10,
            "flower",
            "11.50, 1600, 12",
        ),
        good(
            "Ghirlanda dell'Avvento ~ Advent wreath",
            "Abete, pigne e quattro candele. ~ Fir, cones and four candles.",
            "home",
            22,
            "candle",
            "39.00, 1800, 9",
            made_to_order=True,
        ),
    ),
)
