"""What a service reads and writes of a member's is said before the member switches it on."""

from __future__ import annotations

from arengo_core.host import Host
from arengo_core.plugins.manifest import Service
from arengo_core.plugins.registry import Plugin


def test_a_service_says_what_it_reads_and_writes(service: Service, host: Host) -> None:
    asked = {grant.key for grant in host.registry.asked_by(service.key)}
    assert asked, f"the service {service.key} names no grants"
    if service.meters:
        assert "marketplace.usage:write" in asked, f"{service.key} has meters and does not say so"


def test_grants_are_in_the_members_words(subject: Plugin) -> None:
    bare = [grant.key for grant in subject.data_grants if not grant.title.strip()]
    assert not bare, f"without words: {bare}"
