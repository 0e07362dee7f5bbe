"""``arengo costs allocate``: what it answers, and what it says of a bad file."""

from __future__ import annotations

import json
import subprocess
import sys
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
        ({"cost": {"A": 1, "B": 2, "A,Z": 3}}, 'cost["A,Z"]: there is no player "Z".'),
        ({"cost": {"A": 1, "B": 2, "A,A": 3}}, 'cost["A,A"]: a player stands in this coalition'),
        ({"cost": {"A": 1, "B": "x", "A,B": 3}}, 'cost["B"]: "x" is not a number'),
        ({"cost": {"A": 1, "B": 2, "A,B": 3, "": 1}}, "cost: the coalition of nobody"),
        ({"cost": None}, "cost: this is missing."),
        ({"value": {}}, "value: a game has costs or values, not both."),
        ({"players": ["A", "A"]}, "players[1]: A is listed twice."),
        ({"players": ["A", "B,C"]}, 'players[1]: "B,C" is not a player\'s name.'),
        ({"players": [str(n) for n in range(21)]}, "players: 21 players have too many"),
        ({"method": "vote"}, 'method: "vote" is not known. Use one of: shapley, nucleolus'),
        ({"colour": 1}, "colour: there is no such field."),
        ({"shares": {"A": 1, "B": 1.5}}, "shares: shares are given to be checked, and shapley"),
        ({"method": "core-check", "shares": {"A": 1}}, 'shares["B"]: the shares are not those'),
        ({"method": "core-check", "shares": {"A": 1, "B": 1}}, "shares: the shares add up to 2"),
    ],
)
def test_faults_of_a_table_name_the_field(change: dict[str, Any], message: str) -> None:
    code, output = run(TABLE | change)
    assert code == 2
    assert output.startswith(f"arengo: {message}"), output
    assert output.count("\n") == 1


MONEY: dict[str, Any] = {
    "total": "100.00",
    "currency": "EUR",
    "period": {"from": "2026-09-01", "to": "2026-10-01"},
    "members": [
        {"id": "B", "population": 400, "attributes": {"area": 12.5}, "from": "2026-09-16"},
        {"id": "A", "population": 600, "usage": {"parcels": 3}, "name": "Alba"},
    ],
    "rule": {"parts": [{"key": "equal", "weight": 40}, {"key": "population", "weight": 60}]},
}


def _members(count: int) -> list[dict[str, Any]]:
    return [
        {"id": f"{n:02d}", "population": 100 + 37 * (n % 6), "usage": {"parcels": n}}
        for n in range(count)
    ]


def test_money_by_a_mix_to_the_cent() -> None:
    result = answer(MONEY)
    assert list(result["shares"].items()) == [("B", "28.33"), ("A", "71.67")]
    assert (result["total"], result["currency"]) == ("100.00", "EUR")
    assert result["details"]["B"]["days"] == 15
    assert [part["amount"] for part in result["details"]["B"]["parts"]] == ["13.33", "15.00"]
    assert answer(MONEY | {"total": 10000})["shares"] == result["shares"]
    assert answer(MONEY | {"total": "-100.00"})["shares"] == {"B": "-28.33", "A": "-71.67"}
    yen = answer(MONEY | {"total": "100", "currency": "JPY"})
    assert yen["shares"] == {"B": "28", "A": "72"}
    third = MONEY | {
        "total": 100,
        "members": [{"id": one} for one in ("c", 7, "a")],
        "rule": {"parts": [{"key": "equal", "weight": "100"}]},
    }
    assert answer(third)["shares"] == {"c": "0.33", "7": "0.34", "a": "0.33"}


def test_days_say_the_period_where_it_is_not_named() -> None:
    days = [{"from": "2026-01-01", "to": "2026-01-31"}, {"from": "2026-01-16", "to": "2026-01-31"}]
    members = [{"id": f"{n}"} | span for n, span in enumerate(days)]
    rule = {"parts": [{"key": "equal", "weight": 100}]}
    document = {"total": "90.00", "members": members, "rule": rule}
    assert answer(document)["shares"] == {"0": "60.00", "1": "30.00"}
    members[1]["to"] = members[1]["from"]
    assert run(document)[1].startswith("arengo: members[1].to: 2026-01-16 is not after 2026-01-16.")
    code, output = run(document | {"members": [{"id": "x", "from": "2026-01-01"}]})
    assert (code, output.split(".")[0]) == (
        2,
        "arengo: period: members have days, and the period has none",
    )


def test_everything_a_rule_can_say() -> None:
    document = MONEY | {
        "costs": {"fixed": "60.00", "usage": 3000, "one_off": "10.00"},
        "members": [
            {"id": "A", "population": 600, "usage": {"parcels": "3"}, "past": "40.00"},
            {"id": "B", "population": 400, "usage": {"parcels": 1.5}, "past": "10.00"},
            {"id": "C", "population": 90, "attributes": {"zone": "peak"}, "last_year": 500},
            {"id": "D", "population": 10},
            {"id": "E", "population": 10},
        ],
        "rule": {
            "parts": [{"key": "population", "weight": 100, "as_of": "2024-01-01"}],
            "kinds": {
                "usage": [{"key": "usage", "weight": 100, "meter": "parcels"}],
                "one_off": [{"key": "equal", "weight": 100}],
            },
            "exempt": [{"members": ["D"]}],
            "fixed_amounts": {"E": 100},
            "discounts": [{"per_cent": "50", "attribute": "zone", "is": "peak"}],
            "phase_in": [{"from": "2026-01-01", "per_cent": 50}],
            "caps": [{"against_last_year": 70}, {"amount": 7000}],
            "floors": [{"per_inhabitant": "0.03"}],
        },
    }
    result = answer(document)
    assert sum(round(float(share) * 100) for share in result["shares"].values()) == 10000
    assert (result["shares"]["D"], result["shares"]["E"]) == ("0.00", "1.00")
    assert result["shares"]["C"] == "3.50"
    assert [one["reason"] for one in result["details"]["C"]["adjustments"]] == ["discount", "limit"]
    kinds = {part["kind"] for part in result["details"]["A"]["parts"]}
    assert kinds == {None, "usage", "one_off"}


def test_the_game_by_a_plan_and_by_a_table() -> None:
    """A fixed 20.00 and 10.00 for who has parcels: what each would pay alone."""
    plan = {
        "charges": [
            {"type": "fixed", "label": "f", "amount": 2000, "every": "month"},
            {"type": "unit", "label": "u", "meter": "parcels", "rate": "0.10"},
        ]
    }
    members = [{"id": "A", "usage": {"parcels": 100}}, {"id": "B"}]
    table = {"A": 30, "B": 20, "A,B": 30}
    for key in ("shapley", "scrb", "nucleolus"):
        rule = {"parts": [{"key": key, "weight": 100}]}
        document = MONEY | {"total": "30.00", "members": members, "rule": rule}
        assert answer(document | {"plan": plan})["shares"] == {"A": "20.00", "B": "10.00"}
        assert answer(document | {"cost": table})["shares"] == {"A": "20.00", "B": "10.00"}
        assert run(document)[1].startswith(f"arengo: parts: {key} needs what each group")


def test_the_explanations_tables_are_recomputed() -> None:
    lines = (ROOT / "docs/explanation/cost-rules.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
    stated = {row[0]: row[1:4] for row in rows if len(row) in (4, 5)}
    towns = [{"id": "Alba", "population": 600}, {"id": "Borgo", "population": 300}]
    towns.append({"id": "Colle", "population": 100})
    inhabitants: dict[str, Any] = {"parts": [{"key": "population", "weight": 100}]}
    table = {"Alba": 70, "Borgo": 50, "Colle": 30, "Alba,Borgo": 90}
    table |= {"Alba,Colle": 82, "Borgo,Colle": 60, "Alba,Borgo,Colle": 100}
    rules: dict[str, dict[str, Any]] = {
        "equal parts": {"parts": [{"key": "equal", "weight": 100}]},
        "inhabitants": inhabitants,
        "40 % equal, 60 % inhabitants": MONEY["rule"],
        "inhabitants, nobody above 45.00": inhabitants | {"caps": [{"amount": 4500}]},
        "inhabitants, nobody above 40.00": inhabitants | {"caps": [{"amount": 4000}]},
        "inhabitants, nobody below 19.00": inhabitants | {"floors": [{"amount": 1900}]},
        "inhabitants, a fifth off for Borgo": inhabitants
        | {"discounts": [{"per_cent": 20, "members": ["Borgo"]}]},
        "inhabitants, Colle exempt": inhabitants | {"exempt": [{"members": ["Colle"]}]},
        "Shapley value": {"parts": [{"key": "shapley", "weight": 100}]},
        "SCRB": {"parts": [{"key": "scrb", "weight": 100}]},
        "nucleolus": {"parts": [{"key": "nucleolus", "weight": 100}]},
    }
    for name, rule in rules.items():
        shares = answer({"total": 10000, "members": towns, "rule": rule, "cost": table})["shares"]
        assert list(shares.values()) == stated[name], name
        game = {"players": list(shares), "cost": table, "method": "core-check", "shares": shares}
        checked = answer(game)
        if name == "equal parts":
            assert checked["most_violated"] == {"coalition": ["Borgo", "Colle"], "by": 6.66}
        elif "," not in name:
            assert checked["in_core"], name


def test_the_core_of_money_is_looked_for_when_asked(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "input.json"
    charge = {"type": "fixed", "label": "f", "amount": 10000, "every": "month"}
    unit = {"type": "unit", "label": "u", "meter": "parcels", "rate": "1"}
    document = MONEY | {
        "total": "535.00",
        "members": _members(30),
        "plan": {"charges": [charge, unit]},
    }

    def core(by: dict[str, Any], *arguments: str) -> dict[str, Any]:
        file.write_text(json.dumps(document | {"rule": {"parts": [by | {"weight": 100}]}}))
        code, output = run("", *arguments, str(file))
        assert code == 0, output
        return json.loads(output)

    assert "in_core" not in core({"key": "equal"})
    # 17.83 each: the eighteen with up to 17 parcels would pay 100.00 and 153.00 for them.
    dear = core({"key": "equal"}, "--core", "300")
    assert (dear["in_core"], dear["proof"]) == (False, "proved")
    assert dear["most_violated"]["coalition"] == [f"{n:02d}" for n in range(18)]
    paid = sum(round(float(dear["shares"][f"{n:02d}"]) * 100) for n in range(18))
    assert dear["most_violated"]["by"] == dear["bound"] == f"{(paid - 10000 - 15300) / 100:.2f}"
    assert capfd.readouterr().out == "", "the solver wrote beside the answer"
    fair = core({"key": "shapley"}, "--core", "300")
    assert (fair["in_core"], fair["most_violated"], fair["proof"]) == (True, None, "proved")
    del document["plan"]
    file.write_text(json.dumps(document))
    assert run("", "--core", "1", str(file))[1].startswith("arengo: plan: what each group of")


def test_a_sample_states_its_error() -> None:
    tiers = [{"up_to": 200, "rate": "1"}, {"rate": "0.5"}]
    charge = {"type": "tiered", "label": "t", "over": "meter", "meter": "parcels", "tiers": tiers}
    document = MONEY | {
        "members": _members(30),
        "plan": {"charges": [charge | {"every": "month"}]},
        "rule": {"parts": [{"key": "shapley", "weight": 100, "samples": 200, "seed": 5}]},
    }
    sampling = answer(document)["sampling"]
    assert (sampling["samples"], sampling["seed"]) == (200, 5)
    assert 0 < sampling["standard_error_per_cent"]["median"] < 2
    assert "sampling" not in answer(document | {"members": _members(20)})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"total": 1.5}, "total: 1.5 is not an amount of money."),
        ({"total": "1.505"}, 'total: "1.505" has more decimals than EUR has.'),
        ({"total": None}, "total: this is missing."),
        ({"currency": "Euro"}, 'currency: "Euro" is not a currency.'),
        ({"members": []}, "members: the list is empty."),
        ({"members": [{"id": ""}]}, 'members[0].id: "" is not a text.'),
        ({"members": [{"id": "A"}, {"id": "A"}]}, "members[1].id: A is listed twice."),
        ({"members": [{"id": "A", "population": 1.5}]}, "members[0].population: 1.5 has more than"),
        ({"members": [{"id": "A", "usage": {"m": -1}}]}, "members[0].usage.m: -1 is not between"),
        ({"members": [{"id": "A", "colour": 1}]}, "members[0].colour: there is no such field."),
        ({"members": [{"id": "A"}]}, "population: the population of A is unknown."),
        ({"rule": None}, "rule: this is missing."),
        ({"rule": {"parts": [{"key": "x", "weight": 1}]}}, "rule.parts[0].key: there is no"),
        (
            {"rule": MONEY["rule"] | {"kinds": {"fixed": [{"key": "equal", "weight": 100}]}}},
            "costs: the rule divides kinds of cost by mixes of their own, and none is told.",
        ),
        ({"costs": {"fixed": "99.00"}}, "costs: the kinds of cost add up to 99.00 EUR, not to 100"),
        ({"period": {"from": "2026-09-01", "to": "x"}}, 'period.to: "x" is not a day.'),
        ({"period": {"from": "2026-09-01", "to": "2026-09-01"}}, "period.to: the period from"),
        ({"plan": {"charges": []}}, "plan.charges: the list is empty."),
        ({"cost": {"A": 1, "B": 1}}, 'cost["A,B"]: this coalition is missing.'),
        ({"plan": 5}, "plan: 5 is not an object."),
        ({"plan": {"charges": []}, "cost": {"A": 1}}, "cost: what groups would pay alone comes"),
        ({"total": "1e2"}, 'total: "1e2" is not an amount of money.'),
        ({"total": "9" * 5000}, 'total: "9999999'),
        ({"total": 10**16}, "total: 10000000000000000 is more than can be divided."),
        ({"total": "1.5", "currency": "CLP"}, 'total: "1.5" has more decimals than CLP has.'),
        ({"total": True}, "total: true is not an amount of money."),
        ({"currency": "QQQ"}, 'currency: "QQQ" is not a currency.'),
        ({"members": {"id": "A"}}, 'members: {"id": "A"} is not a list.'),
        ({"members": [{"id": "A\n"}, {"id": "A\n"}]}, r"members[1].id: A\n is listed twice."),
        ({"members": [{"id": "A", "attributes": {"x": []}}]}, "members[0].attributes.x: [] is"),
        (
            {"period": {"from": "0001-01-01", "to": "2026-01-01"}},
            'period.from: "0001-01-01" is too',
        ),
        ({"period": {"from": "20260901", "to": "2026-10-01"}}, 'period.from: "20260901" is not a'),
        (
            {"rule": MONEY["rule"] | {"exempt": [{"members": ["Z"]}]}},
            'rule: there is no member "Z"',
        ),
        ({"rule": MONEY["rule"] | {"fixed_amounts": {"Z": 1}}}, 'rule: there is no member "Z"'),
        ({"colour": 1}, "colour: there is no such field."),
    ],
)
def test_faults_of_money_name_the_field(change: dict[str, Any], message: str) -> None:
    code, output = run(MONEY | change)
    assert code == 2
    assert output.startswith(f"arengo: {message}"), output
    assert output.count("\n") == 1


def test_numbers_without_end_are_refused() -> None:
    member = {"id": "A", "attributes": {"x": 777}}
    for document, field in [
        (TABLE | {"cost": {"A": 1, "B": 2, "A,B": 777}}, 'cost["A,B"]'),
        (MONEY | {"members": [member]}, "members[0].attributes.x"),
        (MONEY | {"total": 777}, "total"),
    ]:
        code, output = run(json.dumps(document).replace("777", "1e999"))
        assert (code, output.split(" is ")[0]) == (2, f"arengo: {field}: Infinity")


def test_a_byte_order_mark_is_no_fault() -> None:
    assert run("\ufeff" + json.dumps(TABLE))[0] == 0


def test_a_table_without_players_is_still_a_table() -> None:
    assert run({"cost": {}, "method": "scrb"})[1].startswith("arengo: players: this is missing.")


def test_programs_start_without_what_only_games_need() -> None:
    code = (
        "import sys, arengo_core.cli.main as m; m.cli.list_commands(None);"
        "print(sorted({'numpy', 'scipy'} & sys.modules.keys()))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


_HALF = json.dumps(MONEY | {"members": [{"id": "\ud800", "population": 1}]})


@pytest.mark.parametrize(
    "text", ["", "[1]", "{", '{"a": NaN}', '{"a": 1, "a": 2}', "[" * 100000, "\xff", _HALF]
)
def test_what_is_no_document_is_refused_in_a_line(text: str) -> None:
    code, output = run(text)
    assert code == 2
    assert output.startswith("arengo: This is not a JSON document: ")


def test_the_help_documents_both_inputs_with_examples() -> None:
    code, output = run("", "--help")
    assert code == 0
    for begin, shares in [
        ('{"total"', '{"A": "71.67", "B": "28.33"}'),
        ('{"players"', '{"A": 0.750000, "B": 1.750000}'),
    ]:
        example, _ = json.JSONDecoder().raw_decode(output[output.index(begin) :])
        assert answer(example)["shares"] == json.loads(shares)
        assert f'"shares": {shares}' in output
