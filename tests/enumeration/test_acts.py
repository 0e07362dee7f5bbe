"""The log names every act in words."""

from __future__ import annotations

import ast
import re

from arengo_core.audit.wording import act_in_words, details_in_words
from arengo_core.i18n import set_locale
from arengo_core.testing import messages

_KEY = re.compile(r"[a-z_]+\.[a-z_]+")
STATES = {
    "pledge.": ("kept", "withdrawn", "expired"),
    "activation.": ("requested", "approved", "active", "suspended", "ended", "settings_changed"),
    "consent.": ("given", "asked", "withdrawn"),
    "vote.": ("passed", "rejected", "no_quorum"),
    "join.": ("requested", "admitted", "declined"),
}


def _noted(tree):
    """Keys in calls of ``audit``, whichever branch of a condition they stand in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and messages._name(node.func) in {"audit", "_audit", "_note"}:
            for argument in node.args:
                for part in ast.walk(argument):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def test_every_act_has_a_name(host):
    packages = list(messages.PACKAGES)
    packages += [p.package for p in host.registry.plugins if p.package not in packages]
    found = {
        text
        for package in packages
        for path in messages.folder(package).rglob("*.py")
        for text in _noted(ast.parse(path.read_text()))
    }
    keys = {text for text in found if _KEY.fullmatch(text)}
    for prefix, states in STATES.items():
        assert prefix in found, "the state follows in an f-string"
        keys |= {f"{prefix}{state}" for state in states}
    assert len(keys) > 50
    assert sorted(keys - host.registry.acts().keys()) == []
    assert sorted(host.registry.acts().keys() - keys) == [], "nobody notes these"


def test_figures_are_written_as_people_write_them(host):
    set_locale("it")
    details = {
        "month": "2026-10-01",
        "paid_on": "2026-11-16",
        "amount": 1085,
        "service": "payments",
        "offer": "01a211ec-0d5b-7707-9ce4-3485f70f3b45",
        "reverses": None,
        "price_plan": {"charges": []},
    }
    words = details_in_words(host.registry, details).replace("\xa0", " ")
    assert words == "ottobre 2026, 16 nov 2026, 10,85 €, Pagamenti con carta"
    assert act_in_words(host.registry, "settlement.closed") == "Mese liquidato"
