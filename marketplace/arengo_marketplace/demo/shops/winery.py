"""Wines and spirits: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="winery",
    name="Cantina Terrazzo Ultimo (demo)",
    trade=text("Vini e liquori ~ Wines and spirits"),
    istat_code="014062",
    street="Contrada Esempio 15",
    about=text(
        "Vini dei terrazzamenti e liquori alle erbe. Si vende solo ai maggiorenni. "
        "Bottega dimostrativa. ~ "
        "Wines from the terraces and herb liqueurs. Sold to adults only. A "
        "demonstration shop."
    ),
    week=week("- | - | 15-19 | 15-19 | 10-12:30 15-19 | 10-12:30 15-19 | 10-12:30"),
    vat_number=vat_number(9),
    products=(
        good(
            "Rosso di Valtellina ~ Valtellina red",
            "Nebbiolo delle Alpi, giovane e schietto. ~ Alpine Nebbiolo, young and frank.",
            "wine",
            22,
            "wine",
            "0,75 l ~ 0.75 l = 13.50, 1350, 48 | cassa da 6 ~ case of 6 = 75.00, 8200, 8",
        ),
        good(
            "Valtellina Superiore ~ Valtellina Superiore",
            "Due anni di botte grande. ~ Two years in large casks.",
            "wine",
            22,
            "wine",
            "0,75 l ~ 0.75 l = 19.80, 1350, 36",
        ),
        good(
            "Sforzato ~ Sforzato",
            "Uve appassite in fruttaio, invecchiato venti mesi. ~ "
            "From dried grapes, aged twenty months.",
            "wine",
            22,
            "wine",
            "0,75 l ~ 0.75 l = 38.00, 1400, 18",
        ),
        good(
            "Bianco di montagna ~ Mountain white",
            "Chiavennasca vinificata in bianco. ~ Nebbiolo made as a white wine.",
            "wine",
            22,
            "wine",
            "0,75 l ~ 0.75 l = 15.20, 1350, 24",
        ),
        good(
            "Rosato dei muretti ~ Rosé of the stone walls",
            "Fresco, di fragola e rosa canina. ~ Fresh, of strawberry and dog rose.",
            "wine",
            22,
            "wine",
            "0,75 l ~ 0.75 l = 14.00, 1350, 20",
        ),
        good(
            "Grappa di nebbiolo ~ Nebbiolo grappa",
            "Morbida, di vinacce fresche. ~ Soft, from fresh pomace.",
            "wine",
            22,
            "spirit",
            "0,5 l ~ 0.5 l = 26.00, 1100, 14",
        ),
        good(
            "Genepì ~ Genepì",
            "Infusione di artemisia alpina. ~ An infusion of Alpine wormwood.",
            "wine",
            22,
            "spirit",
            "0,5 l ~ 0.5 l = 24.50, 1100, 16",
        ),
        good(
            "Liquore ai mirtilli ~ Blueberry liqueur",
            "Mirtilli di bosco, poco zucchero. ~ Wild blueberries, little sugar.",
            "wine",
            22,
            "spirit",
            "0,5 l ~ 0.5 l = 21.00, 1100, 15",
        ),
        good(
            "Amaro di genziana ~ Gentian bitter",
            "Radici di genziana, sei mesi di attesa. ~ Gentian roots and six months' wait.",
            "wine",
            22,
            "spirit",
            "0,5 l ~ 0.5 l = 22.50, 1100, 13",
        ),
    ),
)
