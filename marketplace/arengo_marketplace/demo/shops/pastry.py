"""Pastry shop: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="pastry",
    name="Zucchero di Quota (demo)",
    trade=text("Pasticceria ~ Pastry shop"),
    istat_code="014019",
    street="Piazza Immaginaria 15",
    about=text(
        "Dolci di valle e torte su ordinazione. Bottega dimostrativa. ~ "
        "Sweets of the valley and cakes to order. A demonstration shop."
    ),
    week=week(
        "- | 7:30-12:30 15-19 | 7:30-12:30 15-19 | 7:30-12:30 15-19 | 7:30-12:30 "
        "15-19 | 7:30-19 | 7:30-13"
    ),
    vat_number=vat_number(14),
    products=(
        good(
            "Bisciola ~ Bisciola fruit loaf",
            "Fichi, noci e uvetta: il pane dolce delle feste. ~ "
            "Figs, walnuts and raisins: the festive sweet bread.",
            "sweets",
            10,
            "bread",
            "400 g = 9.80, 440, 24 | 800 g = 18.50, 860, 12",
        ),
        good(
            "Torta di grano saraceno ~ Buckwheat cake",
            "Con confettura di mirtilli rossi. ~ With cranberry jam.",
            "sweets",
            10,
            "cake",
            "6 porzioni ~ serves 6 = 17.00, 850, 6 | 10 porzioni ~ serves 10 = 26.00, 1300, 4",
            perishable=True,
        ),
        good(
            "Cupeta ~ Cupeta honey wafer",
            "Miele e noci fra due ostie. ~ Honey and walnuts between two wafers.",
            "sweets",
            10,
            "biscuits",
            "150 g = 6.40, 180, 20",
        ),
        good(
            "Frollini al grano saraceno ~ Buckwheat shortbread",
            "Burro di montagna, poco zucchero. ~ Mountain butter, little sugar.",
            "sweets",
            10,
            "biscuits",
            "200 g = 5.20, 240, 34 | 400 g = 9.60, 450, 16",
        ),
        good(
            "Biscotti al miele ~ Honey biscuits",
            "Morbidi dentro, con miele di castagno. ~ Soft inside, with chestnut honey.",
            "sweets",
            10,
            "biscuits",
            "200 g = 5.40, 240, 28",
        ),
        good(
            "Meringhe di panna ~ Cream meringues",
            "Leggere, da mangiare presto. ~ Light, to be eaten soon.",
            "sweets",
            10,
            "cake",
            "6 pezzi ~ 6 pieces = 8.40, 260, 10",
            perishable=True,
        ),
        good(
            "Torta di compleanno ~ Birthday cake",
            "Gusto e dedica a scelta: due giorni. ~ Flavour and words of your choice: two days.",
            "sweets",
            10,
            "cake",
            "8 porzioni ~ serves 8 = 34.00, 1500, 6 | 14 porzioni ~ serves 14 = 54.00, 2500, 4",
            perishable=True,
            made_to_order=True,
        ),
        good(
            "Panettone di montagna ~ Mountain panettone",
            "Lievito madre, albicocca e nocciola. ~ Sourdough, apricot and hazelnut.",
            "sweets",
            10,
            "cake",
            "750 g = 28.00, 950, 20",
        ),
        good(
            "Ciambella alle mele ~ Apple ring cake",
            "Mele della valle, cannella. ~ Apples of the valley and cinnamon.",
            "sweets",
            10,
            "cake",
            "14.50, 800, 8",
            perishable=True,
        ),
    ),
)
