"""The channel *e-mail*: SMTP through the host's sender."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any
from urllib.parse import quote

import aiosmtplib

from arengo_communications.channels.layout import as_html, as_text
from arengo_communications.contract import MessageRequest, Recipient, SendOutcome, Sent
from arengo_core.caller import Caller
from arengo_core.errors import InvalidInputError, UnavailableError
from arengo_core.host import Host
from arengo_core.i18n import N_, current_locale, set_locale
from arengo_core.mail.address import check_email
from arengo_core.mail.sender import Mail
from arengo_core.organizations import service as organizations

EMAIL = "e-mail"
TITLE = N_("E-mail")
_PERMANENT = 500
_REFUSALS = (
    aiosmtplib.SMTPSenderRefused,
    aiosmtplib.SMTPRecipientRefused,
    aiosmtplib.SMTPDataError,
)
_LOST = (
    aiosmtplib.SMTPReadTimeoutError,
    aiosmtplib.SMTPServerDisconnected,
    TimeoutError,
)


def settle(error: Exception) -> Sent:
    """What an error of the SMTP server means (RFC 5321, 4.2.1).

    5yz at sender, recipient or data is a refusal. A time limit or a lost connection after the
    greeting may have come too late: unknown. All else certainly did not leave and raises
    UnavailableError, to be tried again.
    """
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, _REFUSALS) and error.code >= _PERMANENT:
        return Sent(SendOutcome.REFUSED, reason=f"{error.code} {error.message}")
    if isinstance(error, aiosmtplib.SMTPConnectError | aiosmtplib.SMTPConnectTimeoutError):
        raise UnavailableError("The mail server does not answer.") from error
    if isinstance(error, _LOST):
        return Sent(SendOutcome.UNKNOWN, reason=type(error).__name__)
    raise UnavailableError("The mail server does not answer.") from error


class EmailChannel:
    """Sends by SMTP. The message's id is the Message-ID: a second copy can be told."""

    def __init__(self, host: Host, settings: Mapping[str, Any]) -> None:
        self._host = host
        self._sender_name = str(settings.get("sender_name", ""))
        self._reply_to = str(settings.get("reply_to", ""))

    def reaches(self, recipient: Recipient) -> bool:
        """Whether there is an address."""
        try:
            check_email(recipient.email)
        except InvalidInputError:
            return False
        return True

    async def send(self, key: str, request: MessageRequest) -> Sent:
        """Hand the message to the SMTP server."""
        mail = await self._mail(key, request)
        try:
            return Sent(SendOutcome.SENT, await self._host.mail.send(mail))
        except (aiosmtplib.SMTPException, OSError) as error:
            return settle(error)

    async def _mail(self, key: str, request: MessageRequest) -> Mail:
        async with self._host.unit_of_work(Caller.program(), read_only=True) as uow:
            member = await organizations.get(uow, request.organization_id)
            sender = request.sender or self._sender_name or member.name
            reply_to = request.reply_to or self._reply_to or member.email
        before = current_locale()
        set_locale(request.recipient.locale)
        try:
            text = as_text(request.content, sender, request.unsubscribe_url)
            html = as_html(request.content, sender, request.unsubscribe_url)
        finally:
            set_locale(before)
        domain = parseaddr(self._host.settings.mail_from)[1].partition("@")[2]
        return Mail(
            to=request.recipient.email,
            subject=" ".join(request.content.subject.split()),
            text=text,
            html=html,
            reply_to=reply_to or None,
            unsubscribe_url=request.unsubscribe_url,
            # A colon would end it (RFC 5322, 3.6.4).
            message_id=f"<{quote(key, safe='')}@{domain}>",
            sender_name=sender,
        )
