"""What can be wrong with plans, rules, periods and bearers.

::

    CostError
    ├── InvalidPlanError         costs.plan_invalid
    ├── InvalidRuleError         costs.rule_invalid
    ├── InvalidPeriodError       costs.period_invalid
    ├── PopulationUnknownError   costs.population_unknown
    ├── NoBearersError           costs.no_bearers
    ├── DuplicateKeyError        costs.duplicate_key
    ├── InvalidGameError         costs.game_invalid
    ├── NotGivenError            costs.not_given
    └── RuleUnmetError           costs.rule_unmet
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar
from uuid import UUID


def N_(text: str) -> str:  # noqa: N802 - the name by which gettext tools find marked texts
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return text


class CostError(ValueError):
    """A fault in one field, with what to do about it; ``str()`` is English."""

    code: ClassVar[str] = "costs.invalid"

    def __init__(self, field: str, fault: str, mend: str, **values: object) -> None:
        self.field = field
        self.fault = fault
        self.mend = mend
        self.values = values
        super().__init__(self.message())

    def message(
        self, gettext: Callable[[str], str] = str, shown: Callable[[object], object] = str
    ) -> str:
        """``field: fault. Mend.`` in the language of the given gettext, with values as shown."""
        values = {name: shown(value) for name, value in self.values.items()}
        fault = gettext(self.fault).format(**values)
        return f"{self.field}: {fault}. {gettext(self.mend).format(**values)}."


class InvalidPlanError(CostError):
    """A price plan cannot be read or makes no sense."""

    code = "costs.plan_invalid"


class InvalidRuleError(CostError):
    """A cost rule cannot be read or makes no sense."""

    code = "costs.rule_invalid"


class InvalidPeriodError(CostError):
    """A period is empty, or an instant has no time zone."""

    code = "costs.period_invalid"


class PopulationUnknownError(CostError):
    """A figure per inhabitant is needed for a municipality whose population is unknown."""

    code = "costs.population_unknown"

    def __init__(self, organization_id: UUID, name: str) -> None:
        self.organization_id = organization_id
        super().__init__(
            "population",
            N_("the population of {name} is unknown"),
            N_("Enter it on the page of the municipality, or choose a key other than population"),
            name=name or str(organization_id),
        )


class NoBearersError(CostError):
    """A cost is to be divided, and nobody was a member on any day of the period."""

    code = "costs.no_bearers"


class DuplicateKeyError(CostError):
    """Two allocation keys were registered under one id."""

    code = "costs.duplicate_key"


class InvalidGameError(CostError):
    """A cost game cannot be read or makes no sense."""

    code = "costs.game_invalid"


class NotGivenError(CostError):
    """A solution that is not computed for so many members, or from such figures."""

    code = "costs.not_given"


class RuleUnmetError(CostError):
    """A rule's caps, floors or fixed amounts cannot hold together with this pool."""

    code = "costs.rule_unmet"
