"""Core: its routes and root fields, each with who may call it."""

from __future__ import annotations

from tests.enumeration.case import anybody, consortium, merchant, municipality, person, secret

ROUTES = {
    "GET /accessibility": anybody(),
    "GET /account": person(),
    "GET /feedback": anybody(),
    "GET /health/live": anybody(),
    "GET /health/ready": anybody(),
    "GET /invitations/{token}": secret(token="invitation_secret"),
    "GET /licences": anybody(),
    "GET /metrics": anybody(),
    "GET /office/held": consortium(),
    "GET /office/log": municipality(),
    "GET /office/log/csv": municipality(),
    "GET /office/organization": municipality(),
    "GET /office/people": municipality(),
    "GET /office/webhooks": merchant(),
    "GET /office/webhooks/{number}": merchant(number="webhook"),
    "GET /office/permissions": municipality(),
    "GET /office/permissions/{key}": municipality(shared=True, key="permission"),
    "GET /password": anybody(),
    "GET /password/{token}": anybody(token="nonsense"),
    "GET /privacy": anybody(),
    "GET /account/second-step": person(),
    "GET /sign-in": anybody(),
    "GET /sign-in/code": anybody(),
    "GET /static/{path}": anybody(path="static"),
    "GET /unknown-host": anybody(missing=True),
    "POST /account/acting": person(data={"organization": "@dairy"}),
    "POST /account/sessions/end-others": person(),
    "POST /account/sessions/{session_id}/end": merchant(session_id="session"),
    "POST /account/tokens": person(data={"organization_ids": "@dairy", "days": "30"}),
    "POST /account/tokens/{token_id}/revoke": merchant(token_id="api_token"),
    "POST /feedback": anybody(),
    "POST /invitations/{token}": secret(token="invitation_secret"),
    "POST /office/held/{number}/discard": consortium(number="held", shared=True),
    "POST /office/held/{number}/replay": consortium(number="held", shared=True),
    "POST /office/organization": municipality(),
    "POST /office/people": municipality(),
    "POST /office/permissions/{key}/roles": municipality(
        shared=True, key="permission", data={"role": "clerk", "may": "1"}
    ),
    "POST /office/permissions/{key}/delegations": municipality(
        shared=True, key="permission", data={"delegate_id": "@consortium", "until": "@tomorrow"}
    ),
    "POST /office/permissions/{key}/delegations/{delegation_id}/revoke": municipality(
        key="permission", delegation_id="delegation"
    ),
    "POST /office/people/{user_id}/remove": merchant(user_id="person", data={"role": "merchant"}),
    "POST /office/webhook-deliveries/{number}/resend": merchant(number="webhook_delivery"),
    "POST /office/webhooks": merchant(
        data={"url": "https://example.it/hook", "events": "marketplace.activation_changed"}
    ),
    "POST /office/webhooks/{number}": merchant(
        number="webhook",
        data={"url": "https://example.it/hook", "events": "marketplace.activation_changed"},
    ),
    "POST /office/webhooks/{number}/on": merchant(number="webhook"),
    "POST /office/webhooks/{number}/remove": merchant(number="webhook"),
    "POST /office/webhooks/{number}/secret": merchant(number="webhook"),
    "POST /password": anybody(),
    "POST /password/{token}": anybody(token="nonsense"),
    "POST /account/second-step/begin": person(),
    "POST /account/second-step/confirm": person(),
    "POST /account/second-step/end": person(),
    "POST /sign-in": anybody(),
    "POST /sign-in/code": anybody(),
    "POST /sign-out": anybody(),
}

FIELDS = {
    "Query.me": person(),
    "Query.deadLetters": consortium(),
    "Query.apiTokens": person(),
    "Query.sessions": person(),
    "Query.secondStep": person(),
    "Query.people": merchant(organizationId="dairy"),
    "Query.invitations": merchant(organizationId="dairy"),
    "Query.permissions": merchant(organizationId="dairy"),
    "Query.log": merchant(organizationId="dairy"),
    "Query.webhooks": merchant(organizationId="dairy"),
    "Query.webhookEvents": merchant(organizationId="dairy"),
    "Query.webhookDeliveries": merchant(webhookId="webhook"),
    "Mutation.createWebhook": merchant(organizationId="dairy", url="hook_url", events="hook_event"),
    "Mutation.updateWebhook": merchant(webhookId="webhook", url="hook_url", events="hook_event"),
    "Mutation.rotateWebhookSecret": merchant(webhookId="webhook"),
    "Mutation.switchWebhookOn": merchant(webhookId="webhook"),
    "Mutation.removeWebhook": merchant(webhookId="webhook"),
    "Mutation.resendWebhookDelivery": merchant(deliveryId="webhook_delivery"),
    "Mutation.replayDeadLetter": consortium(id="held", shared=True),
    "Mutation.discardDeadLetter": consortium(id="held", shared=True),
    "Mutation.setRolePermission": municipality(
        organizationId="lead", permission="permission", role="clerk"
    ),
    "Mutation.delegatePermission": municipality(
        organizationId="lead", permission="permission", delegateId="consortium", until="tomorrow"
    ),
    "Mutation.revokeDelegation": municipality(organizationId="lead", delegationId="delegation"),
    "Mutation.signIn": anybody(unknown=True),
    "Mutation.signOut": person(),
    "Mutation.signInWithCode": anybody(unknown=True),
    "Mutation.beginSecondStep": person(),
    "Mutation.confirmSecondStep": person(),
    "Mutation.endSecondStep": person(),
    "Mutation.endSession": merchant(sessionId="session"),
    "Mutation.endOtherSessions": person(),
    "Mutation.actFor": merchant(organizationId="dairy"),
    "Mutation.createApiToken": merchant(organizationIds="dairy"),
    "Mutation.revokeApiToken": merchant(tokenId="api_token"),
    "Mutation.invitePerson": merchant(organizationId="dairy", email="email", role="clerk"),
    "Mutation.acceptInvitation": secret(token="invitation_secret"),
    "Mutation.requestPasswordReset": anybody(),
    "Mutation.resetPassword": anybody(unknown=True),
    "Mutation.removeRole": merchant(organizationId="dairy", userId="person", role="merchant_role"),
    "Mutation.updateOrganization": merchant(organizationId="dairy"),
    "Mutation.sendFeedback": anybody(consortiumId="consortium"),
}
