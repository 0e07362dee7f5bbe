"""Core: its routes and root fields, each with who may call it."""

from __future__ import annotations

from tests.enumeration.case import anybody, merchant, municipality, person, secret

ROUTES = {
    "GET /accessibility": anybody(),
    "GET /account": person(),
    "GET /feedback": anybody(),
    "GET /health/live": anybody(),
    "GET /health/ready": anybody(),
    "GET /invitations/{token}": secret(token="invitation_secret"),
    "GET /licences": anybody(),
    "GET /metrics": anybody(),
    "GET /office/log": municipality(),
    "GET /office/log/csv": municipality(),
    "GET /office/organization": municipality(),
    "GET /office/people": municipality(),
    "GET /password": anybody(),
    "GET /password/{token}": anybody(token="nonsense"),
    "GET /privacy": anybody(),
    "GET /sign-in": anybody(),
    "GET /static/{path}": anybody(path="static"),
    "GET /unknown-host": anybody(missing=True),
    "POST /account/acting": person(data={"organization": "@dairy"}),
    "POST /account/tokens": person(data={"organization_ids": "@dairy", "days": "30"}),
    "POST /account/tokens/{token_id}/revoke": merchant(token_id="api_token"),
    "POST /feedback": anybody(),
    "POST /invitations/{token}": secret(token="invitation_secret"),
    "POST /office/organization": municipality(),
    "POST /office/people": municipality(),
    "POST /office/people/{user_id}/remove": merchant(user_id="person", data={"role": "merchant"}),
    "POST /password": anybody(),
    "POST /password/{token}": anybody(token="nonsense"),
    "POST /sign-in": anybody(),
    "POST /sign-out": anybody(),
}

FIELDS = {
    "Query.me": person(),
    "Query.apiTokens": person(),
    "Query.people": merchant(organizationId="dairy"),
    "Query.invitations": merchant(organizationId="dairy"),
    "Query.log": merchant(organizationId="dairy"),
    "Mutation.signIn": anybody(unknown=True),
    "Mutation.signOut": person(),
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
