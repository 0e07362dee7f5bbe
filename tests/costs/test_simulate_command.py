"""``arengo costs simulate``: two years beside each other, from a file."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner

from arengo_core.cli.main import cli
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.simulation_document import answer, read_simulation

POPULATION = {"parts": [{"key": "population", "weight": 100}]}
EQUAL = {"parts": [{"key": "equal", "weight": 100}]}
FEE = {"type": "fixed", "label": "Fee", "amount": 10000, "every": "month"}
PARCELS = {"type": "unit", "label": "Parcels", "meter": "parcels", "rate": "0.01"}
YEAR: dict[str, Any] = {
    "period": {"from": "2027-01-01", "to": "2028-01-01"},
    "members": [
        {"id": "A", "population": 600},
        {"id": "B", "population": 400},
        {"id": "C", "population": 1000},
    ],
    "offers": [
        {
            "id": "messages",
            "plan": {"charges": [FEE]},
            "rule": POPULATION,
            "members": [{"id": "A"}, {"id": "B"}],
            "grants": [{"rate": 50, "cap": "400.00", "kinds": ["fixed"]}],
        },
        {
            "id": "parcels",
            "plan": {"charges": [PARCELS]},
            "rule": {"parts": [{"key": "usage", "weight": 100, "meter": "parcels"}]},
            "members": [
                {"id": "A", "usage": {"parcels": 300}},
                {"id": "C", "usage": {"parcels": 100}, "fees": "1.00"},
            ],
        },
    ],
}


def _simulated(*changes: dict[str, Any]) -> dict[str, Any]:
    answered: Any = answer(read_simulation(YEAR | {"changes": list(changes)} if changes else YEAR))
    return answered


def test_the_example_of_the_help_is_answered_as_it_says() -> None:
    shown = CliRunner().invoke(cli, ["costs", "simulate", "--help"]).output
    asked, told = shown.split("The answer to this one begins:")
    example = asked[asked.index("{") :].strip()
    made = CliRunner().invoke(cli, ["costs", "simulate", "-"], input=example)
    assert made.exit_code == 0, made.output
    found = json.loads(made.output)
    first = found["members"]["A"]
    for amount in (found["today"], first["today"], first["afterwards"], first["difference"]):
        assert f'"{amount}"' in told
    assert found["members"]["B"]["per_inhabitant"]["difference"] == "-0.79"


def test_nothing_changes_unless_told() -> None:
    found = _simulated()
    assert found["today"] == found["afterwards"] == "836.00"
    assert found["offers"]["messages"]["today"] == "800.00"
    assert found["members"]["C"]["offers"].keys() == {"parcels"}


def test_who_pays_nothing_pays_nothing_per_inhabitant() -> None:
    found = _simulated({"kind": "leaves", "member": "B"})
    assert found["members"]["B"]["per_inhabitant"] == {
        "today": "0.80",
        "afterwards": "0.00",
        "difference": "-0.80",
    }


@pytest.mark.parametrize(
    ("change", "members"),
    [
        ({"kind": "leaves", "member": "B", "offer": "messages"}, {"A": "320.00", "B": "-320.00"}),
        ({"kind": "leaves", "member": "A"}, {"A": "-507.00", "B": "480.00", "C": "-9.00"}),
        (
            {"kind": "joins", "offer": "messages", "member": {"id": "C", "from": "2027-07-01"}},
            {"A": "-150.00", "B": "-100.00", "C": "250.00"},
        ),
        ({"kind": "rule", "offer": "messages", "rule": EQUAL}, {"A": "-80.00", "B": "80.00"}),
        (
            {"kind": "plan", "offer": "messages", "plan": {"charges": [FEE | {"amount": 5000}]}},
            {"A": "-300.00", "B": "-200.00"},
        ),
        ({"kind": "grants", "on": "2027-03-01"}, {"A": "180.00", "B": "120.00"}),
        (
            {"kind": "grants", "on": "2027-03-01", "grant": "1", "offer": "messages"},
            {"A": "180.00", "B": "120.00"},
        ),
        ({"kind": "use", "meter": "parcels", "factor": 2}, {"A": "36.00", "C": "12.00"}),
        (
            {"kind": "use", "meter": "parcels", "factor": 2, "member": "C"},
            {"A": "1.80", "C": "10.20"},
        ),
    ],
)
def test_each_change_is_priced(change: dict[str, Any], members: dict[str, str]) -> None:
    found = _simulated(change)
    changed = {
        member: one["difference"]
        for member, one in found["members"].items()
        if Decimal(one["difference"])
    }
    total = sum(map(Decimal, changed.values()))
    assert total == Decimal(found["difference"])
    assert changed == members


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (YEAR | {"period": {"from": "2027-01-02", "to": "2028-01-01"}}, "period.to"),
        (YEAR | {"period": {"from": "2027-01-01", "to": "2047-01-01"}}, "period.to"),
        (YEAR | {"changes": [{"kind": "flies"}]}, "changes[0].kind"),
        (YEAR | {"changes": [{"kind": "leaves", "member": "Z"}]}, "changes[0].member"),
        (
            YEAR | {"changes": [{"kind": "leaves", "member": "B", "on": "2028-01-01"}]},
            "changes[0].on",
        ),
        (
            YEAR | {"changes": [{"kind": "use", "meter": "letters", "factor": 2}]},
            "changes[0].meter",
        ),
        (YEAR | {"changes": [{"kind": "rule", "rule": EQUAL}]}, "changes[0].offer"),
        (YEAR | {"changes": [{"kind": "grants", "offer": "bells"}]}, "changes[0].offer"),
        (
            YEAR | {"changes": [{"kind": "rule", "offer": "parcels", "rule": {"parts": []}}]},
            "changes[0].rule.parts",
        ),
        (YEAR | {"offers": [*YEAR["offers"], YEAR["offers"][0]]}, "offers[2].id"),
        (YEAR | {"offers": [YEAR["offers"][0] | {"plan": {"charges": []}}]}, "offers[0].plan"),
        (
            YEAR | {"offers": [YEAR["offers"][0] | {"grants": [{"cap": 1, "kinds": ["x"]}]}]},
            "offers[0].grants[0].kinds",
        ),
        (YEAR | {"changes": [{"kind": "grants", "grant": "Region"}]}, "changes[0].grant"),
        (
            YEAR | {"changes": [{"kind": "grants", "grant": "1", "offer": "parcels"}]},
            "changes[0].grant",
        ),
        (
            YEAR | {"offers": [YEAR["offers"][0] | {"grants": [{"cap": 1, "title": "R"}] * 2}]},
            "offers[0].grants",
        ),
        (YEAR | {"weather": "fair"}, "weather"),
    ],
)
def test_what_is_wrong_is_named(document: dict[str, Any], field: str) -> None:
    with pytest.raises(CostError) as fault:
        answer(read_simulation(document))
    assert fault.value.field.startswith(field)
