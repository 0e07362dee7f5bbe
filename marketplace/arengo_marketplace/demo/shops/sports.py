"""Sports shop: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="sports",
    name="Sci e Pedali Capovolti (demo)",
    trade=text("Articoli sportivi ~ Sports shop"),
    istat_code="014013",
    street="Via dei Nomi Inventati 40",
    about=text(
        "Sci, biciclette e scarponi, con officina. Bottega dimostrativa. ~ "
        "Skis, bicycles and boots, with a workshop. A demonstration shop."
    ),
    week=week(
        "9-12:30 15-19 | 9-12:30 15-19 | 9-12:30 15-19 | 9-12:30 15-19 | 9-12:30 "
        "15-19 | 8:30-19 | 8:30-12:30 15-18"
    ),
    vat_number=vat_number(12),
    products=(
        good(
            "Sci da scialpinismo ~ Touring skis",
            "Leggeri, anima di legno. ~ Light, with a wooden core.",
            "sport",
            22,
            "ski",
            "164 cm = 420.00, 3600, 4 | 171 cm = 420.00, 3750, 4 | 178 cm = 420.00, 3900, 3",
        ),
        good(
            "Sci da fondo ~ Cross-country skis",
            "Per passo alternato, con squame. ~ Classic style, with scales.",
            "sport",
            22,
            "ski",
            "190 cm = 189.00, 2200, 5 | 200 cm = 189.00, 2300, 5",
        ),
        good(
            "Scarponi da trekking ~ Trekking boots",
            "Pelle ingrassata, suola scolpita. ~ Greased leather, deep tread.",
            "sport",
            22,
            "boots",
            "38 = 159.00, 1700, 4 | 40 = 159.00, 1800, 6 | 42 = 159.00, 1900, 7 | 44 "
            "= 159.00, 2000, 5",
        ),
        good(
            "Scarpe da avvicinamento ~ Approach shoes",
            "Gomma aderente, punta protetta. ~ Sticky rubber, guarded toe.",
            "sport",
            22,
            "boots",
            "39 = 112.00, 950, 5 | 41 = 112.00, 1000, 6 | 43 = 112.00, 1050, 6",
        ),
        good(
            "Zaino da giornata ~ Day rucksack",
            "Ventidue litri, schienale aerato. ~ Twenty-two litres, airy back.",
            "sport",
            22,
            "bag",
            "22 l = 79.00, 900, 12 | 32 l = 98.00, 1150, 8",
        ),
        good(
            "Bici da città ricondizionata ~ Refurbished city bicycle",
            "Rimessa a nuovo in officina. Si ritira in negozio. ~ "
            "Made good in our workshop. To be collected.",
            "sport",
            22,
            "bike",
            "240.00, 15000, 4",
        ),
        good(
            "Bici su misura ~ Bicycle to measure",
            "Telaio d'acciaio, colore a scelta: otto settimane. ~ "
            "Steel frame, any colour: eight weeks.",
            "sport",
            22,
            "bike",
            "1450.00, 12500, 2",
            made_to_order=True,
        ),
        good(
            "Lampada frontale ~ Head torch",
            "Quattrocento lumen, ricaricabile. ~ Four hundred lumens, rechargeable.",
            "sport",
            22,
            "lantern",
            "42.00, 160, 20",
        ),
        good(
            "Bastoncini pieghevoli ~ Folding poles",
            "Alluminio, impugnatura di sughero. ~ Aluminium, cork grip.",
            "sport",
            22,
            "ski",
            "64.00, 520, 14",
        ),
    ),
)
