"""Woodturner: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="woodturner",
    name="Truciolo Paziente (demo)",
    trade=text("Falegname e tornitore ~ Woodturner"),
    istat_code="014013",
    street="Via dei Nomi Inventati 21",
    about=text(
        "Cirmolo, larice e noce diventano ciotole, taglieri e giochi. Bottega "
        "dimostrativa. ~ "
        "Swiss pine, larch and walnut become bowls, boards and toys. A demonstration "
        "shop."
    ),
    week=week(
        "9-12 14:30-18:30 | 9-12 14:30-18:30 | 9-12 14:30-18:30 | 9-12 14:30-18:30 | "
        "9-12 14:30-18:30 | 9-12:30 | -"
    ),
    vat_number=vat_number(6),
    products=(
        good(
            "Ciotola di noce ~ Walnut bowl",
            "Tornita da un pezzo solo, olio di lino. ~ Turned from one piece, linseed oil.",
            "wood",
            22,
            "bowl",
            "18 cm = 36.00, 520, 11 | 26 cm = 58.00, 980, 7",
        ),
        good(
            "Ciotola di cirmolo ~ Swiss pine bowl",
            "Profuma la stanza per anni. ~ Scents the room for years.",
            "wood",
            22,
            "bowl",
            "20 cm = 32.00, 430, 13",
        ),
        good(
            "Tagliere per polenta ~ Polenta board",
            "Rotondo, con filo per tagliare. ~ Round, with a string to cut.",
            "wood",
            22,
            "board",
            "30 cm = 34.00, 1300, 15 | 38 cm = 46.00, 1900, 8",
        ),
        good(
            "Tagliere da salumi ~ Board for cured meats",
            "Acero, con impugnatura. ~ Maple, with a handle.",
            "wood",
            22,
            "board",
            "29.00, 900, 18",
        ),
        good(
            "Cucchiai da cucina ~ Kitchen spoons",
            "Tre misure, legno di ciliegio. ~ Three sizes, cherry wood.",
            "wood",
            22,
            "bowl",
            "16.50, 180, 30",
        ),
        good(
            "Mucca con le ruote ~ Cow on wheels",
            "Legno non trattato, da tirare. ~ Untreated wood, to be pulled along.",
            "toys",
            22,
            "toy",
            "28.00, 620, 12",
        ),
        good(
            "Animali della valle ~ Animals of the valley",
            "Stambecco, marmotta, aquila, volpe. ~ Ibex, marmot, eagle, fox.",
            "toys",
            22,
            "toy",
            "42.00, 700, 9",
        ),
        good(
            "Cuscino di trucioli di cirmolo ~ Swiss pine pillow",
            "Fodera di cotone, trucioli dell'officina. ~ Cotton cover, shavings from the workshop.",
            "wood",
            22,
            "pillow",
            "26.00, 480, 14",
        ),
        good(
            "Lanterna da balcone ~ Balcony lantern",
            "Larice e vetro, per una candela. ~ Larch and glass, for one candle.",
            "wood",
            22,
            "lantern",
            "48.00, 1600, 6",
        ),
        good(
            "Panca su misura ~ Bench to measure",
            "Larice massiccio, lunghezza a scelta: sei settimane. ~ "
            "Solid larch, any length: six weeks.",
            "wood",
            22,
            "bench",
            "390.00, 22000, 3",
            made_to_order=True,
        ),
    ),
)
