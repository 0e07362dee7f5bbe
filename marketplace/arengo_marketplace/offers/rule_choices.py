"""What the fields of a cost rule offer to choose from: keys, figures of members, and members."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import N_, gettext
from arengo_core.plugins.registry import Registry
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.members import repository as members
from arengo_marketplace.offers.rule_wording import FIGURES
from arengo_marketplace.offers.terms import allocation_keys
from arengo_marketplace.titles import meter_title

MOST_LISTED = 1000
_ID = re.compile(r"[0-9]{6}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KINDS = {"municipalities": "municipality", "merchants": "merchant"}
_KEYS = {
    "equal": N_("In equal parts"),
    "population": N_("By inhabitants"),
    "merchants": N_("By number of merchants"),
    "area": N_("By area"),
    "fixed": N_("By agreed figures, such as thousandths"),
    "past": N_("By the shares of the period before"),
    "shapley": N_("By the Shapley value"),
    "scrb": N_("By separable costs and remaining benefits"),
    "nucleolus": N_("By the nucleolus"),
}


@dataclass(frozen=True, slots=True)
class RuleChoices:
    """The choices of one consortium. ``members`` are labels by what rules call members."""

    registry: Registry
    attributes: tuple[str, ...] = ()
    members: Mapping[str, str] = field(default_factory=dict[str, str])

    def keys(self) -> list[tuple[str, str]]:
        """The keys by which a part may be divided, as the field's values and labels."""
        others = [key for key in allocation_keys(self.registry).ids() if key not in BUILT_IN.ids()]
        return [
            *((key, gettext(title)) for key, title in _KEYS.items()),
            *(self.key(f"usage:{meter}") for meter in sorted(self.registry.meters())),
            *(self.key(f"attribute:{name}") for name in ("population", *self.attributes)),
            *(self.key(key) for key in others),
        ]

    def key(self, value: str) -> tuple[str, str]:
        """One of them, of a plugin or meter that is gone too."""
        key, _, of = value.partition(":")
        if key == "usage":
            return value, gettext("By use: {meter}", meter=meter_title(self.registry, of))
        if key == "attribute":
            return value, gettext("By a figure of each member: {name}", name=self.figure(of))
        title = _KEYS.get(key)
        return value, gettext(title) if title else gettext("By {key}, of a plugin", key=value)

    def figures(self) -> list[str]:
        """The figures and words by which members may be chosen."""
        return [*FIGURES, *self.attributes]

    def figure(self, name: str) -> str:
        """One of them in words; those of the office's own as it called them."""
        return gettext(FIGURES[name]) if name in FIGURES else name

    def label(self, member: str) -> str:
        """A member's name; what the rule calls it where it is none today."""
        return self.members.get(member, member)

    def member(self, typed: str, name: str, line: int = 0) -> str:
        """What rules call a member. InvalidInputError naming the field, and a name like it."""
        found = {label.casefold(): key for key, label in self.members.items()}
        text = " ".join(typed.split())
        if text.casefold() in found:
            return found[text.casefold()]
        if text in self.members or _ID.fullmatch(text):
            return text
        close = get_close_matches(text.casefold(), found, 1)
        like = self.members[found[close[0]]] if close else next(iter(self.members.values()), "—")
        if line:
            raise InvalidInputError(
                "Line {line}: no member is called {value}. Choose one of the list, such as {like}.",
                field=name,
                line=line,
                value=text[:80],
                like=like,
            )
        raise InvalidInputError(
            "No member is called {value}. Choose one of the list, such as {like}.",
            field=name,
            value=text[:80],
            like=like,
        )


async def choices_in(
    uow: UnitOfWork, host: Host, consortium_id: UUID, cost_bearers: str = "municipalities"
) -> RuleChoices:
    """The choices among a consortium's present members that bear costs, in one statement."""
    async with uow.widened(governs=[consortium_id]):
        rows = await members.members_of(
            uow.session,
            consortium_id,
            clock.today(),
            _KINDS.get(cost_bearers, _KINDS["municipalities"]),
        )
    called = [(one.istat_code or str(one.id), one.name) for _, one in rows]
    times = Counter(name.casefold() for _, name in called)
    return RuleChoices(
        host.registry,
        tuple(
            sorted({name for membership, _ in rows for name in membership.attributes} - {*FIGURES})
        ),
        {key: name if times[name.casefold()] == 1 else f"{name} ({key})" for key, name in called},
    )
