"""What the log calls the acts noted here."""

from __future__ import annotations

from arengo_core.i18n import N_
from arengo_core.plugins.contributions import Act

ACTS = [
    Act("announcement.saved", N_("Announcement saved")),
    Act("announcement.discarded", N_("Announcement discarded")),
    Act("announcement.sent", N_("Announcement sent")),
    Act("message.sent_again", N_("Message sent again")),
]
