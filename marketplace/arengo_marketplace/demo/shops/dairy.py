"""Dairy: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="dairy",
    name="Casera del Larice Storto (demo)",
    trade=text("Latteria ~ Dairy"),
    istat_code="014036",
    street="Via Inventata 12",
    about=text(
        "Formaggi di montagna lavorati a latte crudo, come in una latteria di valle. "
        "Bottega dimostrativa. ~ "
        "Mountain cheeses from raw milk, as in a valley dairy. A demonstration shop."
    ),
    week=week(
        "- | 8:30-12:30 15:30-19 | 8:30-12:30 15:30-19 | 8:30-12:30 | 8:30-12:30 "
        "15:30-19 | 8:30-12:30 15-19 | 9-12:30"
    ),
    vat_number=vat_number(1),
    products=(
        good(
            "Bitto d'alpeggio ~ Alpine Bitto",
            "Pasta dura, dodici mesi di stagionatura, profumo di fieno. ~ "
            "Hard cheese, aged twelve months, smelling of hay.",
            "cheese",
            4,
            "cheese",
            "300 g = 10.50, 330, 24 | 500 g = 16.90, 540, 18 | 1 kg = 32.00, 1060, 9",
        ),
        good(
            "Valtellina Casera giovane ~ Young Valtellina Casera",
            "Semigrasso, settanta giorni: quello dei pizzoccheri. ~ "
            "Half-fat, seventy days old: the one for pizzoccheri.",
            "cheese",
            4,
            "cheese",
            "300 g = 5.40, 330, 40 | 500 g = 8.60, 540, 32 | 1 kg = 16.50, 1060, 15",
        ),
        good(
            "Valtellina Casera stagionato ~ Aged Valtellina Casera",
            "Oltre centottanta giorni, sapore pieno. ~ More than 180 days old, full in taste.",
            "cheese",
            4,
            "cheese",
            "300 g = 6.90, 330, 26 | 500 g = 10.90, 540, 20",
        ),
        good(
            "Scimudin ~ Scimudin soft cheese",
            "Piccola forma morbida dalla crosta sottile. ~ A small soft cheese with a thin rind.",
            "cheese",
            4,
            "cheese",
            "9.80, 620, 14",
            perishable=True,
        ),
        good(
            "Formaggella di capra ~ Goat's milk formaggella",
            "Latte di capra, pasta bianca e compatta. ~ Goat's milk, white and firm.",
            "cheese",
            4,
            "cheese",
            "350 g = 8.20, 380, 16",
            perishable=True,
        ),
        good(
            "Ricotta fresca ~ Fresh ricotta",
            "Fatta al mattino, da mangiare entro tre giorni. ~ "
            "Made in the morning, to be eaten within three days.",
            "cheese",
            4,
            "milk",
            "250 g = 3.20, 280, 18 | 500 g = 5.90, 540, 10",
            perishable=True,
        ),
        good(
            "Mascherpa affumicata ~ Smoked mascherpa",
            "Ricotta d'alpe affumicata al ginepro. ~ Alpine ricotta smoked over juniper.",
            "cheese",
            4,
            "cheese",
            "300 g = 6.40, 330, 12",
        ),
        good(
            "Burro di centrifuga ~ Mountain butter",
            "Da panna fresca, panetto avvolto a mano. ~ From fresh cream, wrapped by hand.",
            "cheese",
            4,
            "butter",
            "250 g = 4.10, 270, 30 | 500 g = 7.80, 530, 14",
            perishable=True,
        ),
        good(
            "Latte fresco intero ~ Fresh whole milk",
            "Bottiglia da un litro, munto in valle. ~ A litre, milked in the valley.",
            "cheese",
            4,
            "milk",
            "1 l = 1.90, 1300, 24",
            perishable=True,
        ),
        good(
            "Yogurt ai mirtilli ~ Blueberry yoghurt",
            "Vasetto di vetro, mirtilli di bosco. ~ In glass, with wild blueberries.",
            "cheese",
            10,
            "milk",
            "150 g = 1.80, 260, 36 | 400 g = 4.10, 620, 18",
            perishable=True,
        ),
    ),
)
