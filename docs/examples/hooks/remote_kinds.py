"""Let remote plugins implement a contract of this plugin: here a forecast of the weather."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.remote.calling import Remote
from arengo_core.remote.kinds import RemoteKind


class Forecast(Protocol):
    """The contract."""

    async def snow(self, istat_code: str) -> int:
        """How many centimetres of snow are expected."""
        ...


@dataclass(frozen=True)
class _Snow:
    centimetres: int


class RemoteForecast:
    """The contract, spoken over HTTP."""

    def __init__(self, remote: Remote, key: str) -> None:
        self._remote = remote
        self._key = key

    async def snow(self, istat_code: str) -> int:
        """``POST <address>/arengo/forecast/<key>/snow``, signed."""
        asked = {"istat_code": istat_code}
        answer = await self._remote.insist(f"/forecast/{self._key}/snow", asked, _Snow)
        return answer.centimetres


def _adapt(
    remote: Remote, key: str, _options: Mapping[str, str], _settings: Mapping[str, Any]
) -> RemoteForecast:
    return RemoteForecast(remote, key)


@hookimpl
def arengo_remote_kinds() -> list[RemoteKind]:
    return [RemoteKind("forecast", Forecast, _adapt)]
