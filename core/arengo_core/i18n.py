"""Texts in Italian and English: gettext catalogues read from .po, numbers and dates by Babel."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, dates, numbers
from babel.messages.pofile import read_po

from arengo_core.clock import ROME
from arengo_core.errors import ArengoError
from arengo_core.money import Money

LOCALES = ("it", "en")
_locale: ContextVar[str] = ContextVar("arengo_locale", default="it")
_BABEL = {"it": "it_IT", "en": "en_GB"}


class Catalogue:
    """Messages of every package and plugin; English msgids, the rest by locale."""

    def __init__(self) -> None:
        self._messages: dict[str, dict[str, str]] = {locale: {} for locale in LOCALES}
        self._plurals: dict[str, dict[str, tuple[str, str]]] = {locale: {} for locale in LOCALES}

    def add(self, folder: Path) -> None:
        """Read ``<locale>/LC_MESSAGES/*.po`` of a package. The first translation wins."""
        for locale in LOCALES:
            for path in sorted((folder / locale / "LC_MESSAGES").glob("*.po")):
                with path.open("rb") as source:
                    self._read(locale, read_po(source, locale=locale))

    def _read(self, locale: str, entries: Iterable[Any]) -> None:
        for entry in entries:
            if not entry.id or not entry.string or entry.fuzzy:
                continue
            if isinstance(entry.id, tuple | list):
                self._plurals[locale].setdefault(entry.id[0], tuple(entry.string))
            else:
                self._messages[locale].setdefault(entry.id, entry.string)

    def translate(self, locale: str, message: str, text: str) -> None:
        """Add one translation, unless the message has one."""
        self._messages[locale].setdefault(message, text)

    def gettext(self, message: str) -> str:
        """The message in the present locale; itself where there is no translation."""
        return self._messages[_locale.get()].get(message, message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """The form that fits the number."""
        found = self._plurals[_locale.get()].get(singular)
        if found is not None:
            return found[0] if number == 1 else found[1]
        return singular if number == 1 else plural

    def has(self, locale: str, message: str) -> bool:
        """Whether a locale translates a message."""
        return message in self._messages[locale] or message in self._plurals[locale]


catalogue = Catalogue()


def gettext(message: str, **params: Any) -> str:
    """Translate now, in the locale of the request or job; fills ``{placeholders}``."""
    text = catalogue.gettext(message)
    return text.format(**params) if params else text


def N_(message: str) -> str:  # noqa: N802 - gettext's usual name for "translate later"
    """Mark a message for extraction; it is translated where it is shown."""
    return message


def error_text(error: ArengoError) -> str:
    """An error's message in the present locale, amounts of money as people write them."""
    params = {
        name: format_money(value) if isinstance(value, Money) else value
        for name, value in error.params.items()
    }
    return gettext(error.message, **params)


def set_locale(locale: str) -> None:
    """Choose the locale of what follows in this context; unknown ones become Italian."""
    _locale.set(locale if locale in LOCALES else "it")


def current_locale() -> str:
    """``it`` or ``en``."""
    return _locale.get()


def _babel() -> str:
    return _BABEL[_locale.get()]


def format_money(amount: Money) -> str:
    """An amount as people write it: ``12,50 €``."""
    pattern, locale = _money_pattern(amount.currency, _babel())
    return pattern.apply(amount.decimal, locale)


@lru_cache(maxsize=64)
def _money_pattern(currency: str, locale: str) -> tuple[numbers.NumberPattern, Locale]:
    """The pattern of ``numbers.format_currency`` with the currency's sign and decimals put in.

    Babel looks both up anew for each amount, which takes three times as long as the rest; a page
    may have twenty thousand.
    """
    known = Locale.parse(locale)
    sign = numbers.get_currency_symbol(currency, known).replace("'", "''")
    text = known.currency_formats["standard"].pattern.replace("¤", f"'{sign}'")
    pattern = numbers.parse_pattern(text)
    decimals = numbers.get_currency_precision(currency)
    pattern.frac_prec = (decimals, decimals)
    return pattern, known


def format_number(value: float | Decimal, decimals: int | None = None) -> str:
    """A number with the locale's separators."""
    if decimals is not None:
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return numbers.format_decimal(value, format=pattern, locale=_babel())
    return numbers.format_decimal(value, locale=_babel())


def format_percent(value: float | Decimal, decimals: int = 1) -> str:
    """A ratio (0.25) as per cent."""
    return numbers.format_percent(value, format=f"#,##0.{'#' * decimals}%", locale=_babel())


def format_date(value: date | datetime, style: str = "medium") -> str:
    """A day; instants are shown as the day in Rome."""
    day = value.astimezone(ROME).date() if isinstance(value, datetime) else value
    return dates.format_date(day, format=style, locale=_babel())


def format_datetime(value: datetime, style: str = "short") -> str:
    """An instant as day and time in Rome."""
    return dates.format_datetime(value, format=style, tzinfo=ROME, locale=_babel())


def format_month(value: date) -> str:
    """``novembre 2026``."""
    return dates.format_skeleton("yMMMM", value, locale=_babel())
