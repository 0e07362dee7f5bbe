"""Beekeeper: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="apiary",
    name="Apiario Fiordiroccia (demo)",
    trade=text("Apicoltura ~ Beekeeper"),
    istat_code="014062",
    street="Contrada Esempio 4",
    about=text(
        "Mieli di alta quota e prodotti dell'alveare. Bottega dimostrativa. ~ "
        "High mountain honeys and what else the hive gives. A demonstration shop."
    ),
    week=week("- | - | 14-18 | 14-18 | 14-18 | 9-12 14-18 | 9-12"),
    vat_number=vat_number(4),
    products=(
        good(
            "Miele di rododendro ~ Rhododendron honey",
            "Chiaro, finissimo, raccolto oltre i millesettecento metri. ~ "
            "Pale and fine, from above 1,700 metres.",
            "honey",
            10,
            "honey",
            "250 g = 7.40, 430, 40 | 500 g = 13.50, 780, 30 | 1 kg = 25.00, 1450, 12",
        ),
        good(
            "Miele di castagno ~ Chestnut honey",
            "Ambrato, amarognolo, adatto ai formaggi. ~ Amber and bitterish, made for cheese.",
            "honey",
            10,
            "honey",
            "250 g = 5.60, 430, 36 | 500 g = 9.90, 780, 28",
        ),
        good(
            "Miele di tiglio ~ Lime blossom honey",
            "Fresco, quasi di menta. ~ Fresh, almost minty.",
            "honey",
            10,
            "honey",
            "250 g = 5.60, 430, 30 | 500 g = 9.90, 780, 22",
        ),
        good(
            "Millefiori d'alta montagna ~ High mountain flower honey",
            "Il raccolto di luglio, dal prato al vaso. ~ July's harvest, from meadow to jar.",
            "honey",
            10,
            "honey",
            "250 g = 5.20, 430, 44 | 500 g = 9.20, 780, 34 | 1 kg = 17.50, 1450, 15",
        ),
        good(
            "Miele di melata d'abete ~ Fir honeydew honey",
            "Scuro, di resina e caramello. ~ Dark, of resin and caramel.",
            "honey",
            10,
            "honey",
            "250 g = 6.80, 430, 18",
        ),
        good(
            "Crema di miele e nocciole ~ Honey and hazelnut spread",
            "Due ingredienti, nessuna fretta. ~ Two ingredients and no haste.",
            "honey",
            10,
            "honey",
            "220 g = 7.90, 400, 20",
        ),
        good(
            "Favo in scatola ~ Comb honey",
            "Un pezzo di favo, come esce dall'arnia. ~ A piece of comb as it leaves the hive.",
            "honey",
            10,
            "honey",
            "200 g = 9.50, 260, 10",
        ),
        good(
            "Candele di cera d'api ~ Beeswax candles",
            "Coppia arrotolata a mano. ~ A pair, rolled by hand.",
            "home",
            22,
            "candle",
            "12.50, 320, 18",
        ),
        good(
            "Degustazione di tre mieli ~ Three honeys to taste",
            "Tre vasetti da 125 g in scatola di legno. ~ Three jars of 125 g in a wooden box.",
            "honey",
            10,
            "honey",
            "14.90, 820, 16",
        ),
    ),
)
