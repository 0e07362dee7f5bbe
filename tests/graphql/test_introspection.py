"""The schema can be read by tools, and by nobody so often that it hurts."""

from __future__ import annotations

from graphql import get_introspection_query


async def test_the_introspection_query_of_tools_is_answered(visit):
    query = get_introspection_query(input_value_deprecation=True, directive_is_repeatable=True)
    answer = await (await visit()).graphql(query)
    assert "errors" not in answer
    assert answer["data"]["__schema"]["queryType"]["name"] == "Query"


async def test_introspection_that_nests_without_end_is_refused(visit):
    query = "{ __schema { types { " + "fields { type { " * 10 + "name " + "} } " * 10 + "} } }"
    answer = await (await visit()).graphql(query)
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_INVALID"
    assert "nests 23 deep: 15 is possible" in answer["errors"][0]["message"]


async def test_data_beside_introspection_keeps_the_limit_of_data(visit):
    deep = "fields { type { " * 6 + "name " + "} } " * 6
    answer = await (await visit()).graphql("{ me { name } __schema { types { " + deep + "} } }")
    assert "12 is possible" in answer["errors"][0]["message"]
