"""What hinders a plugin's start names both sides, the file, the hook and the mend."""

from __future__ import annotations

import pytest
import strawberry

from arengo_core.caller import OrganizationKind
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.plugins.contributions import (
    FieldExtension,
    GraphqlContribution,
)
from arengo_core.plugins.grants import DataGrant
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.manifest import Service
from arengo_core.web.app import create_app
from tests.core.places import plugin_module


def _module(key, **hooks):
    module = plugin_module(key, **hooks)
    module.__file__ = f"/site/arengo_{key}/plugin.py"
    return module


def _service(key, *rests_on):
    kinds = frozenset({OrganizationKind.MERCHANT})
    return Service(key, key, key, kinds, rests_on=rests_on)


def _asking(*grants):
    kinds = frozenset({OrganizationKind.MERCHANT})
    return Service("wrong", "wrong", "wrong", kinds, grants=grants)


def _hook(name, arguments=""):
    space = {}
    exec(f"def {name}({arguments}):\n    return []\n", space)
    return hookimpl(space[name])


async def _work(*_):
    return None


def _working(**words):
    return [Job("wrong.job", _work, **words)]


def _misspelt():
    module = _module("wrong")
    module.arengo_servces = _hook("arengo_servces")
    return [module]


def _wrong_arguments():
    module = _module("wrong")
    module.arengo_services = _hook("arengo_services", "organization")
    return [module]


KINDS = {
    "unknown hook": (_misspelt, ["arengo_servces", "did you mean arengo_services?"]),
    "wrong arguments": (
        _wrong_arguments,
        ["arengo_services", "organization", "define it with the arguments of its spec"],
    ),
    "wrong answer": (
        lambda: [_module("wrong", jobs=[3])],
        ["arengo_jobs", "answers 3", "hooks.md has an example"],
    ),
    "duplicate service": (
        lambda: [
            _module("right", services=[_service("same")]),
            _module("wrong", services=[_service("same")]),
        ],
        ["arengo_services", "'same'", "plugin 'right'", "rename one"],
    ),
    "duplicate job": (
        lambda: [
            _module("right", jobs=[Job("same.job", _work)]),
            _module("wrong", jobs=[Job("same.job", _work)]),
        ],
        ["arengo_jobs", "'same.job'", "plugin 'right'", "rename one"],
    ),
    "a job of a service that is not there": (
        lambda: [_module("wrong", jobs=_working(service="moonbase"))],
        ["arengo_jobs", "'wrong.job'", "'moonbase'", "use one of: "],
    ),
    "a job of a service of a plugin that it does not require": (
        lambda: [_module("wrong", jobs=_working(service="storefront"))],
        ["arengo_jobs", "'storefront', a service of neither it nor what it requires"],
    ),
    "a job that finishes the work of no service": (
        lambda: [_module("wrong", jobs=_working(finishes=True))],
        ["arengo_jobs", "finishes the work of no service", "name the service"],
    ),
    "a job of a service without a member": (
        lambda: [
            _module(
                "wrong", services=[_service("wrong")], jobs=_working(service="wrong", member="")
            )
        ],
        ["arengo_jobs", "does not say where its member is", "name the payload's key"],
    ),
    "a job of a service by the clock": (
        lambda: [
            _module(
                "wrong",
                services=[_service("wrong")],
                schedules=[Schedule(_working(service="wrong")[0], "0 * * * *")],
            )
        ],
        ["arengo_jobs", "the clock, which names no member", "or say that it finishes"],
    ),
    "services in a circle": (
        lambda: [
            _module("right", services=[_service("right", "wrong")]),
            _module("wrong", services=[_service("wrong", "right")]),
        ],
        [
            "arengo_services",
            "wrong of plugin 'wrong' → right of plugin 'right' → wrong of plugin 'wrong'",
            "take one of them out of rests_on",
        ],
    ),
    "a service that rests on itself": (
        lambda: [_module("wrong", services=[_service("wrong", "wrong")])],
        ["arengo_services", "in a circle", "out of rests_on"],
    ),
    "a data grant that nobody declares": (
        lambda: [_module("wrong", services=[_asking("storefront.order:read")])],
        ["arengo_services", "'storefront.order:read'", "did you mean 'storefront.orders:read'?"],
    ),
    "one of a plugin that is not here": (
        lambda: [_module("wrong", manifest={"grants": ("moonbase.rocks:read",)})],
        ["arengo_manifest", "'moonbase.rocks:read'", "use one of: ", "core.own_data:read"],
    ),
    "a data grant of another's data": (
        lambda: [_module("wrong", data_grants=[DataGrant("storefront.secrets:read", "x")])],
        ["arengo_data_grants", "'storefront.secrets:read'", "'wrong.<data>:read'"],
    ),
    "a data grant that neither reads nor writes": (
        lambda: [_module("wrong", data_grants=[DataGrant("wrong.stones", "x")])],
        ["arengo_data_grants", "'wrong.stones'", "'wrong.<data>:write'"],
    ),
    "bad manifest": (
        lambda: [_module("wrong", manifest={"arengo": "newest"})],
        ["arengo_manifest", "'newest' is not a version range", "PEP 440"],
    ),
    "version out of range": (
        lambda: [_module("wrong", manifest={"requires": {"storefront": ">=99"}})],
        ["needs storefront >=99, here is", "install versions that fit", "arengo_manifest"],
    ),
    "what it requires is not there": (
        lambda: [_module("wrong", manifest={"requires": {"moonbase": ">=1"}})],
        ["needs plugin 'moonbase'", "name it under uses"],
    ),
}


def _load(*modules):
    names = [module.__name__.removesuffix("_made_by_a_test") for module in modules]
    return load_plugins(
        extra=[
            (name.removeprefix("arengo_"), module)
            for name, module in zip(names, modules, strict=True)
        ]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_names_file_hook_and_mend(kind):
    make, said = KINDS[kind]
    registry = _load(*make())
    [error] = [error for error in registry.set_aside if error.plugin == "wrong"]
    text = str(error)
    for words in ("plugin 'wrong'", "/site/arengo_wrong/plugin.py", *said):
        assert words in text, text
    assert "wrong" not in registry.services
    others = {plugin.name for plugin in registry.plugins}
    assert {"storefront", "payments"} < others


def test_what_a_plugin_asks_of_one_that_is_not_here_is_left_out():
    manifest = {"uses": {"moonbase": ">=1"}, "grants": ("moonbase.rocks:read",)}
    services = [_asking("core.own_data:read")]
    registry = _load(_module("wrong", manifest=manifest, services=services))
    assert not registry.set_aside
    assert [grant.key for grant in registry.asked_by("wrong")] == ["core.own_data:read"]


def test_permissions_that_grants_bring():
    registry = _load()
    both = {"storefront.orders:read", "payments.money:write", "gone.for:good"}
    shop, town = OrganizationKind.MERCHANT, OrganizationKind.MUNICIPALITY
    assert registry.permissions_by(both, shop, writing=False) == {
        "storefront.orders",
        "payments.refunds",
        "payments.till",
    }
    assert registry.permissions_by(both, shop, writing=True) == {
        "payments.refunds",
        "payments.till",
    }
    assert registry.permissions_by(both, town, writing=False) == set(), "no town has these"


@strawberry.type
class _Mine:
    @strawberry.field
    def same_words(self) -> str:
        return "mine"


@strawberry.type
class _Theirs:
    @strawberry.field
    def same_words(self) -> str:
        return "theirs"


async def _greeting(root: object) -> str:
    return "hello"


@pytest.mark.parametrize("root", ["Query", "Mutation"])
def test_a_field_on_a_root_type_is_refused_where_it_would_be_without_effect(host_with, root):
    extension = FieldExtension(root, "hello", _greeting, "x")
    host = host_with(
        ("wrong", _module("wrong", graphql=GraphqlContribution(extensions=(extension,))))
    )
    create_app(host)
    [error] = host.registry.set_aside
    assert f"{root} is no type to extend; bring a root type" in str(error)


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        (
            GraphqlContribution(queries=(_Mine,)),
            GraphqlContribution(queries=(_Theirs,)),
            "Query.same_words is already defined by plugin 'right'; rename one of the two",
        ),
        (
            GraphqlContribution(
                extensions=(FieldExtension("Organization", "hail", _greeting, "x"),)
            ),
            GraphqlContribution(
                extensions=(FieldExtension("Organization", "hail", _greeting, "x"),)
            ),
            "Organization.hail is already defined by 'right'; rename one of the two",
        ),
    ],
)
def test_a_clash_in_the_schema_names_both_and_the_first_serves(host_with, mine, theirs, said):
    host = host_with(
        ("right", _module("right", graphql=mine)), ("wrong", _module("wrong", graphql=theirs))
    )
    create_app(host)
    [error] = host.registry.set_aside
    for words in ("plugin 'wrong'", "arengo_graphql", "/site/arengo_wrong/plugin.py", said):
        assert words in str(error)
    assert host.registry.plugin("right")
