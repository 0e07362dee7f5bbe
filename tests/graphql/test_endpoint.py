"""The endpoint: what it answers to good and bad requests."""

from __future__ import annotations

import pytest
import strawberry

from arengo_core.api.context import Info
from arengo_core.api.payload import Payload, answers
from arengo_core.caller import Caller, OrganizationKind, Role
from arengo_core.organizations import service as organizations
from arengo_core.plugins.contributions import FieldExtension, GraphqlContribution
from arengo_core.plugins.registry import PluginError, Registry
from arengo_core.testing.fixtures import PASSWORD
from arengo_graphql.assembly import assemble

ME = "{ me { name email roles { role organization { name } } actingFor { name } } }"


async def _place(host, name):
    async with host.unit_of_work(Caller.program()) as uow:
        return await organizations.create(uow, kind=OrganizationKind.MUNICIPALITY, name=name)


async def test_a_script_signs_in_and_asks_with_its_token(host, visit, make_user):
    place = await _place(host, "Caspoggio")
    person = await make_user((place.id, Role.MUNICIPAL_OFFICER), name="Rita Rossi")
    visitor = await visit()
    answer = await visitor.graphql(
        "mutation($e: String!, $p: String!) { signIn(email: $e, password: $p)"
        " { token userErrors { code } } }",
        e=person.email,
        p=PASSWORD,
    )
    token = answer["data"]["signIn"]["token"]
    assert (await visitor.graphql(ME))["data"]["me"] is None
    visitor.http.headers["authorization"] = f"Bearer {token}"
    me = (await visitor.graphql(ME))["data"]["me"]
    assert me["name"] == "Rita Rossi"
    assert me["roles"] == [{"role": "municipal_officer", "organization": {"name": "Caspoggio"}}]
    assert me["actingFor"] == {"name": "Caspoggio"}


async def test_a_wrong_password_is_a_user_error(visit, make_user):
    person = await make_user()
    visitor = await visit()
    answer = await visitor.graphql(
        'mutation($e: String!) { signIn(email: $e, password: "not this one") '
        "{ token userErrors { code message field } } }",
        e=person.email,
    )
    payload = answer["data"]["signIn"]
    assert payload["token"] is None
    assert payload["userErrors"][0]["code"] == "UNAUTHENTICATED"
    assert "errors" not in answer


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "GRAPHQL_INVALID"),
        (b"{}", 400, "GRAPHQL_INVALID"),
        (b'{"query": 3}', 400, "GRAPHQL_INVALID"),
        (b'{"query": "{ nonsense }"}', 200, "GRAPHQL_INVALID"),
        (b'{"query": "{ me {"}', 200, "GRAPHQL_INVALID"),
        (
            b'{"query": "mutation($e: Boolean!) { signOut(everywhere: $e) { done } }",'
            b' "variables": {"e": "perhaps"}}',
            200,
            "GRAPHQL_INVALID",
        ),
        (rb'{"query": "{ me { name } }", "variables": {"a": "\u0000"}}', 400, "GRAPHQL_INVALID"),
    ],
)
async def test_bad_requests_are_answered_in_words(visit, body, status, code):
    visitor = await visit()
    answer = await visitor.http.post(
        "/graphql", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] == code


async def test_a_foreign_form_cannot_ask(visit):
    visitor = await visit()
    answer = await visitor.http.post("/graphql", data={"query": ME})
    assert answer.status_code == 415


async def test_depth_is_limited_introspection_included(visit):
    visitor = await visit()
    nested = "name"
    for _ in range(14):
        nested = f"ofType {{ {nested} }}"
    deep = f"{{ __schema {{ types {{ fields {{ type {{ {nested} }} }} }} }} }}"
    answer = await visitor.graphql(deep)
    assert "deep" in answer["errors"][0]["message"]
    assert answer["data"] is None


PART = " fragment part on Activation { outstandingGrants { key words writes } }"
FOLDED = " ".join(f"fragment f{n} on Me {{ ...f{n + 1} ...f{n + 1} }}" for n in range(14))


def _pages(first):
    return " ".join(
        f"a{n}: activations(first: {first}) {{ nodes {{ ...part }} }}" for n in range(20)
    )


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("{ " + " ".join(f"a{n}: me {{ name }}" for n in range(61)) + " }", "61 aliases: 60 are"),
        ("{ " + "me { name } " * 1_100 + "}", "more than 4000 tokens"),
        ("{ me { ...f0 } } " + FOLDED + " fragment f14 on Me { name }", "than 5000 selections"),
        ("{ " + _pages(100) + " }" + PART, "values: 60000 are possible"),
        ("query($n: Int) { " + _pages("$n") + " }" + PART, "values: 60000 are possible"),
        ("{ " + _pages(5) + " }" + PART, None),
    ],
)
async def test_what_asks_for_too_much_is_refused_before_it_runs(visit, operation, said):
    answer = await (await visit()).graphql(operation)
    if said is None:
        assert answer["data"] is not None, answer
        return
    assert answer["data"] is None
    assert any(said in error["message"] for error in answer["errors"]), answer["errors"]


async def test_graphiql_is_served_from_here(visit):
    visitor = await visit()
    answer = await visitor.get("/graphql")
    assert answer.status_code == 200
    assert "//" not in answer.text.split("<head>")[1].split("</head>")[0].replace("</", "")


@strawberry.type
class _NamePayload(Payload):
    name: str | None = None


async def _rename(info: Info, organization_id, name):
    async with info.context.writing() as uow:
        organization = await organizations.get(uow, organization_id)
        organization.name = name
        if name == "":
            raise organizations.InvalidInputError("A name is needed.", field="name")
    return name


def _registry_with(host, contribution):
    graphql = host.registry.plugin("graphql")
    plugins = [p for p in host.registry.plugins if p.name != "sample"]
    sample = type(graphql)(name="sample", manifest=graphql.manifest, graphql=contribution)
    return Registry([*plugins, sample])


async def test_the_first_of_two_mutations_stays_when_the_second_fails(host, visit, make_user):
    place = await _place(host, "Spriana")
    person = await make_user((place.id, Role.MUNICIPAL_OFFICER))

    @strawberry.type
    class Renaming:
        @strawberry.mutation
        @answers(_NamePayload)
        async def rename(self, info: Info, name: str) -> _NamePayload:
            return _NamePayload(name=await _rename(info, place.id, name))

    before, schemas = host.registry, host.state["schemas"]
    host.registry = _registry_with(host, GraphqlContribution(mutations=(Renaming,)))
    host.state["schemas"] = assemble(host)
    try:
        visitor = await visit(person)
        answer = await visitor.graphql(
            'mutation { a: rename(name: "Spriana Alta") { name userErrors { field } }'
            ' b: rename(name: "") { name userErrors { field } } }'
        )
    finally:
        host.registry, host.state["schemas"] = before, schemas
    assert answer["data"]["a"]["name"] == "Spriana Alta"
    assert answer["data"]["b"]["userErrors"] == [{"field": "name"}]
    async with host.unit_of_work() as uow:
        assert (await organizations.get(uow, place.id)).name == "Spriana Alta"


async def test_a_field_on_anothers_type_and_its_fault(host, visit, make_user):
    place = await _place(host, "Lanzada")
    person = await make_user((place.id, Role.MUNICIPAL_OFFICER))

    async def motto(root: object, info: Info) -> str | None:
        if root.name == "Lanzada":
            raise RuntimeError("broken on purpose")
        return "ok"

    contribution = GraphqlContribution(
        extensions=(FieldExtension("Organization", "motto", motto, "A motto."),)
    )
    before, schemas = host.registry, host.state["schemas"]
    definition = schemas.whole.get_type_by_name("Organization")
    host.registry = _registry_with(host, contribution)
    try:
        host.state["schemas"] = assemble(host)
        visitor = await visit(person)
        answer = await visitor.graphql("{ me { actingFor { name motto } } }")
    finally:
        host.registry, host.state["schemas"] = before, schemas
        definition.fields[:] = [f for f in definition.fields if f.python_name != "motto"]
    assert answer == {"data": {"me": {"actingFor": {"name": "Lanzada", "motto": None}}}}
    async with host.engine.connect() as connection:
        from sqlalchemy import text

        stages = await connection.scalars(
            text("select stage from core.plugin_failure where plugin = 'sample'")
        )
        assert "field Organization.motto" in stages.all()


async def test_two_plugins_with_the_same_root_field_are_told_apart(host):
    @strawberry.type
    class Again:
        @strawberry.field
        def me(self) -> str:
            return "me too"

    before = host.registry
    host.registry = _registry_with(host, GraphqlContribution(queries=(Again,)))
    try:
        assemble(host)
        [error] = [e for e in host.registry.set_aside if e.plugin == "sample"]
    finally:
        host.registry = before
    assert isinstance(error, PluginError)
    assert "'core'" in error.message
