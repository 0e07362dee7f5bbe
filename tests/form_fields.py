"""What a browser sends of a form on a page."""

from __future__ import annotations

from html.parser import HTMLParser


class _Fields(HTMLParser):
    """What a browser would send of a page's largest form."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name") or self._within
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and self.forms:
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self.forms[-1][name] = given.get("value") or ""
        elif tag in {"textarea", "select"}:
            self._within = name
        elif tag == "option" and ("selected" in given or name not in self.forms[-1]):
            self.forms[-1][name] = given["value"] or ""

    def handle_data(self, data):
        if self.lasttag == "textarea" and self._within:
            self.forms[-1][self._within] = data.removeprefix("\n")

    def handle_endtag(self, tag):
        if tag in {"textarea", "select"}:
            self._within = ""


def sent_of(text: str) -> dict[str, str]:
    """The fields of a page's largest form, as a browser would send them untouched."""
    return max(_Fields(text).forms, key=len)
