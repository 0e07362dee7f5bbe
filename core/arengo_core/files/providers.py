"""The stores that core brings, by the scheme of the address. Their library is loaded when used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from arengo_core.errors import SettingsError
from arengo_core.files.contract import FileStore
from arengo_core.i18n import N_
from arengo_core.plugins.contributions import Provider

if TYPE_CHECKING:
    from arengo_core.host import Host

CALL_LIMIT = 20.0
_OPTIONS = {"endpoint", "region", "virtual_host"}


def make_folder(_host: Host, settings: Mapping[str, Any]) -> FileStore:
    """``file:///folder``."""
    from arengo_core.files.object_store import in_folder

    place = urlsplit(settings["url"])
    path = Path(unquote(place.path))
    if place.netloc not in {"", "localhost"} or not path.is_absolute():
        raise SettingsError("ARENGO_FILES_URL: file:///folder is expected.")
    try:
        return in_folder(path)
    except OSError as error:
        raise SettingsError(
            "ARENGO_FILES_URL: the folder {path} cannot be made: {fault}.",
            path=path,
            fault=error.strerror or error,
        ) from None


def make_s3(_host: Host, settings: Mapping[str, Any]) -> FileStore:
    """``s3://[key:secret@]bucket[/prefix][?endpoint=https://…&region=…&virtual_host=true]``."""
    from arengo_core.files.object_store import at_s3

    place = urlsplit(settings["url"])
    asked = dict(parse_qsl(place.query))
    unknown = asked.keys() - _OPTIONS
    bucket = place.netloc.rpartition("@")[2]
    if unknown or not bucket:
        raise SettingsError(
            "ARENGO_FILES_URL: s3://bucket/prefix?endpoint=…&region=… is expected, and nothing"
            " else; key and secret as s3://key:secret@bucket."
        )
    config: dict[str, Any] = {"endpoint": asked.get("endpoint"), "region": asked.get("region")}
    config["virtual_hosted_style_request"] = asked.get("virtual_host") == "true" or None
    if place.username:
        config["access_key_id"] = unquote(place.username)
        config["secret_access_key"] = unquote(place.password or "")
    given = {name: value for name, value in config.items() if value is not None}
    return at_s3(bucket, unquote(place.path).strip("/"), CALL_LIMIT, **given)


PROVIDERS = [
    Provider(FileStore, "file", N_("Folder"), make_folder),
    Provider(FileStore, "s3", "S3", make_s3),
]
