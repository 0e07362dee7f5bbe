"""One SMTP sender for core's own mails and for the e-mail channel."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from arengo_core import clock


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along with a message."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to one address."""

    to: str
    subject: str
    text: str
    html: str | None = None
    reply_to: str | None = None
    unsubscribe_url: str | None = None
    message_id: str | None = None
    sender_name: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class MailSender:
    """Sends through the server named by ``ARENGO_SMTP_URL``."""

    smtp_url: str
    mail_from: str
    time_limit: float = 15.0

    def _sender(self, name: str | None) -> str:
        return formataddr((name, parseaddr(self.mail_from)[1])) if name else self.mail_from

    async def send(self, mail: Mail) -> str:
        """Hand a message to the server; returns its Message-ID. Raises aiosmtplib's errors."""
        message = EmailMessage()
        message["From"] = self._sender(mail.sender_name)
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = formatdate(clock.now().timestamp())
        message["Message-ID"] = mail.message_id or make_msgid(domain="arengo.example")
        if mail.reply_to:
            message["Reply-To"] = mail.reply_to
        if mail.unsubscribe_url:
            message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(mail.text)
        if mail.html:
            message.add_alternative(mail.html, subtype="html")
        for one in mail.attachments:
            kind, _, subtype = one.content_type.partition("/")
            message.add_attachment(one.content, kind, subtype, filename=one.name)
        parts = urlsplit(self.smtp_url)
        await aiosmtplib.send(
            message,
            hostname=parts.hostname or "127.0.0.1",
            port=parts.port or 25,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=parts.scheme == "smtps",
            start_tls=parts.scheme == "smtp+starttls",
            timeout=self.time_limit,
        )
        return str(message["Message-ID"])
