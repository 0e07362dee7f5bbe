"""The manifest is whole, and names are the plugin's own."""

from __future__ import annotations

import re

from packaging.version import Version

from arengo_core.host import Host
from arengo_core.plugins.registry import Plugin
from arengo_marketplace.conformance.kit import jobs_of

_KEY = re.compile(r"[a-z][a-z0-9_]*")


def test_manifest_is_whole(subject: Plugin) -> None:
    manifest = subject.manifest
    assert _KEY.fullmatch(manifest.key), "the key is lower-case letters, digits and _"
    assert manifest.title, "the title is empty"
    assert manifest.description, "the description is empty"
    assert manifest.licence, "the manifest names no licence"
    Version(manifest.version)


def test_services_and_meters_carry_its_name(subject: Plugin) -> None:
    for service in subject.services:
        own = service.key == subject.name or service.key.startswith(f"{subject.name}.")
        assert own, f"the service {service.key} does not begin with {subject.name}"
        assert service.serves, f"the service {service.key} serves nobody"
        for meter in service.meters:
            assert "." in meter.key, f"the meter {meter.key} is not named service.meter"


def test_services_rest_on_services_that_exist(subject: Plugin, host: Host) -> None:
    for service in subject.services:
        missing = [key for key in service.rests_on if key not in host.registry.services]
        assert not missing, f"{service.key} rests on {missing}, which no installed plugin brings"


def test_jobs_and_handlers_carry_its_name(subject: Plugin) -> None:
    names = [job.name for job in jobs_of(subject)]
    names += [handler.key for handler in subject.event_handlers]
    strange = [name for name in names if not name.startswith(f"{subject.name}.")]
    assert not strange, f"these do not begin with {subject.name}.: {strange}"


def test_tables_live_in_a_schema_of_its_own(subject: Plugin, host: Host) -> None:
    if subject.migrations is None:
        return
    others = [p for p in host.registry.plugins if p is not subject and p.migrations is not None]
    shared = [p.name for p in others if p.migrations and p.migrations.schema == _schema(subject)]
    assert not shared, f"the schema {_schema(subject)} is also that of {shared}"
    strange = {table.schema for table in subject.migrations.metadata.tables.values()}
    assert strange <= {_schema(subject)}, f"tables lie in {strange}"


def _schema(plugin: Plugin) -> str:
    assert plugin.migrations is not None
    return plugin.migrations.schema
