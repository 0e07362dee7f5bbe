"""Soapstone turner: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="soapstone",
    name="Officina del Laveggio (demo)",
    trade=text("Lavorazione della pietra ollare ~ Soapstone turner"),
    istat_code="014019",
    street="Vicolo Senza Nome 9",
    about=text(
        "Pietra ollare tornita a mano: pentole, piastre e piccole cose. Bottega "
        "dimostrativa. ~ "
        "Soapstone turned by hand: pots, griddles and small things. A demonstration "
        "shop."
    ),
    week=week(
        "9-12 14:30-18:30 | 9-12 14:30-18:30 | 9-12 14:30-18:30 | 9-12 14:30-18:30 | "
        "9-12 14:30-18:30 | 9-12:30 | -"
    ),
    vat_number=vat_number(5),
    products=(
        good(
            "Laveggio con coperchio ~ Soapstone pot with lid",
            "La pentola della valle, con cerchi e manici di rame. ~ "
            "The valley's pot, with copper bands and handles.",
            "stone",
            22,
            "pot",
            "2 l = 148.00, 4200, 6 | 4 l = 215.00, 7400, 4",
        ),
        good(
            "Piastra per carne ~ Griddle stone",
            "Cuoce senza grassi e tiene il calore in tavola. ~ "
            "Cooks without fat and stays hot on the table.",
            "stone",
            22,
            "pot",
            "30 cm = 62.00, 4100, 12 | 40 cm = 89.00, 6800, 7",
        ),
        good(
            "Pentolino per fonduta ~ Fondue pot",
            "Con fornelletto e quattro forchette. ~ With burner and four forks.",
            "stone",
            22,
            "pot",
            "96.00, 3600, 5",
        ),
        good(
            "Vaso tornito ~ Turned vase",
            "Grigio verde, lucidato a cera. ~ Grey-green, polished with wax.",
            "stone",
            22,
            "pot",
            "piccolo ~ small = 38.00, 1400, 9 | grande ~ large = 74.00, 3900, 5",
        ),
        good(
            "Portacandela in pietra ~ Stone candle holder",
            "Trattiene il tepore della fiamma. ~ Keeps the warmth of the flame.",
            "stone",
            22,
            "candle",
            "19.50, 780, 20",
        ),
        good(
            "Set per il sale ~ Salt cellar",
            "Ciotola con coperchio e cucchiaino d'osso. ~ A lidded bowl and a bone spoon.",
            "stone",
            22,
            "pot",
            "27.00, 640, 14",
        ),
        good(
            "Ciondolo di serpentino ~ Serpentine pendant",
            "Pietra verde della valle, laccio di cuoio. ~ "
            "Green stone of the valley on a leather cord.",
            "stone",
            22,
            "jewel",
            "34.00, 60, 15",
        ),
        good(
            "Mortaio con pestello ~ Pestle and mortar",
            "Per erbe e spezie, pesante quanto serve. ~ For herbs and spices, as heavy as need be.",
            "stone",
            22,
            "bowl",
            "44.00, 2600, 8",
        ),
        good(
            "Targa incisa ~ Engraved plate",
            "Pietra levigata, il vostro nome inciso a mano: tre settimane. ~ "
            "Smoothed stone, your name cut by hand: three weeks.",
            "stone",
            22,
            "pot",
            "85.00, 2900, 10",
            made_to_order=True,
        ),
    ),
)
