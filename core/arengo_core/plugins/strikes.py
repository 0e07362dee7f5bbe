"""Which plugin ended a process, and setting it aside at the third time within an hour."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core import clock
from arengo_core.i18n import gettext
from arengo_core.plugins import repository
from arengo_core.plugins.fingerprint import GROUP
from arengo_core.plugins.registry import ESSENTIAL
from arengo_core.plugins.watchdog import LEFT

LIMIT = 3
WITHIN = timedelta(hours=1)
_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in (?P<name>.+)$', re.MULTILINE)
_log = structlog.get_logger("arengo.plugins")


@dataclass(frozen=True, slots=True)
class Death:
    """A process that ended out of order: whose doing, how, and at which place of its code."""

    plugin: str | None
    how: str
    where: str = ""


def _places() -> dict[Path, str]:
    """Where each installed plugin's code lies."""
    found: dict[Path, str] = {}
    for point in entry_points(group=GROUP):
        with suppress(ImportError, ValueError):
            spec = find_spec(point.module.partition(".")[0])
            for place in (spec.submodule_search_locations or []) if spec else []:
                found[Path(place)] = point.name
    return found


def blamed(trace: str, places: dict[Path, str]) -> Death | None:
    """Who stood innermost on the stack of the event loop, or of the thread that crashed or left.

    ``trace`` is what the watchdog left: the loop's thread, then what faulthandler wrote.
    None where no plugin is on the stack.
    """
    thread, _, dump = trace.partition("\n")
    crashed, left = "Fatal Python error" in dump, LEFT in dump
    for block in re.split(r"\n(?=(?:Current t|T)hread 0x)", dump):
        if not block.startswith("Current thread" if crashed or left else f"Thread {thread}"):
            continue
        for frame in _FRAME.finditer(block):
            path = Path(frame["file"])
            for place, name in places.items():
                if path.is_relative_to(place):
                    where = path.relative_to(place.parent)
                    how = "crashed" if crashed else "ended" if left else "held"
                    how += "" if crashed else " the program"
                    return Death(name, how, f"{where}:{frame['line']} ({frame['name']})")
    return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def deaths(folder: Path) -> Iterator[Death]:
    """What processes left that are no more; each is told once."""
    places = _places()
    for path in sorted(folder.glob("*.trace")):
        if _is_alive(int(path.stem)):
            continue
        taken = path.with_suffix(".taken")
        try:
            path.rename(taken)
        except FileNotFoundError:
            continue  # another process was quicker
        trace = taken.read_text(errors="replace")
        calls = path.with_suffix(".calls")
        names = calls.read_bytes().rstrip(b"\0").decode().split() if calls.is_file() else []
        taken.unlink()
        calls.unlink(missing_ok=True)
        found = blamed(trace, places)
        dump = trace.partition("\n")[2].strip()
        if found is None and len(names) == 1 and (not dump or LEFT in dump):
            found = Death(names[0], "ended the program")
        yield found or Death(None, "ended", f"calls under way: {', '.join(names) or 'none'}")


async def settle(session: AsyncSession, folder: Path) -> None:
    """Note the deaths, and set a plugin aside at its third within an hour."""
    for death in deaths(folder):
        _log.error("process_died", plugin=death.plugin, how=death.how, where=death.where)
        if death.plugin is None or death.plugin in ESSENTIAL:
            continue
        moment = clock.now()
        await repository.strike(session, death.plugin, f"{death.how} {death.where}", moment)
        if await repository.strikes(session, death.plugin, moment - WITHIN) >= LIMIT:
            await repository.disable(session, death.plugin, _why(death), moment)


def _why(death: Death) -> str:
    if not death.where:
        return gettext("It brought the program down three times within an hour.")
    return gettext(
        "It brought the program down three times within an hour, the last time at {where}."
    ).format(where=death.where)
