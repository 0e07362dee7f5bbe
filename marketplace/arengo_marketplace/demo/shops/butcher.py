"""Butcher: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="butcher",
    name="Salumeria del Ginepro Matto (demo)",
    trade=text("Macelleria e salumi ~ Butcher"),
    istat_code="014013",
    street="Via dei Nomi Inventati 7",
    about=text(
        "Bresaola e salumi stagionati all'aria della valle. Bottega dimostrativa. ~ "
        "Bresaola and cured meats, dried in the valley's air. A demonstration shop."
    ),
    week=week(
        "- | 8:30-12:30 15:30-19 | 8:30-12:30 15:30-19 | 8:30-12:30 | 8:30-12:30 "
        "15:30-19 | 8:30-12:30 15-19 | 9-12:30"
    ),
    vat_number=vat_number(3),
    products=(
        good(
            "Bresaola di punta d'anca ~ Bresaola from the round",
            "Magra, stagionata tre mesi, sottovuoto. ~ Lean, aged three months, vacuum-packed.",
            "meat",
            10,
            "bresaola",
            "250 g = 11.90, 280, 30 | 500 g = 22.80, 540, 20 | metà, 1,2 kg ~ "
            "half, 1.2 kg = 52.00, 1300, 6",
        ),
        good(
            "Bresaola affettata ~ Sliced bresaola",
            "Vaschetta pronta, affettata in giornata. ~ Ready to eat, sliced today.",
            "meat",
            10,
            "bresaola",
            "100 g = 5.40, 130, 36",
            perishable=True,
        ),
        good(
            "Slinzega di manzo ~ Beef slinzega",
            "Piccola, saporita, al pepe e ginepro. ~ Small and strong, with pepper and juniper.",
            "meat",
            10,
            "bresaola",
            "200 g = 8.60, 230, 22",
        ),
        good(
            "Slinzega di cervo ~ Venison slinzega",
            "Selvaggina stagionata quaranta giorni. ~ Game, aged forty days.",
            "meat",
            10,
            "bresaola",
            "200 g = 11.20, 230, 10",
        ),
        good(
            "Salame nostrano ~ House salami",
            "Grana grossa, vino rosso e aglio. ~ Coarse, with red wine and garlic.",
            "meat",
            10,
            "salame",
            "350 g = 8.40, 380, 28 | 700 g = 16.20, 740, 12",
        ),
        good(
            "Salsiccia passita ~ Air-dried sausage",
            "Sottile, da mangiare a fette col pane. ~ Thin, to be sliced and eaten with bread.",
            "meat",
            10,
            "salame",
            "250 g = 6.20, 280, 24",
        ),
        good(
            "Luganega fresca ~ Fresh luganega",
            "Da cuocere, per la polenta. ~ For cooking, with polenta.",
            "meat",
            10,
            "salame",
            "500 g = 7.30, 530, 16",
            perishable=True,
        ),
        good(
            "Lardo alle erbe ~ Lard with herbs",
            "Stagionato con rosmarino e timo. ~ Aged with rosemary and thyme.",
            "meat",
            10,
            "bresaola",
            "250 g = 5.80, 280, 18",
        ),
        good(
            "Violino di capra ~ Cured goat's leg",
            "La coscia intera, su ordinazione: quattro settimane. ~ "
            "The whole leg, to order: four weeks.",
            "meat",
            10,
            "bresaola",
            "64.00, 2300, 4",
            made_to_order=True,
        ),
        good(
            "Spezzatino di manzo ~ Diced beef",
            "Carne di razza bruna alpina, porzionata a mano. ~ "
            "From Alpine Brown cattle, cut by hand.",
            "meat",
            10,
            "bresaola",
            "500 g = 10.50, 540, 12",
            perishable=True,
        ),
    ),
)
