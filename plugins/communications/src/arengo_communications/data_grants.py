"""What services may ask to read or write of a member's messages."""

from __future__ import annotations

from arengo_communications.permissions import ANNOUNCEMENTS, INBOX, MESSAGES
from arengo_core.i18n import N_
from arengo_core.plugins.grants import DataGrant

DATA_GRANTS = (
    DataGrant(
        "communications.messages:read",
        N_("Messages sent in your name, with their recipients"),
        (MESSAGES,),
    ),
    DataGrant("communications.messages:write", N_("Messages sent in your name"), (MESSAGES,)),
    DataGrant("communications.inbox:read", N_("Messages in your inbox"), (INBOX,)),
    DataGrant("communications.inbox:write", N_("Messages in your inbox"), (INBOX,)),
    DataGrant("communications.announcements:read", N_("Your announcements"), (ANNOUNCEMENTS,)),
    DataGrant("communications.announcements:write", N_("Your announcements"), (ANNOUNCEMENTS,)),
    DataGrant(
        "communications.subscribers:read",
        N_("E-mail addresses of those who asked for your announcements"),
    ),
    DataGrant(
        "communications.subscribers:write",
        N_("E-mail addresses of those who asked for your announcements"),
    ),
)
