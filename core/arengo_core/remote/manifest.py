"""What a remote plugin says of itself: a JSON or TOML document, protocol 1."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from packaging.version import InvalidVersion, Version

from arengo_core.errors import InvalidInputError

WELL_KNOWN = "/.well-known/arengo-plugin.json"
LONGEST = 200_000

_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
_DOTTED = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
_PATH = re.compile(r"/[A-Za-z0-9._~/-]*")
# Templates and messages fill these in: in a stranger's text they would be faults.
_FILLED = re.compile(r"[%{}]")


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Text(_Part, frozen=True):
    """A text for people, in both languages."""

    en: str
    it: str


class RemoteSetting(_Part, frozen=True):
    """A field of a service's settings; ``default`` of its own type, none: it is required."""

    name: str
    label: Text
    type: Literal["text", "boolean", "integer", "decimal"] = "text"
    help: Text | None = None
    default: str | bool | int | None = None
    secret: bool = False
    choices: dict[str, Text] | None = None
    pattern: str | None = None


class RemoteMeter(_Part, frozen=True):
    """A counter that the plugin reports."""

    key: str
    title: Text
    unit: Text


class RemoteService(_Part, frozen=True):
    """A service with its settings and meters, and the events that it wants to be told of.

    ``grants`` are keys of data grants: what it reads and writes of a member's.
    """

    key: str
    title: Text
    description: Text
    serves: list[Literal["municipality", "merchant"]]
    settings: list[RemoteSetting] = []
    meters: list[RemoteMeter] = []
    rests_on: list[str] = []
    grants: list[str] = []
    events: list[str] = []
    icon: str = "it-settings"


class RemoteProvider(_Part, frozen=True):
    """An implementation of another plugin's contract: ``kind`` carrier, gateway, channel."""

    kind: str
    key: str
    title: Text
    options: dict[str, str] = {}


class RemotePage(_Part, frozen=True):
    """A page of the plugin's own that members see in a frame of ours."""

    key: str
    service: str
    title: Text
    path: str
    face: Literal["office", "desk"] = "office"


class RemoteManifest(_Part, frozen=True):
    """The document; see ``docs/reference/remote-protocol.md``."""

    protocol: Literal[1]
    key: str
    title: Text
    description: Text
    version: str
    licence: str
    arengo: str = ">=0.1,<2"
    author: str = ""
    base_url: str = ""
    requires: dict[str, str] = {}
    uses: dict[str, str] = {}
    services: list[RemoteService] = []
    providers: list[RemoteProvider] = []
    pages: list[RemotePage] = []

    def texts(self) -> Iterator[tuple[str, Text]]:
        """Each text with its place in the document."""
        yield from _texts(self, "")


def _texts(part: Any, place: str) -> Iterator[tuple[str, Text]]:
    if isinstance(part, Text):
        yield place, part
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            yield from _texts(getattr(part, name), f"{place}.{name}" if place else name)
    elif isinstance(part, list):
        for number, item in enumerate(part):
            yield from _texts(item, f"{place}[{number}]")
    elif isinstance(part, dict):
        for name, item in part.items():
            yield from _texts(item, f"{place}.{name}")


def _wrong(place: str, fault: str) -> InvalidInputError:
    return InvalidInputError("{place}: {fault}", field="manifest", place=place, fault=fault)


def read(content: bytes, *, toml: bool = False) -> RemoteManifest:
    """A manifest from its text. InvalidInputError names the place, the fault and the mend."""
    if len(content) > LONGEST:
        raise _wrong("manifest", f"is longer than {LONGEST} bytes")
    try:
        document = tomllib.loads(content.decode()) if toml else msgspec.json.decode(content)
    except (ValueError, msgspec.DecodeError) as error:
        kind = "TOML" if toml else "JSON"
        raise _wrong("manifest", f"is not {kind}: {error}") from None
    return of(document)


def of(document: Any) -> RemoteManifest:
    """A manifest from its decoded content; errors as those of :func:`read`."""
    try:
        manifest = msgspec.convert(document, RemoteManifest)
    except msgspec.ValidationError as error:
        fault, _, place = str(error).partition(" - at `")
        raise _wrong(place.rstrip("`").removeprefix("$.") or "manifest", fault) from None
    for place, fault in _faults(manifest):
        raise _wrong(place, fault)
    return manifest


def _faults(manifest: RemoteManifest) -> Iterator[tuple[str, str]]:
    """What the types do not say, each with its place."""
    if not _KEY.fullmatch(manifest.key):
        yield "key", "2 to 40 lower-case letters, digits and _ are expected, a letter first"
    try:
        Version(manifest.version)
    except InvalidVersion:
        yield "version", f"{manifest.version!r} is no version such as 1.2.0"
    if not manifest.licence:
        yield "licence", "is empty: name the plugin's licence (SPDX)"
    for place, text in manifest.texts():
        for language, said in (("en", text.en), ("it", text.it)):
            if not said.strip():
                yield f"{place}.{language}", "is empty"
            if len(said) > 1_000:
                yield f"{place}.{language}", "at most 1000 characters are possible"
            if _FILLED.search(said):
                yield f"{place}.{language}", "the characters % { } are not possible in texts"
    yield from _faults_of_services(manifest)
    yield from _faults_of_pages(manifest)
    for number, provider in enumerate(manifest.providers):
        if not _SLUG.fullmatch(provider.key):
            yield f"providers[{number}].key", "lower-case letters, digits and - are expected"


def _faults_of_services(manifest: RemoteManifest) -> Iterator[tuple[str, str]]:
    for number, service in enumerate(manifest.services):
        place = f"services[{number}]"
        own = service.key == manifest.key or (
            service.key.startswith(f"{manifest.key}.") and _DOTTED.fullmatch(service.key)
        )
        if not own:
            yield f"{place}.key", f"{service.key!r} is neither {manifest.key!r} nor begins with it"
        if not service.serves:
            yield f"{place}.serves", "is empty: name municipality, merchant or both"
        for at, meter in enumerate(service.meters):
            if not (meter.key.startswith(f"{manifest.key}.") and _DOTTED.fullmatch(meter.key)):
                expected = f"{manifest.key}.counter"
                yield f"{place}.meters[{at}].key", f"a name such as {expected} is expected"
        names = [setting.name for setting in service.settings]
        for at, setting in enumerate(service.settings):
            yield from _faults_of_setting(setting, f"{place}.settings[{at}]")
            if names.count(setting.name) > 1:
                yield f"{place}.settings[{at}].name", "is there twice"


_TYPES: dict[str, type[Any]] = {"text": str, "boolean": bool, "integer": int, "decimal": str}


def _faults_of_setting(setting: RemoteSetting, place: str) -> Iterator[tuple[str, str]]:
    if not _KEY.fullmatch(setting.name) or not setting.name.isidentifier():
        yield f"{place}.name", "lower-case letters, digits and _ are expected, a letter first"
    if setting.default is not None and type(setting.default) is not _TYPES[setting.type]:
        yield f"{place}.default", f"does not fit the type {setting.type}"
    if setting.secret and setting.type != "text":
        yield f"{place}.secret", "secrets are of the type text"
    if setting.choices is not None and setting.default not in {None, *setting.choices}:
        yield f"{place}.default", "is none of the choices"
    try:
        re.compile(setting.pattern or "")
    except re.error as error:
        yield f"{place}.pattern", f"is no regular expression: {error}"


def _faults_of_pages(manifest: RemoteManifest) -> Iterator[tuple[str, str]]:
    services = {service.key for service in manifest.services}
    keys = [page.key for page in manifest.pages]
    for number, page in enumerate(manifest.pages):
        place = f"pages[{number}]"
        if not _SLUG.fullmatch(page.key):
            yield f"{place}.key", "lower-case letters, digits and - are expected"
        if keys.count(page.key) > 1:
            yield f"{place}.key", "is there twice"
        if page.service not in services:
            yield f"{place}.service", f"{page.service!r} is no service of this manifest"
        if not _PATH.fullmatch(page.path) or "//" in page.path or ".." in page.path:
            yield f"{place}.path", "a path such as /pages/permits is expected"
