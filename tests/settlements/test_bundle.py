"""A settlement is recomputed from its file alone; what was changed in it is found."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner

from arengo_core.api.scalars import global_id
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.i18n import error_text
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.settlements import service
from arengo_marketplace.settlements.bundle import digest_of, verify
from arengo_marketplace.settlements.commands import verify as command
from tests.settlements.test_rules import RULE, _altitudes
from tests.settlements.valley import IN_OCTOBER, IN_SEPTEMBER, SEPTEMBER

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/reference/settlement-bundle.schema.json").read_text())


@pytest.fixture
async def closed(make_valley, move_clock, make_merchant):
    """Two months closed by a rule with everything in it; the second looks back on the first."""
    phased = {**RULE, "phase_in": [{"from": "2026-09-01", "per_cent": "40"}]}
    valley = await make_valley(cost_rule=phased)
    await _altitudes(valley)
    await make_merchant(valley.id, valley.towns[0].id)
    for month in (None, SEPTEMBER):
        await valley.enter(90_000, *([month] if month else []), description="Canone è «tutto»")
    await valley.use(valley.towns[1].id, "12.5")
    move_clock(IN_SEPTEMBER)
    first = await valley.close()
    move_clock(IN_OCTOBER)
    return valley, first, await valley.close(SEPTEMBER)


async def _file(valley, settlement):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return await service.bundle(uow, settlement.id)


async def test_it_is_recomputed_from_its_file(closed, visit, tmp_path):
    valley, *settlements = closed
    for settlement in settlements:
        made = await _file(valley, settlement)
        verdict = verify(json.loads(json.dumps(made)), BUILT_IN)
        assert verdict.holds, verdict
        assert verdict.digest == settlement.digest == made["digest"]
        assert sum(share.stated for share in verdict.shares) == settlement.net
        assert len(verdict.shares) == 4
        jsonschema.validate(json.loads(json.dumps(made)), SCHEMA)
    assert made["services"][0]["past"], "September looked back on August"

    visitor = await visit(valley.officer)
    page = await visitor.get(f"/office/settlements/{settlement.id}")
    assert settlement.digest in page.text
    downloaded = await visitor.get(f"/office/settlements/{settlement.id}/bundle")
    assert downloaded.json() == made
    asked = await visitor.graphql(
        "query($id: ID!) { settlementBundle(id: $id) settlement(id: $id) { digest } }",
        id=str(global_id("Settlement", settlement.id)),
    )
    assert json.loads(asked["data"]["settlementBundle"]) == made
    assert asked["data"]["settlement"]["digest"] == settlement.digest

    file = tmp_path / "bundle.json"
    file.write_bytes(downloaded.content)
    said = CliRunner().invoke(command, [str(file)])
    assert said.exit_code == 0, said.output
    assert "4 shares, 0 not equal" in said.output
    document = json.loads(file.read_text())
    document["services"][0]["members"][0]["population"] += 1
    document["services"][0]["lines"][0]["amount"] += 100
    file.write_text(json.dumps(document))
    said = CliRunner().invoke(command, [str(file)])
    assert said.exit_code == 1
    assert "NOT EQUAL" in said.output
    assert "SHA-256" in said.output


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one["services"][0]["lines"][0].update(supplier="Another"),
        lambda one: one["services"][0]["shares"].update({"x": 1}),
        lambda one: one["services"][0]["rule"]["caps"][0].update(amount=30_100),
        lambda one: one.update(total=one["total"] + 1),
        lambda one: one.update(revision=2),
        lambda one: one["services"].clear(),
    ],
)
async def test_any_change_is_found(closed, change):
    valley, _, settlement = closed
    made = json.loads(json.dumps(await _file(valley, settlement)))
    change(made)
    assert not verify(made, BUILT_IN).holds


@pytest.mark.parametrize(
    ("shown", "fault"),
    [
        ('"total":1,"total":', "the field 'total' is there twice"),
        ('"revision":1.0,"total":', "1.0 is not a whole number"),
        ('"revision":1e400,"total":', "1e400 is not a whole number"),
        ('"revision":NaN,"total":', "NaN is not a number of JSON"),
        (f'"revision":-1{"0" * 400},"total":', "-10000000000000… has more than 15 digits"),
        (f'"revision":{"[" * 10**5},"total":', "maximum recursion depth exceeded"),
    ],
    ids=["twice", "decimals", "exponent", "no number", "huge", "deep"],
)
async def test_a_file_that_says_two_things_or_no_amounts_is_refused(closed, tmp_path, shown, fault):
    """Who reads it by eye sees another total, or an amount that is none, and hears "equal"."""
    valley, _, settlement = closed
    made = json.dumps(await _file(valley, settlement), separators=(",", ":"))
    file = tmp_path / "bundle.json"
    file.write_text("\ufeff" + made, encoding="utf-8")
    assert CliRunner().invoke(command, [str(file)]).exit_code == 0, "a byte order mark is no fault"
    file.write_text(made.replace('"total":', shown, 1))
    said = CliRunner().invoke(command, [str(file)])
    assert isinstance(said.exception, InvalidInputError)
    assert said.exception.field == "BUNDLE"
    assert fault in error_text(said.exception)
    assert "equal" not in said.output


async def test_even_with_a_new_digest_a_wrong_share_is_named(closed):
    valley, _, settlement = closed
    made = json.loads(json.dumps(await _file(valley, settlement)))
    shares = made["services"][0]["shares"]
    first, second, *_ = sorted(shares)
    shares[first], shares[second] = shares[first] + 1, shares[second] - 1
    made["digest"] = digest_of({key: value for key, value in made.items() if key != "digest"})
    wrong = [share for share in verify(made, BUILT_IN).shares if not share.is_equal]
    assert len(wrong) == 2


async def test_damaged_files_and_reversals_are_refused(closed):
    valley, _, settlement = closed
    made = await _file(valley, settlement)
    for broken in (
        {},
        {**made, "format": "other/1"},
        {**made, "services": [{}]},
        {**made, "period": {"from": "x", "to": "y"}},
        {**made, "services": "nothing"},
    ):
        with pytest.raises(InvalidInputError):
            verify(broken, BUILT_IN)
    async with valley.host.unit_of_work(valley.everything()) as uow:
        reversal = await service.reverse(uow, settlement_id=settlement.id, reason="Sbagliato")
    with pytest.raises(ConflictError):
        await _file(valley, reversal)
    again = await valley.close(SEPTEMBER)
    assert verify(
        msgspec.json.decode(msgspec.json.encode(await _file(valley, again))), BUILT_IN
    ).holds
