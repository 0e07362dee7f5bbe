"""Brewery: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="brewery",
    name="Birrificio Orso Sordo (demo)",
    trade=text("Birrificio ~ Brewery"),
    istat_code="014036",
    street="Via Inventata 44",
    about=text(
        "Birre d'acqua di sorgente. Si vende solo ai maggiorenni. Bottega "
        "dimostrativa. ~ "
        "Beers from spring water. Sold to adults only. A demonstration shop."
    ),
    week=week("- | - | 16-20 | 16-20 | 16-22 | 10-12:30 16-22 | 16-20"),
    vat_number=vat_number(10),
    products=(
        good(
            "Bionda di sorgente ~ Spring water lager",
            "Leggera, di malto e fieno. ~ Light, of malt and hay.",
            "wine",
            22,
            "beer",
            "0,5 l ~ 0.5 l = 4.80, 950, 60 | cassa da 12 ~ case of 12 = 52.00, 11400, 8",
        ),
        good(
            "Ambrata al castagno ~ Chestnut amber",
            "Con castagne affumicate. ~ With smoked chestnuts.",
            "wine",
            22,
            "beer",
            "0,5 l ~ 0.5 l = 5.40, 950, 44",
        ),
        good(
            "Nera di segale ~ Rye dark ale",
            "Caffè, pane tostato, segale di valle. ~ Coffee, toast and the valley's rye.",
            "wine",
            22,
            "beer",
            "0,5 l ~ 0.5 l = 5.60, 950, 36",
        ),
        good(
            "Saraceno ~ Buckwheat ale",
            "Grano saraceno, senza glutine per natura. ~ Buckwheat, gluten-free by nature.",
            "wine",
            22,
            "beer",
            "0,33 l ~ 0.33 l = 4.50, 620, 40",
        ),
        good(
            "Birra al miele ~ Honey ale",
            "Rifermentata con miele millefiori. ~ Refermented with flower honey.",
            "wine",
            22,
            "beer",
            "0,5 l ~ 0.5 l = 5.90, 950, 30",
        ),
        good(
            "Birra analcolica al ginepro ~ Alcohol-free juniper beer",
            "Fresca, amara, per chi guida. ~ Fresh and bitter, for drivers.",
            "wine",
            22,
            "beer",
            "0,33 l ~ 0.33 l = 3.60, 620, 36",
        ),
        good(
            "Gelatina di birra ~ Beer jelly",
            "Per formaggi stagionati. ~ For aged cheeses.",
            "preserves",
            10,
            "jam",
            "120 g = 5.20, 240, 22",
        ),
    ),
)
