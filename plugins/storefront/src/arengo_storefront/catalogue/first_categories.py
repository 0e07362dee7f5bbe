"""The categories that a market begins with; its office changes them afterwards."""

from __future__ import annotations

FIRST_CATEGORIES: tuple[tuple[tuple[str, str], tuple[tuple[str, str], ...]], ...] = (
    (
        ("Alimentari", "Food"),
        (
            ("Formaggi e latticini", "Cheese and dairy"),
            ("Pane", "Bread"),
            ("Farine e pasta", "Flour and pasta"),
            ("Carni e salumi", "Meat and cured meats"),
            ("Miele", "Honey"),
            ("Frutta, verdura e uova", "Fruit, vegetables and eggs"),
            ("Confetture e conserve", "Jams and preserves"),
            ("Dolci", "Cakes and biscuits"),
        ),
    ),
    (
        ("Bevande", "Drinks"),
        (
            ("Vini, birre e liquori", "Wines, beers and spirits"),
            ("Erbe e tisane", "Herbs and teas"),
        ),
    ),
    (
        ("Artigianato", "Crafts"),
        (
            ("Pietra ollare", "Soapstone"),
            ("Legno", "Wood"),
            ("Lana e tessuti", "Wool and weaving"),
            ("Giochi", "Toys"),
        ),
    ),
    (
        ("Casa e persona", "Home and care"),
        (
            ("Casa", "Home"),
            ("Cura della persona", "Body care"),
            ("Fiori e piante", "Flowers and plants"),
        ),
    ),
    (
        ("Cultura e tempo libero", "Books and leisure"),
        (("Libri e carte", "Books and maps"), ("Sport", "Sport")),
    ),
)
"""Italian and English names: each top category with its branches."""
