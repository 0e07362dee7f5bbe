"""Grants and the public budget: routes and root fields, each with who may call it."""

from __future__ import annotations

from tests.enumeration.case import anybody, consortium

_TERMS = {"firstMonth": "month", "lastMonth": "month", "kinds": "kind", "per": "per"}

ROUTES = {
    "GET /budget/{slug}": anybody(slug="market"),
    "GET /budget/{slug}/csv": anybody(slug="market"),
    "GET /budget/{slug}/json": anybody(slug="market"),
    "POST /office/budget": consortium(data={"publishes": "yes"}),
    "GET /office/funding": consortium(),
    "GET /office/funding/csv": consortium(),
    "GET /office/funding/new": consortium(),
    "GET /office/funding/{funding_id}": consortium(funding_id="funding"),
    "GET /office/funding/{funding_id}/change": consortium(funding_id="funding"),
    "POST /office/funding/new": consortium(),
    "POST /office/funding/{funding_id}/change": consortium(funding_id="funding"),
    "POST /office/funding/{funding_id}/end": consortium(funding_id="funding"),
    "POST /office/funding/{funding_id}/report": consortium(funding_id="funding"),
    "POST /office/funding/{funding_id}/up": consortium(funding_id="funding"),
}

FIELDS = {
    "Query.publicBudget": anybody(consortiumId="consortium", year="year"),
    "Mutation.publishBudget": consortium(consortiumId="consortium"),
    "Query.fundings": consortium(consortiumId="consortium"),
    "Query.funding": consortium(id="funding"),
    "Query.fundingUses": consortium(id="funding"),
    "Mutation.createFunding": consortium(consortiumId="consortium", **_TERMS),
    "Mutation.changeFunding": consortium(id="funding", **_TERMS),
    "Mutation.endFunding": consortium(id="funding"),
    "Mutation.reportFunding": consortium(id="funding"),
    "Mutation.reorderFundings": consortium(consortiumId="consortium", fundingIds="funding"),
}
