"""How a message looks in a mail program: plain text, and HTML by one MJML template."""

from __future__ import annotations

from pathlib import Path

import css_inline
import mjml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from arengo_communications.contract import Content
from arengo_core.i18n import current_locale, gettext

_TEMPLATES = Path(__file__).parent.parent / "templates"
_environment = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)


def as_text(content: Content, sender: str, unsubscribe_url: str | None) -> str:
    """The message as plain text."""
    parts = list(content.paragraphs)
    if content.facts:
        parts.append("\n".join(f"{label}: {value}" for label, value in content.facts))
    if content.action:
        parts.append(f"{content.action[0]}:\n{content.action[1]}")
    if content.footer:
        parts.append(content.footer)
    closing = f"-- \n{sender}"
    if unsubscribe_url:
        closing += f"\n{gettext('Unsubscribe')}: {unsubscribe_url}"
    return "\n\n".join([*parts, closing]) + "\n"


def as_html(content: Content, sender: str, unsubscribe_url: str | None) -> str:
    """The message as HTML with inline styles; loads nothing from anywhere."""
    source = _environment.get_template("communications/mail.mjml").render(
        content=content,
        sender=sender,
        unsubscribe_url=unsubscribe_url,
        unsubscribe=gettext("Unsubscribe"),
        locale=current_locale(),
    )
    return _inliner.inline(mjml.mjml2html(source, disable_comments=True, fonts={}))
