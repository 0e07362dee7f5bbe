"""Reading the rows of a cost rule's form, noting each fault beside its field."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from arengo_core.errors import InvalidInputError
from arengo_core.web.forms import Form
from arengo_marketplace.costs.document import MOST_CENTS
from arengo_marketplace.offers.rule_choices import RuleChoices

MOST = 10**12
ROW = re.compile(
    r"(?P<list>part:(?:all|fixed|usage|one_off)|exempt|amount|discount|cap|floor|step)"
    r":(?P<number>[1-9][0-9]{0,2}):(?P<rest>.+)"
)
MEMBER = re.compile(r"member:(?P<number>[1-9][0-9]{0,2})")


@dataclass(slots=True)
class RuleReader:
    """A form being read; ``places`` tell which row made which object of the rule's document."""

    form: Form
    choices: RuleChoices
    places: dict[str, str] = field(default_factory=dict[str, str])
    faults: list[InvalidInputError] = field(default_factory=list[InvalidInputError])

    def rows(self, name: str) -> list[str]:
        """The beginnings of the names of a list's rows in which something is typed."""
        numbers = {
            int(found["number"])
            for field_name in self.form
            if (found := ROW.fullmatch(field_name))
            and found["list"] == name
            and self.form[field_name]
        }
        return [f"{name}:{number}" for number in sorted(numbers)]

    @contextmanager
    def noting(self) -> Generator[None]:
        """Note a fault and go on."""
        try:
            yield
        except InvalidInputError as error:
            self.faults.append(error)

    def refuse_faults(self) -> None:
        """Put all faults beside their fields, and raise the first."""
        for fault in self.faults:
            self.form.refuse(fault)
        if self.faults:
            raise self.faults[0]

    def needed(self, name: str) -> str:
        """What a field says. InvalidInputError where it is empty."""
        if not self.form[name]:
            raise InvalidInputError("This is needed: fill it in.", field=name)
        return self.form[name]

    def number(self, name: str) -> str:
        """A number of 0 or more, as documents have it."""
        self.needed(name)
        number = self.form.decimal(name)
        if not 0 <= number <= MOST or number != round(number, 8):
            raise InvalidInputError(
                "{value} is not a number of 0 or more, with 8 decimals at most.",
                field=name,
                value=self.form[name],
            )
        return str(number)

    def cents(self, name: str) -> int:
        """An amount of 0 or more."""
        self.needed(name)
        amount = self.form.money(name).amount
        if not 0 <= amount <= MOST_CENTS:
            raise InvalidInputError(
                "{value} is not an amount: 12,50 is expected.", field=name, value=self.form[name]
            )
        return amount

    def members(self, base: str) -> list[str]:
        """The members that a row names."""
        names = sorted(
            (int(found["number"]), name)
            for name in self.form
            if name.startswith(f"{base}:")
            and (found := MEMBER.fullmatch(name.removeprefix(f"{base}:")))
            and self.form[name]
        )
        return [self.choices.member(self.form[name], name) for _, name in names]
