"""Greengrocer: invented, for the demo."""

from arengo_marketplace.demo.types import DemoShop, good, text, vat_number, week

SHOP = DemoShop(
    key="garden",
    name="Orto delle Sette Lune (demo)",
    trade=text("Frutta, verdura e conserve ~ Greengrocer"),
    istat_code="014036",
    street="Via Inventata 3",
    about=text(
        "Quello che l'orto e il bosco danno, fresco o in vaso. Bottega dimostrativa. "
        "~ What garden and wood give, fresh or in a jar. A demonstration shop."
    ),
    week=week(
        "- | 8:30-12:30 15:30-19 | 8:30-12:30 15:30-19 | 8:30-12:30 | 8:30-12:30 "
        "15:30-19 | 8:30-12:30 15-19 | 9-12:30"
    ),
    vat_number=vat_number(15),
    products=(
        good(
            "Mele di Valtellina ~ Valtellina apples",
            "Croccanti, raccolte a settembre. ~ Crisp, picked in September.",
            "produce",
            4,
            "apple",
            "1 kg = 2.90, 1050, 50 | cassetta 5 kg ~ 5 kg crate = 12.50, 5400, 12",
            perishable=True,
        ),
        good(
            "Mele renette ~ Russet apples",
            "Asprigne, per torte e frittelle. ~ Sharp, for cakes and fritters.",
            "produce",
            4,
            "apple",
            "1 kg = 3.20, 1050, 26",
            perishable=True,
        ),
        good(
            "Patate di montagna ~ Mountain potatoes",
            "Pasta bianca, ottime per gnocchi. ~ White, very good for gnocchi.",
            "produce",
            4,
            "potatoes",
            "2 kg = 4.40, 2100, 30",
        ),
        good(
            "Funghi porcini secchi ~ Dried ceps",
            "Fette grandi, prima scelta. ~ Large slices, first choice.",
            "produce",
            4,
            "mushrooms",
            "40 g = 9.50, 70, 28 | 100 g = 21.00, 140, 14",
        ),
        good(
            "Funghi porcini freschi ~ Fresh ceps",
            "Quando il bosco li dà. ~ When the wood gives them.",
            "produce",
            4,
            "mushrooms",
            "500 g = 14.00, 560, 6",
            perishable=True,
        ),
        good(
            "Mele essiccate ~ Dried apples",
            "Rondelle, senza zucchero. ~ Rings, without sugar.",
            "produce",
            4,
            "apple",
            "100 g = 4.60, 130, 24",
        ),
        good(
            "Confettura di mirtilli ~ Blueberry jam",
            "Settanta per cento di frutta. ~ Seventy per cent fruit.",
            "preserves",
            10,
            "jam",
            "220 g = 5.80, 400, 34 | 340 g = 8.20, 560, 20",
        ),
        good(
            "Confettura di mirtilli rossi ~ Lingonberry jam",
            "Asprigna, per selvaggina e dolci. ~ Sharp, for game and cakes.",
            "preserves",
            10,
            "jam",
            "220 g = 6.20, 400, 26",
        ),
        good(
            "Confettura di rosa canina ~ Rose hip jam",
            "Passata due volte al setaccio. ~ Twice through the sieve.",
            "preserves",
            10,
            "jam",
            "220 g = 6.60, 400, 18",
        ),
        good(
            "Gelatina di mele ~ Apple jelly",
            "Limpida, dorata. ~ Clear and golden.",
            "preserves",
            10,
            "jam",
            "220 g = 5.40, 400, 22",
        ),
        good(
            "Aceto di mele ~ Apple vinegar",
            "Non filtrato, un anno in botte. ~ Unfiltered, a year in the cask.",
            "preserves",
            10,
            "spirit",
            "0,5 l ~ 0.5 l = 5.90, 980, 24",
        ),
        good(
            "Uova di galline al pascolo ~ Free-range eggs",
            "Raccolte il giorno stesso. ~ Collected the same day.",
            "produce",
            10,
            "eggs",
            "6 = 2.60, 420, 30 | 12 = 5.00, 820, 15",
            perishable=True,
        ),
    ),
)
