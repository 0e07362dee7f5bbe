"""Bakery: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="bakery",
    name="Forno delle Tre Segali (demo)",
    trade=text("Panificio ~ Bakery"),
    istat_code="014019",
    street="Piazza Immaginaria 3",
    about=text(
        "Pane di segale e farine macinate a pietra, infornate prima dell'alba. "
        "Bottega dimostrativa. ~ "
        "Rye bread and stone-ground flours, baked before dawn. A demonstration shop."
    ),
    week=week("7-13 | 7-13 16-19 | 7-13 16-19 | 7-13 | 7-13 16-19 | 7-13 16-19 | 7:30-12"),
    vat_number=vat_number(2),
    products=(
        good(
            "Pane di segale ~ Rye bread",
            "Lievito madre, crosta scura, dura una settimana. ~ "
            "Sourdough, dark crust, keeps for a week.",
            "bread",
            4,
            "bread",
            "500 g = 3.60, 520, 30 | 1 kg = 6.80, 1030, 16",
            perishable=True,
        ),
        good(
            "Brasciadela ~ Brasciadela rye ring",
            "La ciambella di segale secca, da appendere. ~ The dry rye ring, made to be hung.",
            "bread",
            4,
            "bread",
            "250 g = 2.90, 270, 28",
        ),
        good(
            "Pane di patate ~ Potato bread",
            "Morbido, con patate di montagna. ~ Soft, with mountain potatoes.",
            "bread",
            4,
            "bread",
            "500 g = 3.40, 520, 18",
            perishable=True,
        ),
        good(
            "Pane ai grani antichi ~ Heritage grain loaf",
            "Farina integrale, lievitazione di un giorno. ~ Wholemeal, left to rise for a day.",
            "bread",
            4,
            "bread",
            "750 g = 5.20, 780, 14",
            perishable=True,
        ),
        good(
            "Grissini al grano saraceno ~ Buckwheat breadsticks",
            "Tirati a mano, croccanti. ~ Pulled by hand, crisp.",
            "bread",
            4,
            "biscuits",
            "200 g = 3.30, 240, 32",
        ),
        good(
            "Farina di grano saraceno ~ Buckwheat flour",
            "Macinata a pietra, senza glutine per natura. ~ Stone-ground, gluten-free by nature.",
            "flour",
            4,
            "pasta",
            "500 g = 4.20, 520, 40 | 1 kg = 7.60, 1020, 25",
        ),
        good(
            "Farina per polenta taragna ~ Flour for polenta taragna",
            "Mais e grano saraceno, da cuocere quaranta minuti. ~ "
            "Maize and buckwheat, to be cooked forty minutes.",
            "flour",
            4,
            "pasta",
            "500 g = 3.50, 520, 45 | 1 kg = 6.20, 1020, 30",
        ),
        good(
            "Pizzoccheri secchi ~ Dried pizzoccheri",
            "Trafilati al bronzo, grano saraceno all'ottanta per cento. ~ "
            "Bronze-drawn, eighty per cent buckwheat.",
            "flour",
            4,
            "pasta",
            "500 g = 4.90, 530, 60 | 1 kg = 9.20, 1040, 25",
        ),
        good(
            "Pizzoccheri freschi ~ Fresh pizzoccheri",
            "Tirati la mattina, per due persone. ~ Rolled in the morning, enough for two.",
            "flour",
            4,
            "pasta",
            "300 g = 5.60, 330, 14",
            perishable=True,
        ),
        good(
            "Cesto del fornaio ~ The baker's hamper",
            "Pane, grissini e farina, composto su richiesta. ~ "
            "Bread, breadsticks and flour, put together for you.",
            "bread",
            4,
            "bread",
            "24.00, 2400, 6",
            perishable=True,
            made_to_order=True,
        ),
    ),
)
