"""Herbalist: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="herbalist",
    name="Erbe di Settembre (demo)",
    trade=text("Erboristeria ~ Herbalist"),
    istat_code="014019",
    street="Piazza Immaginaria 8",
    about=text(
        "Erbe di montagna in tisane, saponi e unguenti. Bottega dimostrativa. ~ "
        "Mountain herbs as teas, soaps and salves. A demonstration shop."
    ),
    week=week(
        "- | 8:30-12:30 15:30-19 | 8:30-12:30 15:30-19 | 8:30-12:30 | 8:30-12:30 "
        "15:30-19 | 8:30-12:30 15-19 | 9-12:30"
    ),
    vat_number=vat_number(8),
    products=(
        good(
            "Tisana della sera ~ Evening tea",
            "Melissa, tiglio e camomilla. ~ Lemon balm, lime blossom and camomile.",
            "herbs",
            10,
            "tea",
            "40 g = 6.50, 80, 35 | 80 g = 11.90, 130, 20",
        ),
        good(
            "Tisana del rifugio ~ Mountain hut tea",
            "Menta, timo serpillo, achillea. ~ Mint, wild thyme, yarrow.",
            "herbs",
            10,
            "tea",
            "40 g = 6.50, 80, 30",
        ),
        good(
            "Tisana digestiva ~ Tea for after meals",
            "Finocchio, genziana, anice. ~ Fennel, gentian, aniseed.",
            "herbs",
            10,
            "tea",
            "40 g = 6.80, 80, 28",
        ),
        good(
            "Origano di roccia ~ Rock oregano",
            "Sgranato, essiccato all'ombra. ~ Rubbed, dried in the shade.",
            "herbs",
            5,
            "tea",
            "30 g = 4.20, 60, 26",
        ),
        good(
            "Rosmarino fresco ~ Fresh rosemary",
            "Un mazzetto, per l'arrosto. ~ A bunch, for the roast.",
            "herbs",
            5,
            "bouquet",
            "2.40, 60, 15",
            perishable=True,
        ),
        good(
            "Sapone alla lavanda ~ Lavender soap",
            "A freddo, con olio d'oliva. ~ Cold process, with olive oil.",
            "care",
            22,
            "soap",
            "100 g = 6.20, 120, 40",
        ),
        good(
            "Sapone al pino mugo ~ Dwarf pine soap",
            "Resinoso, per mani che lavorano. ~ Resinous, for working hands.",
            "care",
            22,
            "soap",
            "100 g = 6.20, 120, 36",
        ),
        good(
            "Unguento di arnica ~ Arnica salve",
            "Per dopo la camminata. ~ For after the walk.",
            "care",
            22,
            "cream",
            "50 ml = 12.50, 110, 24",
        ),
        good(
            "Balsamo alla calendula ~ Marigold balm",
            "Cera d'api e calendula dell'orto. ~ Beeswax and marigold from the garden.",
            "care",
            22,
            "cream",
            "30 ml = 9.80, 80, 30",
        ),
        good(
            "Candela alle erbe ~ Herb candle",
            "Cera vegetale, timo e ginepro. ~ Plant wax, thyme and juniper.",
            "home",
            22,
            "candle",
            "16.00, 420, 18",
        ),
        good(
            "Cuscino di fieno ~ Hay pillow",
            "Fieno di maggengo, da scaldare. ~ Hay from the spring meadows, to be warmed.",
            "care",
            22,
            "pillow",
            "21.00, 600, 12",
        ),
    ),
)
