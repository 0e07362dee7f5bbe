"""No Italian page holds a text without translation."""

from __future__ import annotations

import re

from arengo_core.i18n import catalogue
from arengo_core.testing import messages

_PLACEHOLDER = re.compile(r"{\w*}|%\(\w+\)s")
_MEMBER = re.compile(r"\bmembers?\b", re.IGNORECASE)
_OTHER_WORD = re.compile(
    r"\b(ent[ei](?! (finanziator|pubblic|che incassa))|membr[oi])\b", re.IGNORECASE
)


def _texts(host):
    packages = list(messages.PACKAGES)
    packages += [p.package for p in host.registry.plugins if p.package not in packages]
    known = messages.error_classes([messages.folder(package) for package in packages])
    for package in packages:
        for where, message in messages.of_package(package, known):
            yield package, where, message
    for plugin in host.registry.plugins:
        for message in messages.of_contributions(plugin):
            yield plugin.package, "plugin.py", message


def test_every_text_has_an_italian_translation(host):
    missing = {
        f"{package}: {message!r} ({where})"
        for package, where, message in _texts(host)
        if message not in messages.SAME and any(letter.isalpha() for letter in message)
        if not catalogue.has("it", message)
    }
    assert not missing, "\n".join(["", *sorted(missing)])


def test_translations_fill_the_same_placeholders(host):
    faults = []
    for msgid, translated in catalogue._messages["it"].items():
        if set(_PLACEHOLDER.findall(msgid)) != set(_PLACEHOLDER.findall(translated)):
            faults.append(f"{msgid!r} → {translated!r}")
    assert not faults, "\n".join(["", *faults])


def test_a_member_is_called_aderente_throughout(host):
    """Bodies beside members, such as who pays a grant, keep their name."""
    faults = [
        f"{msgid!r} → {translated!r}"
        for msgid, translated in catalogue._messages["it"].items()
        if _MEMBER.search(msgid) and _OTHER_WORD.search(translated)
    ]
    assert not faults, "\n".join(["", *faults])


def test_the_extraction_finds_what_it_should(host):
    """One text of each kind, so that an empty extraction cannot pass for a complete one."""
    found = {(package, message) for package, _, message in _texts(host)}
    assert ("arengo_core", "Sign in first.") in found
    assert ("arengo_core", "Consortium officer") in found
    assert ("arengo_core", "Invite somebody") in found
    assert ("arengo_storefront", "Storefront") in found
    assert len(found) > 300
