"""Bookshop: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="bookshop",
    name="Libreria Pagina Duemila (demo)",
    trade=text("Libreria ~ Bookshop"),
    istat_code="014019",
    street="Vicolo Senza Nome 2",
    about=text(
        "Libri di montagna, carte dei sentieri e storie per bambini. Titoli "
        "inventati. Bottega dimostrativa. ~ "
        "Mountain books, trail maps and children's stories. Titles are invented. A "
        "demonstration shop."
    ),
    week=week(
        "- | 9:30-12:30 15:30-19 | 9:30-12:30 15:30-19 | 9:30-12:30 15:30-19 | "
        "9:30-12:30 15:30-19 | 9:30-12:30 15-19 | -"
    ),
    vat_number=vat_number(11),
    products=(
        good(
            "Quaranta sentieri facili ~ Forty easy paths",
            "Guida con schizzi e tempi di cammino. ~ A guide with sketches and walking times.",
            "books",
            4,
            "book",
            "18.00, 340, 22",
        ),
        good(
            "Carta dei sentieri 1:25.000 ~ Trail map 1:25,000",
            "Impermeabile, con curve di livello. ~ Waterproof, with contour lines.",
            "books",
            4,
            "book",
            "12.00, 90, 40",
        ),
        good(
            "Fiori sopra i duemila ~ Flowers above two thousand",
            "Centoventi specie disegnate a mano. ~ A hundred and twenty species, drawn by hand.",
            "books",
            4,
            "book",
            "24.00, 520, 15",
        ),
        good(
            "Le parole del dialetto ~ Words of the dialect",
            "Dizionarietto di valle. ~ A small dictionary of the valley.",
            "books",
            4,
            "book",
            "16.00, 310, 18",
        ),
        good(
            "La marmotta che non dormiva ~ The marmot that would not sleep",
            "Da tre a sei anni, illustrato. ~ For ages three to six, illustrated.",
            "books",
            4,
            "book",
            "14.50, 380, 24",
        ),
        good(
            "Il tornio e la pietra ~ The lathe and the stone",
            "Storia della pietra ollare. ~ A history of soapstone.",
            "books",
            4,
            "book",
            "22.00, 480, 12",
        ),
        good(
            "Cucina di grano saraceno ~ Buckwheat cooking",
            "Sessanta ricette, dalla taragna alle torte. ~ Sixty recipes, from polenta to cakes.",
            "books",
            4,
            "book",
            "19.50, 560, 20",
        ),
        good(
            "Ghiacci che restano ~ The ice that stays",
            "Fotografie di un ghiacciaio, anno per anno. ~ Photographs of a glacier, year by year.",
            "books",
            4,
            "book",
            "32.00, 980, 9",
        ),
        good(
            "Quaderno del rifugio ~ Mountain hut notebook",
            "Carta riciclata, copertina di tela. ~ Recycled paper, cloth cover.",
            "home",
            22,
            "book",
            "11.00, 260, 30",
        ),
    ),
)
