"""A manifest becomes a plugin as every other; what is wrong with one is said by its place."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from decimal import Decimal

import pytest

from arengo_core import clock
from arengo_core.caller import OrganizationKind
from arengo_core.errors import ConflictError, InvalidInputError, UnavailableError
from arengo_core.host import Host
from arengo_core.i18n import gettext, set_locale
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.registry import PluginError
from arengo_core.remote import assembly, fetching, keys, manifest, repository, service
from arengo_core.remote.calling import Remote
from arengo_core.testing.fixtures import Visitor
from tests.remote.far_side import manifest as document


def _changed(*path, to):
    made = copy.deepcopy(document())
    part = made
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = to
    return made


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (_changed("protocol", to=2), "protocol: Invalid enum value 2"),
        (_changed("key", to="Permits!"), "key: 2 to 40 lower-case letters"),
        (_changed("version", to="one"), "version: 'one' is no version such as 1.2.0"),
        (_changed("title", to={"en": "Permits"}), "title: Object missing required field `it`"),
        (_changed("title", "it", to="100 %"), "title.it: the characters % { } are not possible"),
        (_changed("colour", to="red"), "manifest: Object contains unknown field `colour`"),
        (_changed("services", 0, "key", to="other"), "services[0].key: 'other' is neither"),
        (_changed("services", 0, "serves", to=["cat"]), "services[0].serves[0]: Invalid enum"),
        (_changed("services", 0, "serves", to=[]), "services[0].serves: is empty"),
        (_changed("services", 0, "meters", 0, "key", to="issued"), "services[0].meters[0].key"),
        (
            _changed("services", 0, "settings", 0, "default", to=True),
            "services[0].settings[0].default: does not fit the type decimal",
        ),
        (
            _changed("services", 0, "settings", 1, "name", to="fee"),
            "services[0].settings[0].name: is there twice",
        ),
        (_changed("providers", 0, "key", to="a b"), "providers[0].key"),
        (_changed("pages", 0, "service", to="none"), "pages[0].service: 'none' is no service"),
        (_changed("pages", 0, "path", to="//evil.example/"), "pages[0].path: a path such as"),
        (_changed("pages", 0, "path", to="/../x"), "pages[0].path: a path such as"),
    ],
)
def test_a_fault_is_named_by_its_place(changed, said):
    with pytest.raises(InvalidInputError) as error:
        manifest.read(json.dumps(changed).encode())
    assert said in str(error.value)


def test_toml_says_the_same_as_json():
    text = """
    protocol = 1
    key = "permits"
    title = {en = "Permits", it = "Permessi"}
    description = {en = "Parking permits.", it = "Permessi di sosta."}
    version = "1.0.0"
    licence = "EUPL-1.2"
    """
    read = manifest.read(text.encode(), toml=True)
    assert (read.key, read.title.it) == ("permits", "Permessi")
    with pytest.raises(InvalidInputError, match="is not TOML"):
        manifest.read(b"a = ", toml=True)
    with pytest.raises(InvalidInputError, match="is not JSON"):
        manifest.read(b"{")


@pytest.mark.parametrize(
    ("changes", "stage", "said"),
    [
        ({"key": "delivery", "services": [], "pages": []}, "manifest", "'delivery' is installed"),
        ({"requires": {"no_such": ">=1"}}, "requirements", "needs plugin 'no_such'"),
        ({"arengo": ">=9"}, "requirements", "needs arengo >=9"),
        (
            {"providers": [{**document()["providers"][0], "kind": "x"}]},
            "providers",
            "has a kind 'x'",
        ),
        (
            {"providers": [{**document()["providers"][0], "key": "valley-courier"}]},
            "arengo_providers",
            "already brought by plugin 'delivery'",
        ),
        ({"providers": [{**document()["providers"][2], "options": {}}]}, "providers", "recipients"),
        (
            {"services": [{**document()["services"][0], "events": ["no.such"]}], "pages": []},
            "events",
            "there is no event 'no.such'; known are: ",
        ),
        (
            {"services": [{**document()["services"][0], "grants": ["no.such:read"]}]},
            "events",
            "asks to read nothing of plugin 'marketplace'; name a data grant of that plugin",
        ),
        (
            {
                "services": [
                    {
                        **document()["services"][0],
                        "grants": ["marketplace.membership:read", "marketplace.no:read"],
                    }
                ]
            },
            "arengo_services",
            "the data grant 'marketplace.no:read', which no plugin declares",
        ),
    ],
)
def test_one_that_does_not_fit_beside_the_others_is_refused(changes, stage, said):
    with pytest.raises(PluginError) as error:
        assembly.with_plugin(load_plugins(), manifest.of(document(**changes)), "https://a.example")
    assert error.value.stage == stage
    assert said in str(error.value)


async def test_it_is_a_plugin_as_every_other(host):
    plugin = host.registry.plugin("permits")
    [found] = plugin.services
    assert found.serves == {OrganizationKind.MUNICIPALITY}
    assert found.settings() == found.settings(fee=Decimal("12.50"), token="")
    assert host.registry.meters()["permits.issued"] == "permits"
    set_locale("it")
    assert gettext(found.title) == "Parking permits (it)"
    assert {key for _, key in host.registry.providers} >= {"far-post", "far-bank", "far-texts"}


async def test_what_was_stored_wrongly_sets_the_plugin_aside_and_the_rest_serves(host):
    async with host.unit_of_work(read_only=True) as uow:
        [row] = await repository.plugins(uow.session)
        uow.session.expunge(row)
    row.manifest = {**row.manifest, "protocol": 3}
    registry = assembly.joined(load_plugins(), [row])
    assert [(error.plugin, error.stage) for error in registry.set_aside] == [
        ("permits", "manifest")
    ]
    assert {plugin.name for plugin in registry.plugins} >= {"delivery", "payments"}


async def test_an_address_that_may_not_be_called_is_refused(settings, database, far_side):
    outside = settings.model_copy(update={"outbound_networks": []})
    careful = Host.create(outside, load_plugins(), database.app)
    with pytest.raises(InvalidInputError):
        await fetching.from_url(careful, far_side.address)
    for url in ("https://10.0.0.1", "https://user@plugin.example", "ftp://plugin.example"):
        with pytest.raises(InvalidInputError):
            await fetching.from_url(careful, url)
    with pytest.raises(UnavailableError):
        await fetching.from_url(careful, "https://localhost.invalid")
    await careful.close()


async def test_the_programs_own_address_is_refused(host):
    with pytest.raises(InvalidInputError, match="own address"):
        await fetching.from_url(host, host.settings.base_url)


async def test_it_is_registered_once_and_refreshed(host, far_side):
    far_side.manifest = document(version="1.1.0")
    read, base_url = await fetching.from_url(host, far_side.address)
    async with host.unit_of_work() as uow:
        with pytest.raises(ConflictError):
            await service.add(uow, host, read, base_url)
        await service.refresh(uow, host, read, base_url)
    async with host.unit_of_work() as uow:
        assert (await service.get(uow, "permits")).manifest["version"] == "1.1.0"


async def test_another_key_signs_and_the_former_stays_published_for_a_day(
    host, far_side, visit, move_clock
):
    remote = Remote(host, "permits", far_side.address)
    assert await remote.answers()
    former = far_side.published["keys"][0]["kid"]
    async with host.unit_of_work() as uow:
        made = await keys.rotate(uow.session, host.cipher)
    host.state.pop("remote.signer")
    visitor: Visitor = await visit()
    far_side.published = (await visitor.get(keys.PATH)).json()
    assert [key["kid"] for key in far_side.published["keys"]] == [made.id, former]
    assert await remote.answers()
    assert f'keyid="{made.id}"' in far_side.calls[-1][1]["signature-input"]
    async with host.unit_of_work() as uow:
        rows = await repository.published_keys(uow.session, made.made_at - keys.OVERLAP)
    assert [row.private is None for row in rows] == [False, True], "the former could still sign"
    move_clock(clock.now() + keys.OVERLAP + timedelta(minutes=1))
    later = (await visitor.get(keys.PATH)).json()
    assert [key["kid"] for key in later["keys"]] == [made.id]
