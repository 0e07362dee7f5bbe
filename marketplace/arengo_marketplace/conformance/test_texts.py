"""What a person may read is there in each language."""

from __future__ import annotations

from arengo_core.i18n import LOCALES, catalogue
from arengo_core.plugins.registry import Plugin
from arengo_core.testing import messages

_SOURCE = "en"


def test_every_text_has_its_translations(subject: Plugin) -> None:
    known = messages.error_classes(
        [messages.folder("arengo_core"), messages.folder(subject.package)]
    )
    texts = {text for _, text in messages.of_package(subject.package, known)}
    texts.update(messages.of_contributions(subject))
    missing = sorted(
        f"{locale}: {text!r}"
        for locale in LOCALES
        if locale != _SOURCE
        for text in texts
        if any(letter.isalpha() for letter in text)
        and text not in messages.SAME
        and not catalogue.has(locale, text)
    )
    assert not missing, "without translation: " + "; ".join(missing)
