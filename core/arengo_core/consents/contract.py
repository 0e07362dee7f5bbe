"""What plugins bring to the consent log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from arengo_core.i18n import N_

if TYPE_CHECKING:
    from arengo_core.database.unit_of_work import UnitOfWork
    from arengo_core.host import Host


class ConsentAct(StrEnum):
    """What was done; ``UNRECORDED``: agreed to before words were kept."""

    GIVEN = "given"
    ASKED = "asked"
    UNRECORDED = "unrecorded"
    WITHDRAWN = "withdrawn"


ACT_WORDS = {
    ConsentAct.GIVEN: N_("Agreed"),
    ConsentAct.ASKED: N_("Was asked"),
    ConsentAct.UNRECORDED: N_("Began before words were kept"),
    ConsentAct.WITHDRAWN: N_("Consent ended"),
}


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """One line of the log; ``who`` and ``what`` are in words, ``words`` those that were shown.

    ``who`` is empty for the program; ``in_name_of`` names another organization whose person it
    was.
    """

    id: UUID
    at: datetime
    who: str
    what: str
    act: ConsentAct
    words: tuple[str, ...] = ()
    in_name_of: str = ""


Before = tuple[datetime, UUID]
"""Time and id of an entry: what came before it is asked for."""


@dataclass(frozen=True, slots=True)
class ConsentSource:
    """Consents that a plugin keeps: ``read(host, uow, organization_id, before, limit)``.

    Answers an organization's, newest first by time and id. Whoever asks has been checked.
    """

    key: str
    read: Callable[[Host, UnitOfWork, UUID, Before | None, int], Awaitable[Sequence[ConsentEntry]]]
