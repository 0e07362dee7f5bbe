"""The same through GraphQL alone, and what it refuses."""

from __future__ import annotations

import re

import pytest

from arengo_communications.contract import Recipient
from arengo_core.api.scalars import global_id
from arengo_core.ids import new_id


def org(member) -> str:
    """A member's Relay id."""
    return global_id("Organization", member.id)


@pytest.fixture
def api(visit):
    """Ask as a person; the data, without GraphQL errors."""

    async def ask(person, query, **variables):
        answer = await (await visit(person)).graphql(query, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    return ask


SUBSCRIBE = """mutation($m: ID!, $e: String!) {
  subscribeToAnnouncements(municipalityId: $m, email: $e, locale: "it") {
    done userErrors { code field } } }"""


async def test_from_the_subscription_to_leaving(valley, api, mailbox, run_jobs):
    email = f"{new_id().hex}@citizen.example"
    wrong = await api(None, SUBSCRIBE, m=org(valley.town), e="nobody")
    assert wrong["subscribeToAnnouncements"]["userErrors"] == [
        {"code": "INVALID", "field": "email"}
    ]
    closed = await api(None, SUBSCRIBE, m=org(valley.other_town), e=email)
    assert closed["subscribeToAnnouncements"]["userErrors"][0]["code"] == "NOT_ACTIVE"
    await api(None, SUBSCRIBE, m=org(valley.town), e=email)
    await run_jobs()
    [token] = re.findall(r"/subscriptions/(\S+)", mailbox.to(email)[0]["text"])
    confirm = (
        "mutation($t: String!) { confirmSubscription(token: $t) { done userErrors { code } } }"
    )
    assert (await api(None, confirm, t="x"))["confirmSubscription"]["done"] is False
    assert (await api(None, confirm, t=token))["confirmSubscription"]["done"] is True

    save = """mutation($m: ID!, $i: ID, $b: String!) {
      saveAnnouncement(municipalityId: $m, id: $i, subjectIt: "Neve", bodyIt: $b) {
        announcement { id state bodyIt } userErrors { code field } } }"""
    refused = await api(valley.clerk, save, m=org(valley.town), b="Molta.")
    assert refused["saveAnnouncement"]["userErrors"][0]["code"] == "FORBIDDEN"
    officer = valley.town.person
    draft = (await api(officer, save, m=org(valley.town), b="Molta."))["saveAnnouncement"]
    made = draft["announcement"]["id"]
    changed = await api(officer, save, m=org(valley.town), i=made, b="Moltissima.")
    assert changed["saveAnnouncement"]["announcement"]["bodyIt"] == "Moltissima."
    counted = await api(
        officer, "query($m: ID!) { subscriberCount(municipalityId: $m) }", m=org(valley.town)
    )
    assert counted == {"subscriberCount": 1}
    send = """mutation($m: ID!, $i: ID!) { sendAnnouncement(municipalityId: $m, id: $i) {
      announcement { recipients } userErrors { code } } }"""
    sent = await api(officer, send, m=org(valley.town), i=made)
    assert sent["sendAnnouncement"]["announcement"] == {"recipients": 1}
    twice = await api(officer, send, m=org(valley.town), i=made)
    assert twice["sendAnnouncement"]["userErrors"] == [{"code": "CONFLICT"}]
    await run_jobs()
    public = await api(
        None,
        """query($m: ID!) { publishedAnnouncements(municipalityId: $m) {
             nodes { subjectIt bodyIt } } }""",
        m=org(valley.town),
    )
    assert public["publishedAnnouncements"]["nodes"] == [
        {"subjectIt": "Neve", "bodyIt": "Moltissima."}
    ]
    listed = await api(
        officer,
        """query($m: ID!, $i: ID!) { announcements(municipalityId: $m) { nodes { state } }
             announcement(municipalityId: $m, id: $i) { recipients } }""",
        m=org(valley.town),
        i=made,
    )
    assert listed["announcements"]["nodes"] == [{"state": "sent"}]
    discard = """mutation($m: ID!, $i: ID!) { discardAnnouncement(municipalityId: $m, id: $i) {
      userErrors { code } } }"""
    late = await api(officer, discard, m=org(valley.town), i=made)
    assert late["discardAnnouncement"]["userErrors"] == [{"code": "CONFLICT"}]
    link = mailbox.to(email)[-1]["unsubscribe"].strip("<>").rsplit("/", 1)[1]
    left = await api(None, "mutation($t: String!) { unsubscribe(token: $t) { done } }", t=link)
    assert left["unsubscribe"]["done"] is True


async def test_an_inbox_is_read_by_its_own_people(valley, send, a_message, api, visit, run_jobs):
    to = Recipient("Comune", "", "it", organization_id=valley.town.id)
    for _ in range(3):
        await send(a_message(valley.shop.id, recipient=to))
    await run_jobs()
    query = """query($o: ID!, $a: String) { inbox(organizationId: $o, first: 2, after: $a) {
      nodes { id subject readAt facts { label value } } pageInfo { hasNextPage endCursor } }
      unreadCount(organizationId: $o) }"""
    first = await api(valley.clerk, query, o=org(valley.town))
    assert first["unreadCount"] == 3
    assert len(first["inbox"]["nodes"]) == 2
    assert first["inbox"]["nodes"][0]["facts"] == [{"label": "Ordine", "value": "A-17"}]
    rest = await api(
        valley.clerk,
        query,
        o=org(valley.town),
        a=first["inbox"]["pageInfo"]["endCursor"],
    )
    assert len(rest["inbox"]["nodes"]) == 1
    assert rest["inbox"]["pageInfo"]["hasNextPage"] is False
    item = rest["inbox"]["nodes"][0]["id"]
    mark = """mutation($o: ID!, $i: ID!) { markInboxItem(organizationId: $o, id: $i, read: true) {
      item { readAt } userErrors { code } } }"""
    refused = await api(valley.shop.person, mark, o=org(valley.town), i=item)
    assert refused["markInboxItem"]["userErrors"] == [{"code": "FORBIDDEN"}]
    marked = await api(valley.clerk, mark, o=org(valley.town), i=item)
    assert marked["markInboxItem"]["item"]["readAt"] is not None
    one = await api(
        valley.clerk,
        "query($o: ID!, $i: ID!) { inboxItem(organizationId: $o, id: $i) { paragraphs } }",
        o=org(valley.town),
        i=item,
    )
    assert len(one["inboxItem"]["paragraphs"]) == 2
    stranger = await visit(valley.shop.person)
    answer = await stranger.graphql(query, o=org(valley.town))
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_the_log_shows_how_it_went(valley, send, a_message, api, visit, run_jobs):
    message_id = await send(a_message(valley.shop.id))
    await run_jobs()
    query = """query($o: ID!) { messages(organizationId: $o) {
      nodes { topic recipient dispatches { channel state } } } }"""
    log = await api(valley.shop.person, query, o=org(valley.shop))
    [node] = log["messages"]["nodes"]
    assert node["dispatches"] == [{"channel": "e-mail", "state": "sent"}]
    assert "•••@" in node["recipient"]
    again = await api(
        valley.shop.person,
        """mutation($o: ID!, $m: ID!) { sendMessageAgain(organizationId: $o, messageId: $m) {
             done userErrors { code } } }""",
        o=org(valley.shop),
        m=global_id("Message", message_id),
    )
    assert again["sendMessageAgain"]["userErrors"] == [{"code": "CONFLICT"}]
    stranger = await visit(valley.town.person)
    answer = await stranger.graphql(query, o=org(valley.shop))
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
