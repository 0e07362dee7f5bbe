"""What the demo's town halls announce, and how many days ago."""

from __future__ import annotations

from arengo_communications.announcements.service import Words

ANNOUNCEMENTS: tuple[tuple[int, Words], ...] = (
    (
        81,
        Words(
            "Raccolta del verde: nuovi giorni",
            "Da lunedì il verde si raccoglie il martedì e il venerdì, dalle 7.\n\n"
            "I sacchi si ritirano allo sportello, gratis, negli orari di apertura.",
            "Garden waste: new days",
            "From Monday garden waste is collected on Tuesdays and Fridays, from 7 a.m.\n\n"
            "Bags are free at the counter during opening hours.",
        ),
    ),
    (
        44,
        Words(
            "Strada per l'alpeggio chiusa due giorni",
            "Mercoledì e giovedì la strada è chiusa dalle 8 alle 17 per lavori al ponte.\n\n"
            "Il corriere di valle consegna la mattina dopo.",
            "Road to the alp closed for two days",
            "On Wednesday and Thursday the road is closed from 8 a.m. to 5 p.m. for work on the"
            " bridge.\n\nThe valley's courier delivers the morning after.",
        ),
    ),
    (
        9,
        Words(
            "I pacchi si ritirano anche in municipio",
            "Chi compra nelle botteghe della valle può scegliere il municipio come punto di ritiro."
            "\n\nIl codice arriva per e-mail: basta dirlo allo sportello.",
            "Parcels can be picked up at the town hall",
            "Whoever buys in the valley's shops can choose the town hall as a pick-up point.\n\n"
            "The code comes by mail: just tell it at the counter.",
        ),
    ),
)

DRAFT = Words(
    "Mercato di dicembre: cerchiamo espositori",
    "Il mercato si tiene la seconda domenica di dicembre. Chi vuole esporre scriva entro il mese.",
)

WELCOME: tuple[str, str, str] = (
    "Comunicazioni è attivo",
    "Da oggi gli avvisi ai cittadini partono da qui, e qui arrivano i messaggi del consorzio.",
    "Provi a scrivere un avviso: prima dell'invio vede l'anteprima e il numero dei destinatari.",
)

STATEMENT: tuple[str, str, str] = (
    "Il rendiconto del mese è pronto",
    "Il consorzio ha chiuso il mese: il rendiconto spiega ogni cifra fino al suo documento.",
    "Se qualcosa non torna, scriva all'ufficio del consorzio.",
)
