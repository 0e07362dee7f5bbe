"""Plugin communications: its routes and root fields, each with who may call it."""

from __future__ import annotations

from tests.enumeration.case import anybody, merchant, municipality, secret

ROUTES = {
    "GET /desk/inbox": merchant(),
    "GET /desk/inbox/{item_id}": merchant(item_id="inbox_item"),
    "GET /desk/messages": merchant(),
    "GET /office/announcements": municipality(),
    "GET /office/announcements/new": municipality(),
    "GET /office/announcements/{announcement_id}": municipality(announcement_id="announcement"),
    "GET /office/announcements/{announcement_id}/edit": municipality(
        announcement_id="announcement"
    ),
    "GET /office/inbox": municipality(),
    "GET /office/inbox/{item_id}": municipality(item_id="town_inbox_item"),
    "GET /office/messages": municipality(),
    "GET /subscriptions/{token}": secret(token="subscription_secret"),
    "GET /towns/{slug}/announcements": anybody(slug="lead_slug"),
    "GET /unsubscribe/{token}": secret(token="unsubscribe_secret"),
    "POST /desk/inbox/{item_id}/mark": merchant(item_id="inbox_item"),
    "POST /desk/messages/{message_id}/again": merchant(message_id="message"),
    "POST /office/announcements": municipality(),
    "POST /office/announcements/{announcement_id}": municipality(
        announcement_id="announcement", data={"subject_it": "Acqua", "body_it": "Domani."}
    ),
    "POST /office/announcements/{announcement_id}/discard": municipality(
        announcement_id="announcement"
    ),
    "POST /office/announcements/{announcement_id}/send": municipality(
        announcement_id="announcement"
    ),
    "POST /office/inbox/{item_id}/mark": municipality(item_id="town_inbox_item"),
    "POST /office/messages/{message_id}/again": municipality(message_id="town_message"),
    "POST /subscriptions/{token}": secret(token="subscription_secret"),
    "POST /towns/{slug}/announcements": anybody(slug="lead_slug"),
    "POST /unsubscribe/{token}": secret(token="unsubscribe_secret"),
}

FIELDS = {
    "Query.messages": merchant(organizationId="dairy"),
    "Query.inbox": merchant(organizationId="dairy"),
    "Query.inboxItem": merchant(organizationId="dairy", id="inbox_item"),
    "Query.unreadCount": merchant(organizationId="dairy"),
    "Query.announcements": municipality(municipalityId="lead"),
    "Query.announcement": municipality(municipalityId="lead", id="announcement"),
    "Query.subscriberCount": municipality(municipalityId="lead"),
    "Query.publishedAnnouncements": anybody(municipalityId="lead"),
    "Mutation.sendMessageAgain": merchant(organizationId="dairy", messageId="message"),
    "Mutation.markInboxItem": merchant(organizationId="dairy", id="inbox_item"),
    "Mutation.subscribeToAnnouncements": anybody(municipalityId="lead"),
    "Mutation.confirmSubscription": secret(token="subscription_secret"),
    "Mutation.unsubscribe": secret(token="unsubscribe_secret"),
    "Mutation.saveAnnouncement": municipality(municipalityId="lead", id="announcement"),
    "Mutation.sendAnnouncement": municipality(municipalityId="lead", id="announcement"),
    "Mutation.discardAnnouncement": municipality(municipalityId="lead", id="announcement"),
}
