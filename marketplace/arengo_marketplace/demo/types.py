"""What the demo's shops and goods are made of, and the short notations their tables use."""

from dataclasses import dataclass
from datetime import time

from stdnum import luhn

from arengo_marketplace.register.records import fold

Hours = tuple[tuple[time, time], ...]
"""When a shop is open on one day, in order; empty when it is closed."""


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in the product's two languages."""

    it: str
    en: str


@dataclass(frozen=True, slots=True)
class DemoVariant:
    """One size or kind of a product."""

    name: Text | None
    """None where the product comes in one kind only."""
    price_cents: int
    """Of one piece, VAT included, in euro cents."""
    weight_grams: int
    """Packed for the courier."""
    stock: int


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """Something that a demo shop sells."""

    name: Text
    about: Text
    category: str
    """A key of `catalogue.CATEGORIES`."""
    vat_percent: int
    """4, 5, 10 or 22: D.P.R. 633/1972, table A, parts II, II-bis and III; else ordinary."""
    picture: str
    """A kind that `pictures.draw` knows; the slug is the seed."""
    variants: tuple[DemoVariant, ...]
    perishable: bool = False
    """Goes off quickly: no withdrawal (art. 59(1)(d) Codice del consumo)."""
    made_to_order: bool = False
    """Made for the buyer: no withdrawal (art. 59(1)(c) Codice del consumo)."""

    @property
    def slug(self) -> str:
        """The Italian name as it stands in an address."""
        return slug(self.name.it)


@dataclass(frozen=True, slots=True)
class DemoShop:
    """An invented shop in a real town."""

    key: str
    name: str
    """Ends in `(demo)`."""
    trade: Text
    istat_code: str
    street: str
    about: Text
    week: tuple[Hours, ...]
    """Seven days from Monday."""
    vat_number: str
    """Checks out, and is evidently nobody's: see `vat_number`."""
    products: tuple[DemoProduct, ...]


def slug(text: str) -> str:
    """Return the text in lower case letters, digits and hyphens."""
    return "-".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


def text(both: str) -> Text:
    """Read `Italian ~ English`, or one text that serves both."""
    it, _, en = both.partition(" ~ ")
    return Text(it, en or it)


def variants(table: str) -> tuple[DemoVariant, ...]:
    """Read `name = price, grams, stock | ...`; a single kind leaves out its name."""
    rows: list[DemoVariant] = []
    for row in table.split("|"):
        name, _, figures = row.rpartition("=")
        price, weight, stock = (figure.strip() for figure in figures.split(","))
        euros, cents = price.split(".")
        rows.append(
            DemoVariant(
                text(name.strip()) if name else None,
                int(euros) * 100 + int(cents),
                int(weight),
                int(stock),
            )
        )
    return tuple(rows)


def good(
    name: str,
    about: str,
    category: str,
    vat_percent: int,
    picture: str,
    kinds: str,
    *,
    perishable: bool = False,
    made_to_order: bool = False,
) -> DemoProduct:
    """Return a product from the short notations of `text` and `variants`."""
    return DemoProduct(
        text(name),
        text(about),
        category,
        vat_percent,
        picture,
        variants(kinds),
        perishable,
        made_to_order,
    )


def week(table: str) -> tuple[Hours, ...]:
    """Read seven days parted by `|`, each `8:30-12:30 15-19` or `-` when closed."""
    return tuple(
        ()
        if day.strip() == "-"
        else tuple((clock(span.split("-")[0]), clock(span.split("-")[1])) for span in day.split())
        for day in table.split("|")
    )


def clock(text: str) -> time:
    """Read `8` or `8:30`."""
    hour, _, minute = text.partition(":")
    return time(int(hour), int(minute or 0))


def vat_number(serial: int) -> str:
    """Return a VAT number that passes the check and cannot be a shop's.

    Seven digits of serial from 1, the office code 999, which is no province's, and the check
    digit (D.M. 23 December 1976).
    """
    number = f"{serial:07}999"
    return number + luhn.calc_check_digit(number)
