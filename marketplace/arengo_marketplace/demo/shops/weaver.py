"""Weaver: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="weaver",
    name="Telaio della Zia Delfina (demo)",
    trade=text("Tessitura e maglieria ~ Weaver"),
    istat_code="014036",
    street="Via Inventata 31",
    about=text(
        "Pezzotti al telaio e lana lavorata ai ferri. Bottega dimostrativa. ~ "
        "Rag rugs from the loom and knitted wool. A demonstration shop."
    ),
    week=week(
        "9-12 14:30-18:30 | 9-12 14:30-18:30 | 9-12 14:30-18:30 | 9-12 14:30-18:30 | "
        "9-12 14:30-18:30 | 9-12:30 | -"
    ),
    vat_number=vat_number(7),
    products=(
        good(
            "Pezzotto a righe ~ Striped pezzotto rug",
            "Il tappeto di ritagli della Valtellina. ~ The rag rug of Valtellina.",
            "wool",
            22,
            "rug",
            "60 × 120 cm = 89.00, 1900, 6 | 70 × 200 cm = 149.00, 3400, 4",
        ),
        good(
            "Pezzotto su misura ~ Pezzotto to measure",
            "Misura e colori a scelta: cinque settimane. ~ "
            "Size and colours of your choice: five weeks.",
            "wool",
            22,
            "rug",
            "240.00, 4800, 5",
            made_to_order=True,
        ),
        good(
            "Berretto col pompon ~ Bobble hat",
            "Lana grossa, fodera morbida. ~ Thick wool, soft lining.",
            "wool",
            22,
            "hat",
            "bambino ~ child = 24.00, 110, 14 | adulto ~ adult = 29.00, 140, 20",
        ),
        good(
            "Muffole norvegesi ~ Star mittens",
            "Doppio filo, motivo a stella. ~ Two threads, a star on the back.",
            "wool",
            22,
            "gloves",
            "S = 26.00, 120, 10 | M = 26.00, 130, 14 | L = 28.00, 150, 8",
        ),
        good(
            "Calze da rifugio ~ Hut socks",
            "Lana di pecora, suola rinforzata. ~ Sheep's wool, stout soles.",
            "wool",
            22,
            "socks",
            "36-39 = 18.50, 120, 18 | 40-43 = 18.50, 140, 22",
        ),
        good(
            "Sciarpa a trecce ~ Cable scarf",
            "Due metri, ai ferri. ~ Two metres, knitted.",
            "wool",
            22,
            "hat",
            "38.00, 320, 9",
        ),
        good(
            "Coperta di lana ~ Wool blanket",
            "Tessuta a mano, 130 × 170 cm. ~ Woven by hand, 130 × 170 cm.",
            "wool",
            22,
            "rug",
            "135.00, 1700, 5",
        ),
        good(
            "Pantofole di feltro ~ Felt slippers",
            "Feltro spesso, cucite a mano. ~ Thick felt, sewn by hand.",
            "wool",
            22,
            "boots",
            "37 = 34.00, 380, 6 | 39 = 34.00, 400, 8 | 41 = 34.00, 420, 8 | 43 = 34.00, 450, 6",
        ),
        good(
            "Presine di pezzotto ~ Pezzotto pot holders",
            "Coppia, dai ritagli del telaio. ~ A pair, from the loom's leftovers.",
            "wool",
            22,
            "rug",
            "11.00, 130, 25",
        ),
    ),
)
