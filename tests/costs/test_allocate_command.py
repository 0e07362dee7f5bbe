"""``arengo costs allocate``: what it answers, and what it says of a bad file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from arengo_core.cli.main import cli

ROOT = Path(__file__).parents[2]
SCHEMA = Draft202012Validator(
    json.loads((ROOT / "docs/reference/costs-input.schema.json").read_text())
)
TABLE: dict[str, Any] = {
    "players": ["B", "A"],
    "cost": {"A": 1.0, "B": 2.0, "A,B": 2.5},
    "method": "shapley",
}


def run(value: object, *arguments: str) -> tuple[int, str]:
    """The exit code and what was printed."""
    text = value if isinstance(value, str) else json.dumps(value)
    result = CliRunner().invoke(cli, ["costs", "allocate", *(arguments or ("-",))], input=text)
    return result.exit_code, result.output


def answer(value: object) -> dict[str, Any]:
    """What is answered to a document that the schema allows."""
    SCHEMA.validate(value)
    code, output = run(value)
    assert code == 0, output
    return json.loads(output)


def test_a_table_by_each_method(tmp_path: Path) -> None:
    file = tmp_path / "table.json"
    file.write_text(json.dumps(TABLE))
    code, output = run("", str(file))
    assert code == 0
    assert '"A": 0.750000' in output
    assert json.loads(output) == {
        "method": "shapley",
        "shares": {"B": 1.75, "A": 0.75},
        "total": 2.5,
        "in_core": True,
        "most_violated": None,
    }
    for method in ("nucleolus", "scrb", "least-core", "core-check"):
        solved = answer(TABLE | {"method": method})
        assert solved["shares"] == {"B": 1.75, "A": 0.75}, method
        assert solved["in_core"] is True
    assert answer(TABLE | {"method": "least-core"})["ranges"] == {"B": [1.75] * 2, "A": [0.75] * 2}
    assert answer(TABLE | {"method": "least-core"})["epsilon"] == -0.25


def test_a_gain_and_the_coalition_that_loses_most() -> None:
    game = {"players": ["A", "B"], "value": {"A": 1, "B": "2", "B,A": 4}, "method": "core-check"}
    assert answer(game)["in_core"] is True
    checked = answer(game | {"shares": {"A": 2.75, "B": 1.25}})
    assert checked["most_violated"] == {"coalition": ["B"], "by": 0.75}
    assert checked["in_core"] is False
    assert checked["shares"] == {"A": 2.75, "B": 1.25}
    dear = answer(game | {"value": {"A": 3, "B": 2, "A,B": 4}, "method": "nucleolus"})
    assert dear["individually_rational"] is False
    assert dear["shares"] == {"A": 2.5, "B": 1.5}


def test_figures_of_many_decimals_and_many_digits() -> None:
    game = TABLE | {"cost": {"A": 1e-7, "B": 123456789012.5, "A,B": 123456789012.123456789}}
    shares = answer(game)["shares"]
    assert shares["A"] + shares["B"] == pytest.approx(123456789012.1235, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cost": {"A": 1, "B": 2}}, 'cost["A,B"]: this coalition is missing.'),
        (
            {"cost": {"A": 1, "B": 2, "A,B": 3, "B,A": 3}},
            'cost["A,B"]: this coalition is given twice',
        ),
        ({"cost": {"A": 1, "B": 2, "A,Z": 3}}, "cost[\"A,Z\"]: there is no player 'Z'."),
        ({"cost": {"A": 1, "B": 2, "A,A": 3}}, 'cost["A,A"]: a player stands in this coalition'),
        ({"cost": {"A": 1, "B": "x", "A,B": 3}}, "cost[\"B\"]: 'x' is not a number"),
        ({"cost": {"A": 1, "B": 2, "A,B": 3, "": 1}}, "cost: the coalition of nobody"),
        ({"cost": None}, "cost: None is not an object."),
        ({"value": {}}, "value: a game has costs or values, not both."),
        ({"players": ["A", "A"]}, "players[1]: A is listed twice."),
        ({"players": ["A", "B,C"]}, "players[1]: 'B,C' is not a player's name."),
        ({"players": [str(n) for n in range(21)]}, "players: 21 players have too many"),
        ({"method": "vote"}, "method: 'vote' is not known. Use one of: shapley, nucleolus"),
        ({"colour": 1}, "colour: there is no such field."),
        ({"method": "core-check", "shares": {"A": 1}}, 'shares["B"]: the shares are not those'),
        ({"method": "core-check", "shares": {"A": 1, "B": 1}}, "shares: the shares add up to 2"),
    ],
)
def test_faults_of_a_table_name_the_field(change: dict[str, Any], message: str) -> None:
    code, output = run(TABLE | change)
    assert code == 2
    assert output.startswith(f"arengo: {message}"), output
    assert output.count("\n") == 1


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"a": NaN}', '{"a": 1, "a": 2}', "[" * 100000])
def test_what_is_no_document_is_refused_in_a_line(text: str) -> None:
    code, output = run(text)
    assert code == 2
    assert output.startswith("arengo: This is not a JSON document: ")


def test_the_help_documents_both_inputs_with_examples() -> None:
    code, output = run("", "--help")
    assert code == 0
    assert '"players": ["A", "B"]' in output
